"""Every test of the window runs offscreen unless a display is given, and leaves nothing behind."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

from tests.guards import ExpectedLogs, nothing_left

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def expected_logs() -> ExpectedLogs:
    """Call it with patterns of the warnings and errors that the test means to cause."""
    return ExpectedLogs()


@pytest.fixture(autouse=True)
def _nothing_is_left(qapp: object, request: pytest.FixtureRequest, expected_logs: ExpectedLogs) -> Iterator[None]:
    """Fail the test that leaves a task, thread, running timer or window behind, or logs what it does not expect.

    Garbage is collected only here, in this thread, as in the application: a widget collected in a store's thread would
    crash a later test. What the test made is therefore still in the youngest generation, where its timers are found.
    All else stays frozen, whatever a desk does, and what a failed test's traceback holds is frozen too: to look at all
    of it three times a test took half of the time (measured).
    """
    from tests.gui.leaks import counting_widgets

    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gc, "freeze", lambda: None)
            patch.setattr(gc, "unfreeze", lambda: None)
            with nothing_left(expected_logs, lambda: "caplog" not in request.fixturenames), counting_widgets() as left:
                yield
        assert not left, "\n".join(left)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
