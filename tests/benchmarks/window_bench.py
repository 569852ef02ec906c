"""The window's start and memory with many labs in the store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import Figure
from tests.benchmarks.million import EVENTS, LABS, make_million_store

STARTS = 5
CHILD_SECONDS = 120


def measure_window() -> list[Figure]:
    """Start and memory with 10,000 labs and hardly an event."""
    used, usable = start_figures(events=0)
    return [Figure("rss_10k_mib", used, "MiB", 300), Figure("start_to_usable_s", usable, "s", 1.5)]


def measure_start() -> list[Figure]:
    """Start and memory after a term's work: 10,000 labs and 1,000,000 events."""
    used, usable = start_figures(events=EVENTS)
    return [Figure("rss_10k_1m_mib", used, "MiB", 350), Figure("start_to_usable_s", usable, "s", 1.0)]


def start_figures(events: int) -> tuple[float, float]:
    """Return the most memory, and the median of 5 warm starts: from the command until all labs are painted."""
    with TemporaryDirectory() as directory:
        store = Path(directory) / "desk.db"
        make_million_store(store, LABS, events)
        runs = [open_window(store, Path(directory), LABS) for _ in range(STARTS + 1)][1:]
    return max(run["rss_mib"] for run in runs), median(run["usable_s"] for run in runs)


def open_window(store: Path, home: Path, labs: int) -> dict[str, float]:
    """Start the window as a process of its own; return `usable_s` and, 10 s later, `rss_mib`."""
    # Warm means compiled, too, as an installed program is, whatever this run's own environment says.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(home),
        "XDG_STATE_HOME": str(home),
        "PYTHONPYCACHEPREFIX": str(home / "compiled"),
    }
    begun = repr(time.monotonic())
    command = [sys.executable, "-m", "tests.benchmarks.window_child", str(store), begun, str(labs)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, timeout=CHILD_SECONDS, env=environment
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
