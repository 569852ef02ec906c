"""Where a file goes to or comes from: asked for without blocking, and without opening what lies there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDir, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from labdesk.ui.theme import Theme


def file_dialog(theme: Theme, parent: QWidget, title: str) -> QFileDialog:
    """Return a dialog that opens no file, which the desktop's own would on Linux, and that is gone when it closes."""
    dialog = QFileDialog(parent, title)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog, sys.platform == "linux")
    dialog.setIconProvider(theme.file_icons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def ask_where(
    theme: Theme, parent: QWidget, title: str, name: str, form: str, chosen: Callable[[Path], object]
) -> QFileDialog:
    """Open a dialog for a file to write, which proposes `name`; it asks before it replaces a file.

    `form` is the words for its kind: `CSV (*.csv)`.
    """
    dialog = _dialog(theme, parent, title, form, chosen)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(Path(name).suffix)
    dialog.selectFile(name)
    dialog.open()
    return dialog


def ask_which(theme: Theme, parent: QWidget, title: str, form: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Open a dialog for a file to read; `chosen` gets it unless the dialog is cancelled."""
    dialog = _dialog(theme, parent, title, form, chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()
    return dialog


def _dialog(theme: Theme, parent: QWidget, title: str, form: str, chosen: Callable[[Path], object]) -> QFileDialog:
    dialog = file_dialog(theme, parent, title)
    if dialog.directory() == QDir.current():  # nobody has chosen a folder yet; ours means nothing to people
        dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    dialog.setNameFilters([form, QCoreApplication.translate("FileDialog", "All files (*)")])
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    return dialog
