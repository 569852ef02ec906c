"""Where the keyboard is."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def holds_focus(part: QWidget) -> bool:
    """Whether the keyboard is in this part of its window; if the part were hidden, Qt would choose where it goes."""
    focused = part.window().focusWidget()
    return focused is not None and (focused is part or part.isAncestorOf(focused))
