"""Taking the labs' table along: into a CSV file, or onto the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import PageContext
from labdesk.ui.pages.labs.column_layout import LabColumnLayout
from labdesk.ui.pages.labs.export import ExportError, LabSheet, table_text_async, write_csv_async
from labdesk.ui.words import counted

COPY_TABLE, EXPORT_CSV = "labs.copy_table", "labs.export_csv"


class LabExports(QObject):
    """Takes the selected labs if there are any, else all that pass the filter; never a password."""

    def __init__(self, context: PageContext, model: LabTableModel, columns: LabColumnLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._labs = model
        self._columns = columns
        self._parent = parent
        self._offered = False
        self.dialog: QFileDialog | None = None
        self._declare()
        model.counts_changed.connect(self._refresh)
        self._refresh()

    def set_offered(self, offered: bool) -> None:
        """Offer them only while the table can be seen."""
        self._offered = offered
        self._refresh()

    def _declare(self) -> None:
        add, group, harmless = self._context.actions.add, self.tr("Labs"), Undoing.HARMLESS
        tip = self.tr("The selected labs, or all that are shown, to paste into a spreadsheet or a mail")
        copy = self.tr("Copy as table")
        add(ActionSpec(COPY_TABLE, copy, group, harmless, "Ctrl+Shift+C", "mdi6.table", tip), self._copy)
        tip = self.tr("The selected labs, or all that are shown, into a file for spreadsheets")
        export = self.tr("Export CSV …")
        add(ActionSpec(EXPORT_CSV, export, group, harmless, "Ctrl+Shift+E", "mdi6.export", tip), self._ask)

    def _refresh(self) -> None:
        for identity in (COPY_TABLE, EXPORT_CSV):
            self._context.actions.action(identity).setEnabled(self._offered and self._labs.rowCount() > 0)

    def _taken(self) -> tuple[LabSheet, list[LabRow]]:
        sheet = LabSheet(self._columns.chosen(), self._labs.texts, self._labs.groups)
        return sheet, self._labs.selected_rows() or self._labs.passing_rows()

    def _copy(self) -> None:
        self._context.tasks.spawn(self._copy_async(), "copy labs as a table")

    async def _copy_async(self) -> None:
        sheet, rows = self._taken()
        self._context.desktop.copy(await table_text_async(sheet, rows))
        self._context.toasts.show(counted(len(rows), self.tr("Copied {n} lab"), self.tr("Copied {n} labs")))

    def _ask(self) -> None:
        """Ask where to; it asks before it replaces a file."""
        dialog = self.dialog = QFileDialog(self._parent, self.tr("Export labs"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters([self.tr("CSV (*.csv)"), self.tr("All files (*)")])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("labs.csv")
        dialog.fileSelected.connect(self._begin)
        dialog.destroyed.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _begin(self, path: str) -> None:
        self._context.tasks.spawn(self._export_async(Path(path)), "export labs")

    async def _export_async(self, path: Path) -> None:
        sheet, rows = self._taken()
        try:
            await write_csv_async(sheet, rows, path)
        except ExportError as error:
            self._context.toasts.show(error.message, tone="failed")
            return
        labs = counted(len(rows), self.tr("{n} lab"), self.tr("{n} labs"))
        self._context.toasts.show(self.tr("{labs} exported to {file}").format(labs=labs, file=path.name))
