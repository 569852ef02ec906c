"""Pictures come out the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_two_runs_give_equal_bytes(tmp_path: Path) -> None:
    pictures = []
    for run in ("first", "second"):
        command = [sys.executable, "-m", "tests.screens", str(tmp_path / run), "labs", "health", "--size", "1366x768@1"]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        pictures.append({path.name: path.read_bytes() for path in sorted((tmp_path / run).glob("*.png"))})
    assert len(pictures[0]) == 4
    assert pictures[0] == pictures[1]
