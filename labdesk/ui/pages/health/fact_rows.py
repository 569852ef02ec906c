"""Names and values, one pair a line: the name at the left, the value at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_text
from labdesk.ui.widgets.painted_rows import PaintedRows

_GAP = 16


@dataclass(frozen=True, slots=True)
class Fact:
    """`tip` is the tooltip; where the value is cut off, the whole value comes before it."""

    name: str
    value: str
    tip: str = ""
    tone: str = "text"


class FactRows(PaintedRows):
    """The name at the left, the value at the right."""

    LEADING = 9
    WIDTH, LEAST_WIDTH = 220, 120

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, parent)
        self._facts: tuple[Fact, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self._facts

    def set_facts(self, facts: Sequence[Fact]) -> None:
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self._replaced(len(facts), "; ".join(f"{fact.name}: {fact.value}" for fact in facts))

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

    def _tip_at(self, place: int) -> str:
        return self._tip(self._facts[place])

    def _tip(self, fact: Fact) -> str:
        metrics = QFontMetrics(self._theme.fonts.body)
        is_cut = metrics.horizontalAdvance(fact.value) > self._room(metrics, fact)
        return "\n".join(part for part in (fact.value if is_cut else "", fact.tip) if part)
