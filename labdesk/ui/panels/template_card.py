"""A template as a card that can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.panels.template_facts import TemplateFacts
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.choice_button import MARK, ChoiceButton
from labdesk.ui.widgets.paint import draw_text

_MARGIN = 12
_TOP = 9
_LEADING = 3


class TemplateCard(ChoiceButton):
    """Two lines: name and image, what it is and its memory. What is cut off stands in the tooltip."""

    def __init__(self, theme: Theme, facts: TemplateFacts, parent: QWidget | None = None) -> None:
        super().__init__(theme, facts.title, f"{facts.description} {facts.image}, {facts.memory}".strip(), parent)
        self.facts = facts
        self.setToolTip("\n".join(text for text in (facts.description, f"{facts.image} · {facts.memory}") if text))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        lines = self.theme.line_height("body_medium") + self.theme.line_height("caption")
        return QSize(200, lines + _LEADING + 2 * _TOP)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def _first_line(self) -> QRect:
        return QRect(_MARGIN, _TOP, self.width() - 2 * _MARGIN, self.theme.line_height("body_medium"))

    def _paint_words(self, painter: QPainter) -> None:
        first = self._first_line()
        self._paint_heading(painter, first.adjusted(0, 0, -MARK - 8, 0))
        height = self.theme.line_height("caption")
        self._paint_description(painter, QRect(_MARGIN, first.bottom() + 1 + _LEADING, first.width(), height))

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
