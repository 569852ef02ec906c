"""Earlier runs of a lab, read from the change log: its row keeps only the present one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from labdesk.control.tasks import TaskOwner
from labdesk.resource.events import ResourceImage
from labdesk.store.store import ResourceStore
from labdesk.ui.models.lab_row import LabRow

_CHANGES_READ = 400
_KEPT = 512


def earlier_runs(images: Iterable[ResourceImage]) -> tuple[LabRow, ...]:
    """Return the last state of every run but the newest; `images` are a lab's states, oldest first."""
    last: dict[int, LabRow] = {}
    for image in images:
        row = LabRow(image, 0)
        last[row.incarnation] = row
    newest = max(last, default=0)
    return tuple(row for run, row in sorted(last.items()) if run < newest and row.is_final)


class LabHistory(QObject):
    """Read when first asked for, which is when a lab that ran before comes into view; kept until it runs again."""

    loaded = Signal()

    def __init__(self, store: ResourceStore, tasks: TaskOwner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._tasks = tasks
        self._known: dict[tuple[str, int], tuple[LabRow, ...]] = {}

    def runs_before(self, row: LabRow) -> Sequence[LabRow]:
        """Return a lab's earlier runs as far as they are known; `loaded` tells when they are."""
        if row.incarnation <= 1:
            return ()
        key = (row.uid, row.incarnation)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[key] = ()
            self._tasks.spawn(self._read_async(key), "earlier runs of a lab")
        return known

    async def _read_async(self, key: tuple[str, int]) -> None:
        changes = await self._store.changes_of_async(key[0], _CHANGES_READ)
        self._known[key] = earlier_runs(change.image for change in changes)
        self.loaded.emit()
