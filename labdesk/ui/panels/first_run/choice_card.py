"""A choice that needs a sentence or two: an icon, its name and what it means."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, focus_ring, frame_round

_MARGIN = 14
_ICON = 20
_LEFT = _MARGIN + _ICON + 12
_MARK = 18
_LEADING = 4


class ChoiceCard(ThemedButton):
    """Checked, it wears the accent and a tick. It is as high as its words need at its width, up to `most_lines`.

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
        super().__init__(theme, parent)
        self._icon = icon
        self._meaning = meaning
        self._footnote = footnote
        self._most_lines = most_lines
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{meaning} {footnote}".strip())
        self.setCheckable(True)
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

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, fonts, radius = self.theme.colors, self.theme.fonts, self.theme.space.radius
        painter = QPainter(self)
        if not self.isEnabled():
            painter.setOpacity(0.55)
        chosen = self.isChecked()
        fill = colors.accent_soft if chosen else colors.hover if self.underMouse() else colors.surface
        frame_round(painter, self.rect(), fill, colors.accent if chosen else colors.border, radius)
        title = QRect(_LEFT, _MARGIN, self.width() - _LEFT - _MARGIN - _MARK, self.theme.line_height("body_bold"))
        ink = colors.accent if chosen else colors.text_muted
        center = QPointF(_MARGIN + _ICON / 2, title.center().y() + 1)
        draw_pixmap_centered(painter, self.theme.icon(self._icon, ink, _ICON, self), center)
        self._paint_mark(painter, QPointF(self.width() - _MARGIN - _MARK / 2 + 2, title.center().y() + 1))
        draw_text(painter, title, self.text(), fonts.body_bold, colors.text)
        y = title.bottom() + 1 + _LEADING
        for line in self._lines(self.width()):
            rect = QRect(_LEFT, y, self.width() - _LEFT - _MARGIN, self._line_height())
            draw_text(painter, rect, line, fonts.body, colors.text_muted if not chosen else colors.text)
            y += self._line_height()
        if self._footnote:
            self._paint_footnote(painter)
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent, radius)

    def _paint_mark(self, painter: QPainter, center: QPointF) -> None:
        colors = self.theme.colors
        if self.isChecked():
            draw_pixmap_centered(painter, self.theme.icon("mdi6.check-circle", colors.accent, _MARK, self), center)
        else:
            frame_round(painter, QRectF(center.x() - 7, center.y() - 7, 14, 14), None, colors.border, 7, 1.5)

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
