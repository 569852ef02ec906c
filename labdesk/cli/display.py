"""Whether a window can be opened here, found out without loading Qt (which would end the process to say no)."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping

CONNECT_SECONDS = 2.0
X11_PORT = 6000


def display_problem(
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    answers: Callable[[str], bool] | None = None,
) -> str:
    """Return why no window can be opened, as the beginning of a sentence; empty if one can."""
    if platform != "linux" or environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in {"offscreen", "minimal", "vnc"}:
        return ""
    if environ.get("WAYLAND_DISPLAY"):
        return ""
    display = environ.get("DISPLAY", "")
    if not display:
        return "There is no display here"
    if not (answers or x_server_answers)(display):
        return f"The display {display} does not answer"
    return ""


def x_server_answers(display: str) -> bool:
    """Connect to the X server of a DISPLAY like `:0`, `unix:1` or `host:10.0`."""
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not number.isdecimal():
        return False
    try:
        if host in {"", "unix"}:
            return _socket_answers(f"/tmp/.X11-unix/X{number}") or _socket_answers(f"\0/tmp/.X11-unix/X{number}")  # noqa: S108  (X11's own place)
        with socket.create_connection((host, X11_PORT + int(number)), CONNECT_SECONDS):
            return True
    except OSError:
        return False


def _socket_answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(address)
        except OSError:
            return False
        return True
