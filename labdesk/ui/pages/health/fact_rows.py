"""Names and values, one pair a line: the name at the left, the value at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_text

_GAP = 16


@dataclass(frozen=True, slots=True)
class Fact:
    """`tip` is the tooltip; where the value is cut off, the whole value comes before it."""

    name: str
    value: str
    tip: str = ""
    tone: str = "text"


class FactRows(QWidget):
    """Paints facts; screen readers get them as one text."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._facts: tuple[Fact, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self._facts

    def set_facts(self, facts: Sequence[Fact]) -> None:
        facts = tuple(facts)
        if facts == self._facts:
            return
        count = len(self._facts)
        self._facts = facts
        self.setAccessibleDescription("; ".join(f"{fact.name}: {fact.value}" for fact in facts))
        if len(facts) != count:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, self._line() * len(self._facts))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = event.pos().y() // max(self._line(), 1)
            tip = self._tip(self._facts[place]) if 0 <= place < len(self._facts) else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, font = self._theme.colors, self._theme.fonts.body
        metrics = QFontMetrics(font)
        for place, fact in enumerate(self._facts):
            line = QRect(0, place * self._line(), self.width(), self._line())
            draw_text(painter, line, fact.name, font, colors.text_muted)
            value = metrics.elidedText(fact.value, Qt.TextElideMode.ElideMiddle, self._room(metrics, fact))
            draw_text(painter, line, value, font, colors.named(fact.tone), Qt.AlignmentFlag.AlignRight)

    def _room(self, metrics: QFontMetrics, fact: Fact) -> int:
        return self.width() - metrics.horizontalAdvance(fact.name) - _GAP

    def _tip(self, fact: Fact) -> str:
        metrics = QFontMetrics(self._theme.fonts.body)
        is_cut = metrics.horizontalAdvance(fact.value) > self._room(metrics, fact)
        return "\n".join(part for part in (fact.value if is_cut else "", fact.tip) if part)

    def _line(self) -> int:
        return self._theme.line_height("body") + 9

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
