"""A choice that needs a sentence or two: an icon, its name and what it means."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.choice_button import MARK, ChoiceButton
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text

_MARGIN = 14
_ICON = 20
_LEFT = _MARGIN + _ICON + 12
_LEADING = 4


class ChoiceCard(ChoiceButton):
    """It is as high as its words need at its width, up to `most_lines`.

    `footnote` is a line of small print below them.
    """

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        meaning: str,
        *,
        footnote: str = "",
        most_lines: int = 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, title, f"{meaning} {footnote}".strip(), parent)
        self._icon = icon
        self._meaning = meaning
        self._footnote = footnote
        self._most_lines = most_lines
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = self._lines(width)
        height = 2 * _MARGIN + self.theme.line_height("body_bold") + _LEADING + len(lines) * self._line_height()
        return height + (self.theme.line_height("caption") + _LEADING if self._footnote else 0)

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 2 * _MARGIN + self.theme.line_height("body_bold"))  # the layout asks for the rest by width

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What may be cut short is told in full by the tooltip."""
        super().resizeEvent(event)
        is_cut = bool(self._footnote) or "".join(self._lines(self.width())[-1:]).endswith("…")
        self.setToolTip("\n".join(text for text in (self._meaning, self._footnote) if text) if is_cut else "")

    def _first_line(self) -> QRect:
        return QRect(_LEFT, _MARGIN, self.width() - _LEFT - _MARGIN, self.theme.line_height("body_bold"))

    def _paint_words(self, painter: QPainter) -> None:
        colors, fonts, title = self.theme.colors, self.theme.fonts, self._first_line()
        chosen = self.isChecked()
        icon = self.theme.icon(self._icon, colors.accent if chosen else colors.text_muted, _ICON, self)
        draw_pixmap_centered(painter, icon, QPointF(_MARGIN + _ICON / 2, title.center().y() + 1))
        draw_text(painter, title.adjusted(0, 0, -MARK, 0), self.text(), fonts.body_bold, colors.text)
        y = title.bottom() + 1 + _LEADING
        for line in self._lines(self.width()):
            rect = QRect(_LEFT, y, title.width(), self._line_height())
            draw_text(painter, rect, line, fonts.body, colors.text if chosen else colors.text_muted)
            y += self._line_height()
        if self._footnote:
            self._paint_footnote(painter)

    def _paint_footnote(self, painter: QPainter) -> None:
        font, height = self.theme.fonts.caption, self.theme.line_height("caption")
        rect = QRect(_LEFT, self.height() - _MARGIN - height, self.width() - _LEFT - _MARGIN, height)
        text = QFontMetrics(font).elidedText(self._footnote, Qt.TextElideMode.ElideMiddle, rect.width())
        draw_text(painter, rect, text, font, self.theme.colors.text_muted)

    def _line_height(self) -> int:
        return QFontMetrics(self.theme.fonts.body).lineSpacing() + 1

    def _lines(self, width: int) -> list[str]:
        room = max(width - _LEFT - _MARGIN, 40)
        layout = QTextLayout(self._meaning, self.theme.fonts.body)
        layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        lines: list[str] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(room)
            start, length = line.textStart(), line.textLength()
            if len(lines) == self._most_lines - 1:
                rest = self._meaning[start:].strip()
                metrics = QFontMetrics(self.theme.fonts.body)
                lines.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room))
                break
            lines.append(self._meaning[start : start + length].strip())
        layout.endLayout()
        return lines
