"""Where a file goes to or comes from: asked for without blocking, and without opening what lies there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDir, QFileInfo, QStandardPaths, Qt
from PySide6.QtGui import QAbstractFileIconProvider, QIcon
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QWidget


class IconsByName(QFileIconProvider):
    """Tells files apart without opening them.

    Qt's own reads the beginning of what it does not know by its name. When that is the store, closing it again drops
    every lock that SQLite holds for this process (POSIX), and the next program that ends takes the log away under it.
    """

    def icon(self, of: QAbstractFileIconProvider.IconType | QFileInfo) -> QIcon:
        if isinstance(of, QFileInfo):
            of = self.IconType.Folder if of.isDir() else self.IconType.File
        return super().icon(of)

    def type(self, info: QFileInfo) -> str:
        return "" if info.isDir() else info.suffix()


@cache
def _icons_by_name() -> IconsByName:
    """One for all: dialogs ask it from threads of their own that end after them."""
    return IconsByName()


def file_dialog(parent: QWidget, title: str) -> QFileDialog:
    """Return a dialog that opens no file, which the desktop's own would on Linux, and that is gone when it closes."""
    dialog = QFileDialog(parent, title)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog, sys.platform == "linux")
    dialog.setIconProvider(_icons_by_name())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


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
    dialog = file_dialog(parent, title)
    if dialog.directory() == QDir.current():  # nobody has chosen a folder yet; ours means nothing to people
        dialog.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    dialog.setNameFilters([form, QCoreApplication.translate("FileDialog", "All files (*)")])
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    return dialog
