"""`python -m tests.benchmarks control|ui [--json] [--only NAME …]`: every figure beside its bar; exit 1 if one misses.

Each measurement runs in a process of its own, so that none inherits another's memory, threads or frozen heap.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys

from tests.benchmarks.figures import Figure

SUITES = {
    "control": {
        "commits": "desk_bench",
        "foreign": "desk_bench",
        "idle": "desk_bench",
        "turnover": "desk_bench",
        "due": "desk_bench",
        "classes": "docker_bench",
        "window": "window_bench",
    },
    "ui": {
        "table": "table_bench",
        "timeline": "timeline_bench",
        "events": "events_bench",
        "start": "window_bench",
    },
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--only", nargs="*", help="measurements to run")
    parser.add_argument("--here", metavar="MEASUREMENT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    suite = SUITES[arguments.suite]
    if arguments.here:
        return measure_here(suite[arguments.here], arguments.here)
    failed = False
    for name in arguments.only or suite:
        failed |= not measure_apart(arguments.suite, name, as_json=arguments.json)
    return int(failed)


def measure_here(module: str, name: str) -> int:
    """Run one measurement in this process and print its figures."""
    figures: list[Figure] = getattr(importlib.import_module(f"tests.benchmarks.{module}"), f"measure_{name}")()
    for figure in figures:
        print(json.dumps(vars(figure)), flush=True)
    return 0


def measure_apart(suite: str, name: str, *, as_json: bool) -> bool:
    """Run one measurement in a process of its own; print its figures and return whether all are ok."""
    command = [sys.executable, "-m", "tests.benchmarks", suite, "--here", name]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    figures = [Figure(**json.loads(line)) for line in lines]
    for figure in figures:
        print(figure.to_json() if as_json else figure.to_text(), flush=True)
    if done.returncode or not figures:
        print(f"the measurement '{name}' failed (exit code {done.returncode})", file=sys.stderr)
        return False
    return all(figure.ok for figure in figures)


if __name__ == "__main__":
    sys.exit(main())
