"""How far back the bars reach: one of four spans, in small letters."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from labdesk.ui.pages.events.minutes import SPANS
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.focus import stop_at_the_chosen
from labdesk.ui.widgets.paint import draw_text, fill_round, focus_ring

_RADIUS = 4


class _SpanButton(ThemedButton):
    def __init__(self, theme: Theme, text: str, name: str, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.theme.fonts.caption_medium)
        return QSize(metrics.horizontalAdvance(self.text()) + 14, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self.theme.colors
        painter = QPainter(self)
        if self.isChecked():
            fill_round(painter, self.rect(), colors.accent_soft, _RADIUS)
        elif self.underMouse():
            fill_round(painter, self.rect(), colors.well, _RADIUS)
        ink = colors.accent if self.isChecked() else colors.text_muted
        draw_text(
            painter, self.rect(), self.text(), self.theme.fonts.caption_medium, ink, Qt.AlignmentFlag.AlignHCenter
        )
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent, _RADIUS)


class SpanChooser(QWidget):
    """`chosen` carries a key of SPANS. Arrow keys move between them; Tab goes to the chosen one."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, times: Times, current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("How far back the bars reach"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.current = current
        self._buttons: dict[str, _SpanButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for key, span in SPANS.items():
            text = times.span(span.minutes * 60.0)
            name = self.tr("Bars of the last {span}").format(span=text)
            button = self._buttons[key] = _SpanButton(theme, text, name, self)
            self._group.addButton(button)
            row.addWidget(button)
        self._buttons[current].setChecked(True)
        stop_at_the_chosen(self._group)
        self._group.buttonToggled.connect(self._toggled)

    def choose(self, key: str) -> None:
        self._buttons[key].setChecked(True)

    def step(self, by: int) -> None:
        """Reach further back (+1) or less far (-1), as far as there are such spans."""
        keys = list(SPANS)
        self.choose(keys[min(max(keys.index(self.current) + by, 0), len(keys) - 1)])

    def button(self, key: str) -> QWidget:
        return self._buttons[key]

    def _toggled(self, button: QWidget, checked: bool) -> None:
        if checked:
            self.current = next(key for key, one in self._buttons.items() if one is button)
            self.chosen.emit(self.current)
