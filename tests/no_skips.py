"""pytest plugin of packaging/test: a skip is a failure, slow parts come last, failed checks are named at the end."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

SLOW_PARTS = ("docker", "x11")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first: the sort is stable, so the random order stays within each half."""
    items.sort(key=lambda item: any(item.get_closest_marker(part) for part in SLOW_PARTS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped":
        where: Any = report.longrepr
        reason = where[2] if isinstance(where, tuple) else where
        report.outcome = "failed"
        report.longrepr = f"{reason}\nA skipped test proves nothing, so it counts as failed here."


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    failed = [check for check in os.environ.get("LABDESK_FAILED_CHECKS", "").split(",") if check]
    if failed:
        terminalreporter.section("failed checks", sep="-")
        terminalreporter.write_line(f"{', '.join(failed)}: see above")
