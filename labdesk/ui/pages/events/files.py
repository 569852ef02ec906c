"""Where an export goes: asked for without blocking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def _tr(text: str) -> str:
    return QCoreApplication.translate("Events", text)


def ask_for_export(parent: QWidget, form: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Open a dialog for a file to write; `form` is `jsonl` or `csv`. It asks before it replaces a file."""
    dialog = QFileDialog(parent, _tr("Export events"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    words = _tr("CSV (*.csv)") if form == "csv" else _tr("JSON lines (*.jsonl)")
    dialog.setNameFilters([words, _tr("All files (*)")])
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(form)
    dialog.selectFile(f"events.{form}")
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
    return dialog
