"""The table of 100,000 labs: filtering, sorting, frames under load, and the memory of the window with it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.figures import Figure
from tests.benchmarks.million import make_million_store
from tests.benchmarks.window_bench import open_window

LABS = 100_000
SECONDS, RUNS = 60, 3
BASELINE_SECONDS = 20
CHILD_SECONDS = 300


def measure_table() -> list[Figure]:
    """The best of three runs of 60 s, each in a window of its own; the same again with all rows selected."""
    with TemporaryDirectory() as directory:
        store = Path(directory) / "desk.db"
        make_million_store(store, LABS, events=0)
        plain = [under_load(store) for _ in range(RUNS)]
        selected = [under_load(store, "--selected") for _ in range(RUNS)]
        memory = open_window(store, Path(directory), LABS)
    frame, standard = best(plain, "own"), best(plain, "standard")
    frame_selected, standard_selected = best(selected, "own"), best(selected, "standard")
    return [
        Figure("table_100k_filter_ms", least(plain, "filter"), "ms", 50),
        Figure("table_100k_sort_ms", least(plain, "sort"), "ms", 60),
        Figure("table_100k_frame_p99_ms", frame, "ms", 16.7, baseline=standard, beside=True),
        Figure("table_100k_frame_selected_p99_ms", frame_selected, "ms", 16.7, baseline=standard_selected, beside=True),
        Figure("commit_to_painted_p95_ms", least(plain, "commit_to_painted_p95"), "ms", 150),
        Figure("loop_stall_max_ms", least(plain, "loop_held_max"), "ms", 50),
        Figure("rss_100k_mib", memory["rss_mib"], "MiB", 500),
    ]


def under_load(store: Path, *options: str) -> dict[str, Any]:
    """Run the table in a process of its own, on a copy of the store; return what it measured."""
    with TemporaryDirectory() as directory:
        copy = shutil.copy(store, Path(directory) / "desk.db")
        arguments = [str(copy), str(SECONDS), "--baseline", str(BASELINE_SECONDS), *options]
        command = [sys.executable, "-m", "tests.benchmarks.table_child", *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=CHILD_SECONDS)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(figures), file=sys.stderr)
    return figures


def best(runs: list[dict[str, Any]], what: str) -> float:
    """Return the least p99 of the frames of `what`."""
    return min(float(run[what]["p99"]) for run in runs)


def least(runs: list[dict[str, Any]], what: str) -> float:
    return min(float(run[what]) for run in runs)
