"""Text as it is, in one width of letters, to be read and copied."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPalette,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from labdesk.ui.theme import Theme

_BREAK = "\N{ZERO WIDTH SPACE}"
"""A place where a long word may be broken."""
_INNER_POINT = re.compile(r"\.(?=\w)")
"""A point within a name; what closes a sentence belongs to it."""
_HANG = 2
"""By how many letters a line that was broken goes on further in."""


class JsonView(QTextEdit):
    """As high as its text. Long lines are broken, and go on further in than they began."""

    def __init__(self, theme: Theme, name: str, copy: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._copy = copy
        self._text = ""
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # Qt's would copy more than is seen
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.setAccessibleName(name)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """The text as it was given."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show a text, unless it is there already: a selection then stays."""
        if text != self._text:
            self._text = text
            self.setPlainText(_INNER_POINT.sub(f".{_BREAK}", text))
            self._hang()
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is copied is the text as it was given, without the places where it may be broken."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy(self.textCursor().selection().toPlainText().replace(_BREAK, ""))
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(120, self._wanted_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _wanted_height(self) -> int:
        return round(self.document().size().height()) + 4

    def _hang(self) -> None:
        """Let the rest of a broken line stand two letters further in than its beginning."""
        letter, cursor = QFontMetricsF(self.font()).horizontalAdvance(" "), QTextCursor(self.document())
        block = self.document().begin()
        while block.isValid():
            inset = letter * (len(block.text()) - len(block.text().lstrip()) + _HANG)
            hanging = QTextBlockFormat()
            hanging.setLeftMargin(inset)
            hanging.setTextIndent(-inset)
            cursor.setPosition(block.position())
            cursor.setBlockFormat(hanging)
            block = block.next()

    def _fit(self) -> None:
        if self.height() != self._wanted_height():
            self.setFixedHeight(self._wanted_height())

    def _restyle(self) -> None:
        self.setFont(self._theme.fonts.mono)
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, self._theme.colors.well)
        palette.setColor(QPalette.ColorRole.Text, self._theme.colors.text)
        self.setPalette(palette)
        self._hang()
        self._fit()
