"""A template as a card that can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.panels.template_facts import TemplateFacts
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text, focus_ring, frame_round

_MARGIN = 12
_TOP = 9
_LEADING = 3
_MARK = 18


class TemplateCard(ThemedButton):
    """Two lines: name and image, what it is and its memory. Checked, it wears the accent and a tick.

    What is cut off stands in the tooltip.
    """

    def __init__(self, theme: Theme, facts: TemplateFacts, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.facts = facts
        self.setCheckable(True)
        self.setText(facts.title)
        self.setAccessibleName(facts.title)
        self.setAccessibleDescription(f"{facts.description} {facts.image}, {facts.memory}".strip())
        self.setToolTip("\n".join(text for text in (facts.description, f"{facts.image} · {facts.memory}") if text))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        lines = self.theme.line_height("body_medium") + self.theme.line_height("caption")
        return QSize(200, lines + _LEADING + 2 * _TOP)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, radius = self.theme.colors, self.theme.space.radius
        painter = QPainter(self)
        if not self.isEnabled():
            painter.setOpacity(0.55)
        chosen = self.isChecked()
        fill = colors.accent_soft if chosen else colors.hover if self.underMouse() else colors.surface
        frame_round(painter, self.rect(), fill, colors.accent if chosen else colors.border, radius)
        width = self.width() - 2 * _MARGIN
        first = QRect(_MARGIN, _TOP, width, self.theme.line_height("body_medium"))
        second = QRect(_MARGIN, first.bottom() + 1 + _LEADING, width, self.theme.line_height("caption"))
        self._paint_mark(painter, first)
        self._paint_heading(painter, first.adjusted(0, 0, -_MARK - 8, 0))
        self._paint_description(painter, second)
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent, radius)

    def _paint_mark(self, painter: QPainter, line: QRect) -> None:
        colors = self.theme.colors
        center = QPointF(line.right() + 1 - _MARK / 2 + 2, line.center().y() + 1)
        if self.isChecked():
            draw_pixmap_centered(painter, self.theme.icon("mdi6.check-circle", colors.accent, _MARK, self), center)
        else:
            ring = QRectF(center.x() - 7, center.y() - 7, 14, 14)
            frame_round(painter, ring, None, colors.border, 7, 1.5)

    def _paint_heading(self, painter: QPainter, rect: QRect) -> None:
        colors, fonts = self.theme.colors, self.theme.fonts
        name_metrics, image_metrics = QFontMetrics(fonts.body_medium), QFontMetrics(fonts.caption)
        name = name_metrics.elidedText(self.facts.title, Qt.TextElideMode.ElideRight, rect.width())
        draw_text(painter, rect, name, fonts.body_medium, colors.text)
        left = rect.left() + name_metrics.horizontalAdvance(name) + 10
        # Both on one base line: a caption centred beside body text seems to float.
        drop = (name_metrics.ascent() - image_metrics.ascent()) - (rect.height() - image_metrics.height()) // 2
        room = QRect(left, rect.top() + drop, rect.right() - left, rect.height())
        if room.width() > image_metrics.averageCharWidth() * 6:
            image = image_metrics.elidedText(self.facts.image, Qt.TextElideMode.ElideMiddle, room.width())
            draw_text(painter, room, image, fonts.caption, colors.text_muted)

    def _paint_description(self, painter: QPainter, rect: QRect) -> None:
        colors, font = self.theme.colors, self.theme.fonts.caption
        metrics = QFontMetrics(font)
        draw_text(painter, rect, self.facts.memory, font, colors.text_muted, Qt.AlignmentFlag.AlignRight)
        room = rect.adjusted(0, 0, -metrics.horizontalAdvance(self.facts.memory) - 16, 0)
        text = metrics.elidedText(self.facts.description, Qt.TextElideMode.ElideRight, room.width())
        draw_text(painter, room, text, font, colors.text)
