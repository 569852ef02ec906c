"""Buttons: filled, plain, quiet and link-like; all with a label or a tooltip, a focus ring and a name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import (
    CONTROL_RADIUS,
    ICON_SIZE,
    draw_pixmap_centered,
    draw_text,
    fill_round,
    focus_ring,
    frame_round,
)

_KEYBOARD_REASONS = frozenset(
    {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}
)
_RETURNING = frozenset({Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason})


def led_by_keyboard(reason: Qt.FocusReason, before: bool) -> bool:
    """True if the keyboard led to where it is now; what it comes back to, from another window, is as it was before."""
    return before if reason in _RETURNING else reason in _KEYBOARD_REASONS


class ButtonKind(StrEnum):
    PRIMARY = "primary"  # the one thing to do here
    PLAIN = "plain"  # framed
    QUIET = "quiet"  # no frame until hovered
    DANGER = "danger"  # framed, in the colour of failure
    LINK = "link"  # words only, in the accent


@dataclass(frozen=True, slots=True)
class _Look:
    fill: QColor | None
    border: QColor | None
    ink: QColor
    hint: QColor


class ThemedButton(QAbstractButton):
    """Base of painted buttons: hover, the keyboard's focus ring, repaint on theme changes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._keyboard_focus = False
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self._restyle)

    @property
    def shows_focus(self) -> bool:
        return self._keyboard_focus and self.hasFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._keyboard_focus = led_by_keyboard(event.reason(), self._keyboard_focus)
        super().focusInEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()


class Button(ThemedButton):
    """A button with a text, an icon or both; `hint` is a key shown behind the text.

    Without a text, `tip` is required: it is the tooltip and the accessible name.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        icon: str = "",
        kind: ButtonKind = ButtonKind.PLAIN,
        hint: str = "",
        tip: str = "",
        small: bool = False,
        at_left: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`at_left` is for buttons wider than their words: those stand at the left and the hint at the right."""
        super().__init__(theme, parent)
        self._at_left = at_left
        self._icon_name = icon
        self._kind = kind
        self._hint = hint
        self._small = small
        self._icon_only = False
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text or tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if kind is ButtonKind.LINK:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_text(self, text: str) -> None:
        """Change text and accessible name together."""
        self.setText(text)
        self.setAccessibleName(text)
        self._restyle()

    def set_icon(self, name: str) -> None:
        self._icon_name = name
        self._restyle()

    def set_icon_only(self, on: bool) -> None:
        """Leave the words out where there is no room; they become the tooltip if there is none."""
        if on != self._icon_only:
            self._icon_only = on
            if on and not self.toolTip():
                self.setToolTip(self.text())
            self._restyle()

    def set_kind(self, kind: ButtonKind) -> None:
        self._kind = kind
        self._restyle()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font())
        width = 2 * self._padding() + sum(part for part, _ in self._parts(metrics))
        if self._kind is ButtonKind.LINK:
            return QSize(width, metrics.height() + 2)
        height = metrics.height() + (9 if self._small else 14)
        return QSize(max(width, height), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.isEnabled():
            painter.setOpacity(0.55)
        look = self._look()
        if look.border is not None:
            frame_round(painter, self.rect(), look.fill, look.border, CONTROL_RADIUS)
        elif look.fill is not None:
            fill_round(painter, self.rect(), look.fill, CONTROL_RADIUS)
        self._paint_contents(painter, look)
        if self.shows_focus:
            focus_ring(painter, self.rect(), self.theme.colors.accent)

    def _paint_contents(self, painter: QPainter, look: _Look) -> None:
        metrics = QFontMetrics(self._font())
        parts = self._parts(metrics)
        x = self._padding() if self._at_left else (self.width() - sum(width for width, _ in parts)) // 2
        for width, what in parts:
            if what == "hint" and self._at_left:
                x = self.width() - self._padding() - width
            if what == "icon":
                pixmap = self.theme.icon(self._icon_name, look.ink, ICON_SIZE, self)
                draw_pixmap_centered(painter, pixmap, QPointF(x + ICON_SIZE / 2, self.height() / 2))
            elif what == "text":
                font = QFont(self._font())
                font.setUnderline(self._kind is ButtonKind.LINK and (self.underMouse() or self.isChecked()))
                draw_text(painter, QRect(x, 0, width + 2, self.height()), self.text(), font, look.ink)
            elif what == "hint":
                rect = QRect(x, 0, width + 2, self.height())
                draw_text(painter, rect, self._hint, self.theme.fonts.caption, look.hint)
            x += width

    def _parts(self, metrics: QFontMetrics) -> list[tuple[int, str]]:
        parts: list[tuple[int, str]] = []
        if self._icon_name:
            parts.append((ICON_SIZE, "icon"))
        if self._icon_name and self._words:
            parts.append((8, "gap"))
        if self._words:
            parts.append((metrics.horizontalAdvance(self._words), "text"))
        if self._hint:
            parts.append((8, "gap"))
            parts.append((QFontMetrics(self.theme.fonts.caption).horizontalAdvance(self._hint), "hint"))
        return parts

    @property
    def _words(self) -> str:
        return "" if self._icon_only else self.text()

    def _font(self) -> QFont:
        fonts = self.theme.fonts
        return fonts.body if self._kind is ButtonKind.LINK else fonts.body_medium

    def _padding(self) -> int:
        if self._kind is ButtonKind.LINK:
            return 0
        if not self._words:
            return 7
        return 10 if self._small else 13

    def _look(self) -> _Look:
        colors = self.theme.colors
        active = self.isDown() or (self.underMouse() and self.isEnabled())
        match self._kind:
            case ButtonKind.PRIMARY:
                shift = 115 if self.isDown() else 107
                fill = colors.accent.darker(shift) if active else colors.accent
                return _Look(fill, None, colors.on_accent, _mixed(colors.on_accent, fill, 0.82))
            case ButtonKind.PLAIN:
                fill = colors.accent_soft if self.isChecked() else colors.hover if active else colors.surface
                ink = colors.accent if self.isChecked() else colors.text
                return _Look(fill, colors.border, ink, colors.text_muted)
            case ButtonKind.DANGER:
                return _Look(
                    colors.failed_soft if active else colors.surface, colors.border, colors.failed, colors.failed
                )
            case ButtonKind.QUIET:
                return _Look(colors.well if active else None, None, colors.text_muted, colors.text_muted)
            case ButtonKind.LINK:
                return _Look(None, None, colors.accent, colors.text_muted)


def _mixed(ink: QColor, ground: QColor, share: float) -> QColor:
    rest = 1 - share
    return QColor.fromRgbF(
        ink.redF() * share + ground.redF() * rest,
        ink.greenF() * share + ground.greenF() * rest,
        ink.blueF() * share + ground.blueF() * rest,
    )
