"""Panning the timeline of 10,000 labs, at 1:1 and with everything fitted in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.figures import Figure

SECONDS, RUNS = 60, 3
CHILD_SECONDS = 200


def measure_timeline() -> list[Figure]:
    """The best of three runs of 60 s each, in a window of its own."""
    with TemporaryDirectory() as directory:
        near = [pan(Path(directory), run) for run in range(RUNS)]
        fitted = [pan(Path(directory), RUNS + run, "--fit") for run in range(RUNS)]
    return [
        Figure("timeline_10k_pan_frame_p99_ms", min(run["own"]["p99"] for run in near), "ms", 16.7),
        Figure("timeline_10k_pan_fit_frame_p99_ms", min(run["own"]["p99"] for run in fitted), "ms", 16.7),
    ]


def pan(directory: Path, run: int, *options: str) -> dict[str, Any]:
    """Pan in a process of its own, over labs of this hour; return what it measured."""
    store = directory / f"{run}.db"
    command = [sys.executable, "-m", "tests.benchmarks.timeline_child", str(store), str(SECONDS), *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=CHILD_SECONDS)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(figures), file=sys.stderr)
    return figures
