"""The desktop around the window: clipboard, browser, terminal."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Sequence

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

_TERMINALS = (
    ("x-terminal-emulator", "-e"),
    ("gnome-terminal", "--"),
    ("konsole", "-e"),
    ("xfce4-terminal", "-x"),
    ("kitty", "--"),
    ("alacritty", "-e"),
    ("xterm", "-e"),
)
"""Terminals of Linux desktops, Debian's alternative first, with the option that precedes a command."""


class Desktop:
    """What the window asks the desktop for; tests put a recorder here."""

    def copy(self, text: str) -> None:
        """Put plain text on the clipboard."""
        QGuiApplication.clipboard().setText(text)

    def open_url(self, url: str) -> bool:
        """Open a link in the browser; False if the desktop has none."""
        return QDesktopServices.openUrl(QUrl(url))

    def open_terminal(self, command: Sequence[str]) -> bool:
        """Run a command line in a terminal window of its own; False if there is no terminal or no such program."""
        if shutil.which(command[0]) is None:
            return False
        for name, option in _TERMINALS:
            if (path := shutil.which(name)) is not None:
                subprocess.Popen([path, option, *command], start_new_session=True)
                return True
        return False


def command_text(command: Sequence[str]) -> str:
    """Return a command line as a shell would take it."""
    return shlex.join(command)
