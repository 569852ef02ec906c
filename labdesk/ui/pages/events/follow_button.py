"""The button that says whether the log follows, and how much waits when it does not."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import ThemedButton
from labdesk.ui.widgets.paint import (
    CONTROL_RADIUS,
    ICON_SIZE,
    draw_pixmap_centered,
    draw_text,
    fill_round,
    focus_ring,
    frame_round,
)

_MOST = 999


class FollowButton(ThemedButton):
    """It never changes its width, so that nothing beside it moves."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._is_following = True
        self._pending = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_state(following=True, pending=0)

    def show_state(self, *, following: bool, pending: int) -> None:
        """Say that the log follows, or that it is paused and how many events wait."""
        self._is_following, self._pending = following, pending
        self.setText(self._text(following, pending))
        waiting = self.tr("Paused, {n} new events").format(n=pending)
        self.setAccessibleName(waiting if pending and not following else self.text())
        self.setToolTip(
            self.tr("New events appear as they happen. Click to pause.")
            if following
            else self.tr("New events wait. Click to see them and follow again.")
        )
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.theme.fonts.body_medium)
        texts = (self._text(True, 0), self._text(False, 0), self._text(False, _MOST))
        return QSize(max(metrics.horizontalAdvance(text) for text in texts) + ICON_SIZE + 34, metrics.height() + 14)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, font = self.theme.colors, self.theme.fonts.body_medium
        painter = QPainter(self)
        waiting = not self._is_following and self._pending
        ink = colors.running if self._is_following else colors.accent if waiting else colors.text
        if waiting:
            fill_round(painter, self.rect(), colors.accent_soft, CONTROL_RADIUS)
        else:
            fill = colors.hover if self.underMouse() else colors.surface
            frame_round(painter, self.rect(), fill, colors.border, CONTROL_RADIUS)
        width = ICON_SIZE + 8 + QFontMetrics(font).horizontalAdvance(self.text())
        left = (self.width() - width) // 2
        icon = "mdi6.arrow-up" if waiting else "mdi6.arrow-collapse-up" if self._is_following else "mdi6.pause"
        pixmap = self.theme.icon(icon, ink, ICON_SIZE, self)
        draw_pixmap_centered(painter, pixmap, QPointF(left + ICON_SIZE / 2, self.height() / 2))
        draw_text(painter, QRect(left + ICON_SIZE + 8, 0, width, self.height()), self.text(), font, ink)
        if self.shows_focus:
            focus_ring(painter, self.rect(), colors.accent)

    def _text(self, following: bool, pending: int) -> str:
        if following:
            return self.tr("Following")
        if not pending:
            return self.tr("Paused")
        count = f"{pending}" if pending <= _MOST else f"{_MOST}+"
        return self.tr("{n} new").format(n=count)
