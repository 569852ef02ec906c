"""The plugin of packaging/test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

alone_or_in_workers = pytest.mark.parametrize("workers", ["-n0", "-n1"])


def run_pytest(folder: Path, source: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  docker: real\n  x11: real\n")
    (folder / "test_it.py").write_text(source)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.no_skips", "-p", "no:cacheprovider", "-v", *options, folder],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTEST_ADDOPTS": "", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@alone_or_in_workers
def test_whatever_is_skipped_fails(workers: str, tmp_path: Path) -> None:
    """A test that skips itself, by a mark or by its fixture, and a whole module."""
    (tmp_path / "test_module.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    outcome = run_pytest(
        tmp_path,
        "import pytest\n@pytest.fixture\ndef engine():\n    pytest.skip('gone')\n"
        "def test_one():\n    pytest.skip('no engine')\n"
        "def test_two(engine): pass\n@pytest.mark.skip(reason='later')\ndef test_three(): pass\n",
        workers,
        "--continue-on-collection-errors",
    )
    assert outcome.returncode == 1
    closing = outcome.stdout.splitlines()[-1]
    assert closing.replace("=", "").startswith(" 1 failed, 3 errors in "), closing
    assert all(reason in outcome.stdout for reason in ("no engine", "gone", "later", "no_such_module"))


def test_slow_parts_come_last_whatever_the_random_order(tmp_path: Path) -> None:
    tests = "".join(f"@pytest.mark.docker\ndef test_slow_{n}(): pass\ndef test_fast_{n}(): pass\n" for n in range(5))
    outcome = run_pytest(tmp_path, f"import pytest\n{tests}")
    order = ["slow" if "::test_slow" in line else "fast" for line in outcome.stdout.splitlines() if "::test_" in line]
    assert order == ["fast"] * 5 + ["slow"] * 5


@alone_or_in_workers
def test_failed_checks_are_named_before_the_closing_line(workers: str, tmp_path: Path) -> None:
    outcome = run_pytest(
        tmp_path, "def test_one(): pass\n", workers, LABDESK_FAILED_CHECKS="ruff check .,mypy --strict"
    )
    lines = outcome.stdout.splitlines()
    assert "1 passed" in lines[-1]
    assert any("ruff check ., mypy --strict" in line for line in lines[-4:])
