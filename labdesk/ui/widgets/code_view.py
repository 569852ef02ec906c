"""YAML to be edited, and its changes to be read, in letters of one width and the colours of the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRegularExpression
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import TextArea

_KEY = QRegularExpression(r"^(\s*(?:- )*)([A-Za-z_][\w./-]*)(?=:(?:\s|$))")
_COMMENT = QRegularExpression(r"(?:^|\s)#.*$")


class _CodeArea(TextArea):
    """Lines as long as they are, between scroll bars; `name` tells screen readers what they are."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None) -> None:
        super().__init__(theme, mono=True, parent=parent)
        self.setAccessibleName(name)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        theme.dress(self.verticalScrollBar())
        theme.dress(self.horizontalScrollBar())
        self.setCornerWidget(QWidget())


class YamlEdit(_CodeArea):
    """Keys in the accent, comments muted. Tab leaves it, as everywhere; two blanks indent."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._colours = _YamlColours(theme, self.document())


class _YamlColours(QSyntaxHighlighter):
    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        colors = self._theme.colors
        key = _KEY.match(text)
        if key.hasMatch():
            self.setFormat(key.capturedStart(2), key.capturedLength(2), colors.accent)
        comment = _COMMENT.match(text)
        if comment.hasMatch():
            self.setFormat(comment.capturedStart(), comment.capturedLength(), colors.text_muted)


class DiffView(_CodeArea):
    """Lines that begin with `+`, `-` or a blank: what comes, what goes, and what stays around it."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._theme = theme
        self.setReadOnly(True)
        theme.changed.connect(self._colour)

    def show_lines(self, lines: Sequence[str]) -> None:
        self.setPlainText("\n".join(lines))
        self._colour()

    def _colour(self) -> None:
        colors = self._theme.colors
        selections = []
        block = self.document().firstBlock()
        while block.isValid():
            tone = {"+": "running", "-": "failed", "…": "pending"}.get(block.text()[:1])
            if tone:
                if tone != "pending":
                    selections.append(self._ground(block.position(), colors.named(f"{tone}_soft")))
                selections.append(self._ink(block.position(), colors.named(tone)))
            block = block.next()
        self.setExtraSelections(selections)

    def _ground(self, position: int, color: QColor) -> QTextEdit.ExtraSelection:
        """Colour the ground of a line to its very end: only without selected text it goes so far."""
        selection = QTextEdit.ExtraSelection()
        selection.format = QTextCharFormat()
        selection.format.setBackground(color)
        selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        selection.cursor = QTextCursor(self.document())
        selection.cursor.setPosition(position)
        return selection

    def _ink(self, position: int, color: QColor) -> QTextEdit.ExtraSelection:
        """Colour the letters of a line."""
        selection = QTextEdit.ExtraSelection()
        selection.format = QTextCharFormat()
        selection.format.setForeground(color)
        selection.cursor = QTextCursor(self.document())
        selection.cursor.setPosition(position)
        selection.cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        return selection
