"""The bridge: everything arrives, in order, in few batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

from labdesk.control.bus import EventBus
from labdesk.labs.kinds import lab_scheme
from labdesk.resource.events import ResourceChangeEvent, ResourceChangeType, ResourceImage
from labdesk.ui.bridge import ChangeBridge


class Watcher:
    """A source of changes."""

    def __init__(self) -> None:
        self.handlers: list[Callable[[Any], None]] = []

    def add_change_handler(self, handler: Callable[[Any], None]) -> None:
        self.handlers.append(handler)

    def remove_change_handler(self, handler: Callable[[Any], None]) -> None:
        self.handlers.remove(handler)

    def tell(self, revision: int) -> None:
        image = ResourceImage(lab_scheme(), "LabInstanceRequest", "default", "ada", "u1", revision, 1, "{}")
        for handler in self.handlers:
            handler(ResourceChangeEvent(ResourceChangeType.UPDATED, image, None, revision))


def test_changes_of_one_frame_arrive_as_one_batch_in_order(qtbot: QtBot) -> None:
    bridge, watcher = ChangeBridge(frame_ms=1), Watcher()
    bridge.follow_labs(watcher)
    with qtbot.waitSignal(bridge.labs_changed) as caught:
        for revision in range(1, 101):
            watcher.tell(revision)
    assert [event.revision for event in caught.args[0]] == list(range(1, 101))


def test_a_flush_sends_at_once_and_nothing_twice(qtbot: QtBot) -> None:
    bridge, watcher = ChangeBridge(), Watcher()
    bridge.follow_labs(watcher)
    batches: list[list[int]] = []
    bridge.labs_changed.connect(lambda events: batches.append([event.revision for event in events]))
    watcher.tell(1)
    bridge.flush()
    bridge.flush()
    assert batches == [[1]]


def test_a_stopped_bridge_lets_its_watchers_go(qtbot: QtBot) -> None:
    bridge, watcher = ChangeBridge(), Watcher()
    bridge.follow_labs(watcher)
    bridge.stop()
    assert watcher.handlers == []


def test_after_its_end_nothing_wakes_what_it_had_still_collected(qtbot: QtBot) -> None:
    """The bus tells on while the desk stops; models are then told of labs no more."""
    bridge, watcher, bus = ChangeBridge(frame_ms=1), Watcher(), EventBus()
    bridge.follow_labs(watcher)
    bridge.follow_events(bus)
    batches: list[object] = []
    bridge.labs_changed.connect(batches.append)
    watcher.tell(1)
    bridge.stop()
    assert not bus.has_sinks
    qtbot.wait(50)
    assert batches == []
