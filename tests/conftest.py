"""What every test may use: running a coroutine, and a path for a store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests.guards import counting_tasks, counting_threads

T = TypeVar("T")

# A machine that is held up for a moment says nothing about an example.
settings.register_profile("unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture
def cut_off() -> None:
    """For a test whose run is cut off from outside: its own task is still there then, and its loop ends it."""


@pytest.fixture(autouse=True)
def _nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that leaves a thread or a task behind; tests of the window look for more."""
    with counting_threads() as threads, counting_tasks() as tasks:
        yield
    left = threads if "cut_off" in request.fixturenames else [*threads, *tasks]
    assert not left, "\n".join(left)


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, T]], T]:
    """Return a function that runs one coroutine to its end on a loop of its own."""
    return asyncio.run


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    """Return a path at which no store is yet."""
    return tmp_path / "desk.db"
