"""What every test may use: running a coroutine, and a path for a store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, T]], T]:
    """Return a function that runs one coroutine to its end on a loop of its own."""
    return asyncio.run


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    """Return a path at which no store is yet."""
    return tmp_path / "desk.db"
