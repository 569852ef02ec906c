"""Taking the labs' table along: into a CSV file, or onto the clipboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.models.lab_columns import LabColumn
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import PageContext
from labdesk.ui.pages.labs.column_layout import LabColumnLayout
from labdesk.ui.pages.labs.export import WHOSE, LabSheet, table_text_async
from labdesk.ui.panels.export.exports import FileExports
from labdesk.ui.panels.export.work_strip import WorkStrip
from labdesk.ui.words import counted

COPY_TABLE, EXPORT_CSV = "labs.copy_table", "labs.export_csv"
FEW = 5_000
"""So many labs are written in a moment."""


class LabExports(QObject):
    """Takes the selected labs if there are any, else all that pass the filter; never a password."""

    def __init__(
        self, context: PageContext, model: LabTableModel, columns: LabColumnLayout, room: QWidget, parent: QWidget
    ) -> None:
        """How far an export is stands at the foot of `room`."""
        super().__init__(parent)
        self._context = context
        self._labs = model
        self._columns = columns
        self._offered = False
        self.strip = WorkStrip(context.theme, self.tr("Export"), self.tr("End the export; no file stays"), room)
        self.files = FileExports(context, self.strip, self._counted, self._fail, parent, FEW)
        self._declare()
        model.counts_changed.connect(self._refresh)
        self._refresh()

    def set_offered(self, offered: bool) -> None:
        """Offer them only while the table can be seen."""
        self._offered = offered
        self._refresh()

    def _declare(self) -> None:
        add, group, harmless = self._context.actions.add, self.tr("Labs"), Undoing.HARMLESS
        tip = self.tr("The selected labs, or all that are shown, as the table has them, to paste into a mail")
        copy = self.tr("Copy as table")
        add(ActionSpec(COPY_TABLE, copy, group, harmless, "Ctrl+Shift+C", "mdi6.table", tip), self._copy)
        tip = self.tr("The selected labs, or all that are shown, into a file for spreadsheets, with e-mail and course")
        export = self.tr("Export CSV …")
        add(ActionSpec(EXPORT_CSV, export, group, harmless, "Ctrl+Shift+E", "mdi6.export", tip), self._ask)

    def _refresh(self) -> None:
        for identity in (COPY_TABLE, EXPORT_CSV):
            self._context.actions.action(identity).setEnabled(self._offered and self._labs.rowCount() > 0)

    def _sheet(self, besides: Sequence[LabColumn] = ()) -> LabSheet:
        return LabSheet(self._columns.chosen(), self._labs.texts, self._labs.groups, besides)

    def _rows(self) -> list[LabRow]:
        return self._labs.selected_rows() or self._labs.passing_rows()

    def _copy(self) -> None:
        self._context.tasks.spawn(self._copy_async(), "copy labs as a table")

    async def _copy_async(self) -> None:
        rows = self._rows()
        self._context.desktop.copy(await table_text_async(self._sheet(), rows))
        self._context.toasts.show(counted(len(rows), self.tr("Copied {n} lab"), self.tr("Copied {n} labs")))

    def _ask(self) -> None:
        form = self.tr("CSV (*.csv)")
        self.files.ask(self._title(), "labs.csv", form, lambda: self._sheet(WHOSE).export(self._rows()))

    def _title(self) -> str:
        """Say how many will be in the file: who only looks at a lab has selected it, too."""
        if number := len(self._labs.selected_rows()):
            return counted(number, self.tr("Export the selected lab"), self.tr("Export the {n} selected labs"))
        return self.tr("Export all labs shown")

    def _counted(self, number: int) -> str:
        return counted(number, self.tr("{n} lab"), self.tr("{n} labs"))

    def _fail(self, message: str) -> None:
        self._context.toasts.show(message, tone="failed")
