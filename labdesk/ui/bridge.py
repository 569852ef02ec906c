"""From the watcher's changes and the event bus to typed Qt signals, batched per frame."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.template import LabTemplate

if TYPE_CHECKING:
    from collections.abc import Callable

    from labdesk.resource.events import JournalEvent, ResourceChangeEvent, ResourceImage

FRAME_MS = 50
"""Changes are collected this long; measured: 1,000 changes a second then cost one repaint in twenty a second."""


class ChangeSource(Protocol):
    """A watcher, as far as the bridge knows it."""

    def add_change_handler(self, handler: Callable[[ResourceChangeEvent[Any]], None]) -> object: ...

    def remove_change_handler(self, handler: Callable[[ResourceChangeEvent[Any]], None]) -> object: ...


class EventSource(Protocol):
    """The event bus, as far as the bridge knows it."""

    def add_sink(self, handler: Callable[[JournalEvent], None]) -> object: ...

    def remove_sink(self, handler: Callable[[JournalEvent], None]) -> object: ...


class ChangeBridge(QObject):
    """The only way data reaches the window's models.

    Each signal carries everything since the last one, in revision (or journal) order. Models first take what the
    `…_listed` signal brings (the images of one list, of the moment from which changes are followed), then changes.
    They believe each: the revisions of a store that was put back to an earlier state count from lower numbers.
    """

    labs_listed = Signal(list)  # list[ResourceImage]
    labs_changed = Signal(list)  # list[ResourceChangeEvent[LabInstanceRequest]]
    templates_listed = Signal(list)  # list[ResourceImage]
    templates_changed = Signal(list)  # list[ResourceChangeEvent[LabTemplate]]
    events_published = Signal(list)  # list[JournalEvent]

    def __init__(self, parent: QObject | None = None, frame_ms: int = FRAME_MS) -> None:
        super().__init__(parent)
        self._labs: list[ResourceChangeEvent[LabInstanceRequest]] = []
        self._templates: list[ResourceChangeEvent[LabTemplate]] = []
        self._events: list[JournalEvent] = []
        self._unfollow = ExitStack()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(frame_ms)
        self._timer.timeout.connect(self.flush)

    # --- what feeds it ----------------------------------------------------------------------------------------

    def follow_labs(self, watcher: ChangeSource) -> None:
        self._follow(watcher, self.take_lab_change)

    def follow_templates(self, watcher: ChangeSource) -> None:
        self._follow(watcher, self.take_template_change)

    def follow_events(self, bus: EventSource) -> None:
        bus.add_sink(self.take_event)
        self._unfollow.callback(bus.remove_sink, self.take_event)

    def list_labs(self, images: list[ResourceImage]) -> None:
        """Hand on the first list, at once."""
        self.labs_listed.emit(images)

    def list_templates(self, images: list[ResourceImage]) -> None:
        self.templates_listed.emit(images)

    def take_lab_change(self, event: ResourceChangeEvent[LabInstanceRequest]) -> None:
        self._labs.append(event)
        self._wake()

    def take_template_change(self, event: ResourceChangeEvent[LabTemplate]) -> None:
        self._templates.append(event)
        self._wake()

    def take_event(self, event: JournalEvent) -> None:
        self._events.append(event)
        self._wake()

    # --- what it feeds ----------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Emit what has been collected now, without waiting for the frame's end."""
        self._timer.stop()
        labs, self._labs = self._labs, []
        templates, self._templates = self._templates, []
        events, self._events = self._events, []
        if templates:
            self.templates_changed.emit(templates)
        if labs:
            self.labs_changed.emit(labs)
        if events:
            self.events_published.emit(events)

    def stop(self) -> None:
        """Hand on nothing any more; for the end of the window, while the desk still has things to tell."""
        self._timer.stop()
        self._unfollow.close()

    def _follow(self, watcher: ChangeSource, handler: Callable[[ResourceChangeEvent[Any]], None]) -> None:
        watcher.add_change_handler(handler)
        self._unfollow.callback(watcher.remove_change_handler, handler)

    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
