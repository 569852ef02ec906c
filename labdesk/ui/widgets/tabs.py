"""Tabs as a row of segments with counts; and chips that switch a filter on and off."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.focus import stop_at_the_chosen
from labdesk.ui.widgets.paint import CONTROL_RADIUS, draw_text, fill_round, focus_ring, frame_round
from labdesk.ui.words import short_count

_DISABLED = 0.5


class _Segment(ThemedButton):
    """One tab: a word and its count. It never gets narrower, so that counting does not move its neighbours."""

    def __init__(self, theme: Theme, text: str, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._count: int | None = None
        self._digits = 1
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def count(self) -> int | None:
        return self._count

    def set_count(self, count: int) -> None:
        if count == self._count:
            return
        self._count = count
        self.setAccessibleName(f"{self.text()} {count}")
        digits = len(str(count))
        if digits > self._digits:
            self._digits = digits
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.theme.fonts.body_medium)
        width = 24 + metrics.horizontalAdvance(self.text())
        if self._count is not None:
            width += metrics.horizontalAdvance(" " + "0" * self._digits)
        return QSize(width, metrics.height() + 14)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, fonts = self.theme.colors, self.theme.fonts
        painter = QPainter(self)
        painter.setOpacity(1.0 if self.isEnabled() else _DISABLED)
        if self.isChecked():
            frame_round(painter, self.rect(), colors.surface, colors.border, CONTROL_RADIUS)
        elif self.underMouse():
            fill_round(painter, self.rect(), colors.well, CONTROL_RADIUS)
        ink = colors.text if self.isChecked() else colors.text_muted
        metrics = QFontMetrics(fonts.body_medium)
        draw_text(painter, self.rect().adjusted(12, 0, 0, 0), self.text(), fonts.body_medium, ink)
        if self._count is not None:
            left = 12 + metrics.horizontalAdvance(self.text() + " ")
            rect = QRect(left, 0, self.width() - left, self.height())
            draw_text(painter, rect, str(self._count), fonts.body_medium, colors.text_muted)
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent)


class SegmentedTabs(QWidget):
    """Exactly one of several named tabs is chosen; arrow keys move between them."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, tabs: Sequence[tuple[str, str]], name: str, spacing: int = 3, parent: QWidget | None = None
    ) -> None:
        """`tabs` are (key, text); the first is chosen. `name` tells screen readers what is chosen here."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._segments: dict[str, _Segment] = {}
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(spacing)
        for key, text in tabs:
            segment = _Segment(theme, text, self)
            self._segments[key] = segment
            self._group.addButton(segment)
            layout.addWidget(segment)
        self._current = tabs[0][0]
        self._segments[self._current].setChecked(True)
        stop_at_the_chosen(self._group)
        self._group.buttonToggled.connect(self._toggled)

    @property
    def current(self) -> str:
        return self._current

    def choose(self, key: str) -> None:
        """Choose a tab as if it had been clicked."""
        self._segments[key].setChecked(True)

    def set_count(self, key: str, count: int) -> None:
        self._segments[key].set_count(count)

    def count(self, key: str) -> int | None:
        return self._segments[key].count

    def buttons(self) -> list[QWidget]:
        return list(self._segments.values())

    def button(self, key: str) -> QWidget:
        return self._segments[key]

    def _toggled(self, button: QWidget, checked: bool) -> None:
        if checked:
            self._current = next(key for key, segment in self._segments.items() if segment is button)
            self.chosen.emit(self._current)


class Chip(ThemedButton):
    """A round button that stays down while its filter is on."""

    def __init__(self, theme: Theme, text: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._digits = 0
        self._count: int | None = None
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int | None) -> None:
        """Show a number behind the word; None shows none."""
        self._count = count
        digits = len(short_count(count)) if count is not None else 0
        self.setAccessibleName(self.text() if count is None else f"{self.text()} {count}")
        if digits > self._digits:
            self._digits = digits
            self.updateGeometry()
        self.update()

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self._restyle()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.theme.fonts.body_medium)
        count = metrics.horizontalAdvance(" " + "0" * self._digits) if self._digits else 0
        return QSize(metrics.horizontalAdvance(self.text()) + count + 22, metrics.height() + 9)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, fonts = self.theme.colors, self.theme.fonts
        painter = QPainter(self)
        painter.setOpacity(1.0 if self.isEnabled() else _DISABLED)
        radius = self.height() / 2
        ink = colors.accent if self.isChecked() else colors.text_muted
        if self.isChecked():
            fill_round(painter, self.rect(), colors.accent_soft, radius)
        else:
            frame_round(painter, self.rect(), colors.well if self.underMouse() else None, colors.border, radius)
        text = self.text() if self._count is None else f"{self.text()} {short_count(self._count)}"
        draw_text(painter, self.rect(), text, fonts.body_medium, ink, Qt.AlignmentFlag.AlignHCenter)
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent, radius)
