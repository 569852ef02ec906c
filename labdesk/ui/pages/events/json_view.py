"""Text as it is, in one width of letters, to be read and copied."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPalette, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from labdesk.ui.theme import Theme

_MARGIN = 8


class JsonView(QPlainTextEdit):
    """As high as its text. Long lines are broken anywhere, so that nothing is cut off."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.setAccessibleName(name)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_text(self, text: str) -> None:
        """Show a text, unless it is there already: a selection then stays."""
        if text != self.toPlainText():
            self.setPlainText(text)
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(120, self._wanted_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _wanted_height(self) -> int:
        layout, block = self.document().documentLayout(), self.document().begin()
        while block.isValid():  # lines are broken when they are first asked for, else only in the middle of a paint
            layout.blockBoundingRect(block)
            block = block.next()
        lines = max(round(layout.documentSize().height()), 1)
        return lines * QFontMetrics(self.font()).lineSpacing() + 4

    def _fit(self) -> None:
        if self.height() != self._wanted_height():
            self.setFixedHeight(self._wanted_height())

    def _restyle(self) -> None:
        self.setFont(self._theme.fonts.mono)
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, self._theme.colors.well)
        palette.setColor(QPalette.ColorRole.Text, self._theme.colors.text)
        self.setPalette(palette)
        self._fit()
