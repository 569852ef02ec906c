"""The Events page over 1,000,000 events: first rows, counts, a regular expression without a hit, scrolling."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.events_questions import PATTERNS, QUESTIONS
from tests.benchmarks.figures import Figure
from tests.benchmarks.million import make_million_store

RUNS = 3
SCROLL_SECONDS = 20
CHILD_SECONDS = 240


def measure_events() -> list[Figure]:
    """Each question in a fresh process, the slowest of all; a whole search, the slowest of some, median of 3."""
    with TemporaryDirectory() as directory:
        store = Path(directory) / "desk.db"
        make_million_store(store)
        rows = {name: ask(store, "rows", name) for name in QUESTIONS}
        counts = {name: ask(store, "count", name) for name in QUESTIONS}
        searches = {pattern: median(ask(store, "search", pattern) for _ in range(RUNS)) for pattern in PATTERNS}
        scrolls = [scroll(store) for _ in range(RUNS)]
    print(json.dumps({"rows": rows, "counts": counts, "searches": searches, "scrolls": scrolls}), file=sys.stderr)
    return [
        Figure("events_1m_first_rows_ms", max(rows.values()) * 1e3, "ms", 150),
        Figure("events_1m_count_ms", max(counts.values()) * 1e3, "ms", 300),
        Figure("events_1m_regex_full_s", max(searches.values()), "s", 2),
        Figure("events_1m_scroll_frame_p99_ms", min(run["frames"]["p99"] for run in scrolls), "ms", 16.7),
    ]


def ask(store: Path, what: str, name: str) -> float:
    """Return the seconds that one question takes a process that has just opened the store."""
    command = [sys.executable, "-m", "tests.benchmarks.events_questions", str(store), what, name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=CHILD_SECONDS)
    return float(done.stdout.splitlines()[-1])


def scroll(store: Path) -> dict[str, Any]:
    """Scroll through the log in a window of its own, on a copy of the store; return what it measured."""
    with TemporaryDirectory() as directory:
        copy = shutil.copy(store, Path(directory) / "desk.db")
        command = [sys.executable, "-m", "tests.benchmarks.events_child", str(copy), str(SCROLL_SECONDS)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=CHILD_SECONDS)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures
