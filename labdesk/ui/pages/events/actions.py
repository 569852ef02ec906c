"""What can be done with the log from anywhere: keys, the command field, menus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication

from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.page import PageContext

PAGE = "events"
_ICON = "mdi6.text-box-search-outline"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Events", text)


class EventActions:
    """Each goes to the page first. Stepping from event to event is possible only while the page is shown."""

    def __init__(
        self,
        context: PageContext,
        step: Callable[[int], None],
        toggle_follow: Callable[[], None],
        toggle_types: Callable[[], None],
        export: Callable[[str], None],
    ) -> None:
        self._context = context
        self._declare("events.follow", _tr("Follow or pause the events"), self._there(toggle_follow), _ICON)
        self._declare("events.types", _tr("Show or hide the type of each event"), self._there(toggle_types), _ICON)
        self._declare("events.next_match", _tr("Next event"), partial(step, 1), "mdi6.chevron-down", "F3")
        self._declare("events.previous_match", _tr("Previous event"), partial(step, -1), "mdi6.chevron-up", "Shift+F3")
        for form, text in (
            ("jsonl", _tr("Export events as JSON lines")),
            ("csv", _tr("Export events as CSV")),
        ):
            self._declare(f"events.export_{form}", text, self._there(partial(export, form)), "mdi6.export-variant")
        self.set_stepping(False)

    def set_stepping(self, on: bool) -> None:
        for identity in ("events.next_match", "events.previous_match"):
            self._context.actions.set_possible(identity, on, _tr("On the Events page"))

    def _declare(self, identity: str, text: str, run: Callable[[], object], icon: str, keys: str = "") -> None:
        self._context.actions.add(ActionSpec(identity, text, _tr("Events"), Undoing.HARMLESS, keys, icon), run)

    def _there(self, run: Callable[[], None]) -> Callable[[], None]:
        def go() -> None:
            self._context.navigate(PAGE, "")
            run()

        return go
