"""Where a file goes to or comes from: asked for without blocking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDir, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(parent: QWidget, title: str, name: str, form: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Open a dialog for a file to write, which proposes `name`; it asks before it replaces a file.

    `form` is the words for its kind: `CSV (*.csv)`.
    """
    dialog = _dialog(parent, title, form, chosen)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.selectFile(name)
    dialog.open()
    return dialog


def ask_which(parent: QWidget, title: str, form: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Open a dialog for a file to read; `chosen` gets it unless the dialog is cancelled."""
    dialog = _dialog(parent, title, form, chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str, form: str, chosen: Callable[[Path], object]) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    if dialog.directory() == QDir.current():  # nobody has chosen a folder yet; ours means nothing to people
        dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters([form, QCoreApplication.translate("FileDialog", "All files (*)")])
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    return dialog
