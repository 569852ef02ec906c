"""Handing the mark of a wrong field on to the control inside it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def mark_invalid(control: QWidget, invalid: bool) -> None:
    """Give a form control the frame of a wrong one, or take it away."""
    if bool(control.property("invalid")) != invalid:
        control.setProperty("invalid", invalid)
        control.style().unpolish(control)
        control.style().polish(control)
