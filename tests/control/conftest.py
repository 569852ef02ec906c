"""Running a test body on virtual time, over a real store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from labdesk.rehearsal.virtual import VirtualClock, run_virtual
from tests.control.kinds import Body, world


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


@pytest.fixture
def release() -> threading.Event:
    """What a thread of `pool` hangs on; it is set at the end of a body in `in_world`, also of one that fails."""
    return threading.Event()


@pytest.fixture
def in_world(tmp_path: Path, release: threading.Event) -> Callable[[Body], None]:
    """Return a function that runs `body(world)` on virtual time; each call opens the same store anew."""

    def run(body: Body) -> None:
        async def main(clock: VirtualClock) -> None:
            async with world(tmp_path / "desk.db", clock) as opened:
                try:
                    await body(opened)
                finally:
                    release.set()

        run_virtual(main)

    return run
