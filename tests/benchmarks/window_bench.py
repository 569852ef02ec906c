"""The window's start and memory with 10,000 labs in the store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from labdesk.config import DeskSettings
from labdesk.control.clock import SystemClock
from labdesk.engines.simulated import SimulatedContainerService
from tests.benchmarks.desk_bench import RESOURCES, fill
from tests.benchmarks.figures import Figure
from tests.benchmarks.store_bench import run_on_qasync

STARTS = 5


def measure_window() -> list[Figure]:
    """From the process's start until all 10,000 labs are in the painted table, warm, median of 5; then its memory."""
    clock = SystemClock()
    with TemporaryDirectory() as directory:
        settings = DeskSettings(store=Path(directory) / "desk.db")
        run_on_qasync(fill(settings, clock, RESOURCES, lambda _desk_id: SimulatedContainerService(clock.now)))
        runs = [open_window(settings.store, Path(directory)) for _ in range(STARTS + 1)][1:]
    return [
        Figure("rss_10k_mib", max(run["rss_mib"] for run in runs), "MiB", 300),
        Figure("start_to_usable_s", median(run["usable_s"] for run in runs), "s", 1.5),
    ]


def open_window(store: Path, home: Path) -> dict[str, float]:
    # Warm means compiled, too, as an installed program is, whatever this run's own environment says.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(home),
        "PYTHONPYCACHEPREFIX": str(home / "compiled"),
    }
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks.window_child",
        str(store),
        repr(time.monotonic()),
        str(RESOURCES),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120, env=environment)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
