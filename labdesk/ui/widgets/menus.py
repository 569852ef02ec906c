"""Menus and other popups: opened without blocking, beneath the button they belong to."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QMenu, QWidget


def open_below(menu: QMenu, button: QWidget) -> None:
    """Open a menu beneath a button, at its right edge where it would reach beyond the window."""
    menu.popup(place_below(button, menu.sizeHint()))


def place_below(button: QWidget, size: QSize) -> QPoint:
    """Return the corner of a popup beneath a button: at its right edge where it would reach beyond the window."""
    corner = button.mapToGlobal(QPoint(0, button.height() + 2))
    window = button.window()
    if corner.x() + size.width() > window.mapToGlobal(QPoint(window.width(), 0)).x():
        corner.setX(button.mapToGlobal(QPoint(button.width(), 0)).x() - size.width())
    return corner
