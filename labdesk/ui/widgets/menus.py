"""Menus and other popups: opened without blocking, beneath the button they belong to."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

_TICKING_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TickMenu(QMenu):
    """Stays open while its entries are ticked: one seldom wants only one of them changed."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not _tick(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _TICKING_KEYS or not _tick(self.activeAction()):
            super().keyPressEvent(event)


def _tick(action: QAction | None) -> bool:
    if action is None or not action.isCheckable() or not action.isEnabled():
        return False
    action.trigger()
    return True


def open_below(menu: QMenu, button: QWidget) -> None:
    """Open a menu beneath a button, at its right edge where it would reach beyond the window."""
    menu.popup(place_below(button, menu.sizeHint()))


def place_below(button: QWidget, size: QSize) -> QPoint:
    """Return the corner of a popup beneath a button: at its right edge where it would reach beyond the window, and
    above it where there is more room.
    """
    corner = button.mapToGlobal(QPoint(0, button.height() + 2))
    window = button.window()
    if corner.x() + size.width() > window.mapToGlobal(QPoint(window.width(), 0)).x():
        corner.setX(button.mapToGlobal(QPoint(button.width(), 0)).x() - size.width())
    above = button.mapTo(window, QPoint(0, 0)).y() - 2
    beneath = window.height() - above - button.height() - 4
    if beneath < size.height() <= above:
        corner.setY(button.mapToGlobal(QPoint(0, -2)).y() - size.height())
    return corner
