"""Where the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget


def holds_focus(part: QWidget) -> bool:
    """Whether the keyboard is in this part of its window; if the part were hidden, Qt would choose where it goes."""
    focused = part.window().focusWidget()
    return focused is not None and (focused is part or part.isAncestorOf(focused))


def stop_at_the_chosen(group: QButtonGroup) -> None:
    """Let Tab go to the chosen one of buttons that exclude each other: Qt does so only once the keyboard was there.

    To be called when all of them are in the group.
    """

    def follow(button: QAbstractButton, checked: bool) -> None:
        if checked:
            for one in group.buttons():
                one.setFocusPolicy(Qt.FocusPolicy.TabFocus if one is button else Qt.FocusPolicy.NoFocus)

    group.buttonToggled.connect(follow)
    if (chosen := group.checkedButton()) is not None:
        follow(chosen, True)
