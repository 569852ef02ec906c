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

    def hold(self, rows: Sequence[LabRow], remark: str, text: str, command: Command, report: Report) -> None:
        """Show `remark` at the rows and `text` with Undo in a toast; then run `command` and hand on its outcome."""
        uids = [row.uid for row in rows]
        keys = [row.key for row in rows]
        self._mark(uids, remark)

        async def run() -> None:
            try:
                report(await command(keys))
            finally:
                self._mark(uids, "")

        self._context.toasts.offer_undo(
            text,
            undo=lambda: self._mark(uids, ""),
            commit=lambda: self._context.tasks.spawn(run(), remark),
            milliseconds=self._milliseconds,
        )

    def _mark(self, uids: Sequence[str], remark: str) -> None:
        self._model.hold(uids, remark)
        self._changed()
