"""The icons of files in dialogs."""

from __future__ import annotations

from PySide6.QtCore import QFileInfo
from PySide6.QtGui import QAbstractFileIconProvider, QIcon
from PySide6.QtWidgets import QFileIconProvider


class IconsByName(QFileIconProvider):
    """Tells files apart without opening them.

    Qt's own reads the beginning of what it does not know by its name. When that is the store, closing it again drops
    every lock that SQLite holds for this process (POSIX), and the next program that ends takes the log away under it.
    Dialogs ask from threads of their own that end after them: it must outlive them all.
    """

    def icon(self, of: QAbstractFileIconProvider.IconType | QFileInfo) -> QIcon:
        if isinstance(of, QFileInfo):
            of = self.IconType.Folder if of.isDir() else self.IconType.File
        return super().icon(of)

    def type(self, info: QFileInfo) -> str:
        return "" if info.isDir() else info.suffix()
