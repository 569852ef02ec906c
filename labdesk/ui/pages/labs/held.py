"""Stops and deletions wait behind a toast before they are committed, so that Undo is simply not doing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from labdesk.labs.commands import Outcome
from labdesk.resource.resource import ResourceKey
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import PageContext
from labdesk.ui.widgets.toast import HOLD_MS

Command = Callable[[Sequence[ResourceKey]], Awaitable[Outcome]]
Report = Callable[[Outcome], None]


class HeldCommands:
    """Holds commands; each is either undone (nothing happens) or run once, at the latest when the window closes.

    `changed` is called whenever labs begin or cease to be held: what can be done with them is another.
    """

    def __init__(
        self, context: PageContext, model: LabTableModel, changed: Callable[[], None], milliseconds: int = HOLD_MS
    ) -> None:
        self._context = context
        self._model = model
        self._changed = changed
        self._milliseconds = milliseconds
        self._remarks: dict[str, list[str]] = {}

    def hold(self, rows: Sequence[LabRow], remark: str, text: str, command: Command, report: Report) -> None:
        """Show `remark` at the rows and `text` with Undo in a toast; then run `command` and hand on its outcome."""
        uids = [row.uid for row in rows]
        keys = [row.key for row in rows]
        self._begin(uids, remark)

        async def run() -> None:
            try:
                report(await command(keys))
            finally:
                self._end(uids, remark)

        self._context.toasts.offer_undo(
            text,
            undo=lambda: self._end(uids, remark),
            commit=lambda: self._context.tasks.spawn(run(), remark),
            milliseconds=self._milliseconds,
        )

    def _begin(self, uids: Sequence[str], remark: str) -> None:
        for uid in uids:
            self._remarks.setdefault(uid, []).append(remark)
        self._model.hold(uids, remark)
        self._changed()

    def _end(self, uids: Sequence[str], remark: str) -> None:
        """A lab that another command still waits for goes on saying so."""
        shown: dict[str, list[str]] = {}
        for uid in uids:
            waiting = self._remarks.pop(uid)
            waiting.remove(remark)
            if waiting:
                self._remarks[uid] = waiting
            shown.setdefault(waiting[-1] if waiting else "", []).append(uid)
        for left, some in shown.items():
            self._model.hold(some, left)
        self._changed()
