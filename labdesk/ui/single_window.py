"""One window a store: a second start raises the first window and ends."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_COMING = b"coming\n"
_WAIT_MS = 1_000
_LONGEST_SOCKET_PATH = 100
"""Bytes; the kernel's limit is 108."""


def socket_path(store: Path) -> str:
    """Return the address beside the store, or one of the same meaning where that would be too long."""
    real = os.path.realpath(store)
    beside = f"{real}.window"
    if len(os.fsencode(beside)) <= _LONGEST_SOCKET_PATH:
        return beside
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"labdesk-{os.getuid()}-{digest}.window")


def raise_other_window(store: Path) -> bool:
    """Ask the window of this store, if there is one, to come to the front; return whether it answered.

    To connect is to ask.
    """
    socket = QLocalSocket()
    socket.connectToServer(socket_path(store))
    if not socket.waitForConnected(_WAIT_MS):
        return False
    heard = socket.bytesAvailable() > 0 or socket.waitForReadyRead(_WAIT_MS)
    socket.disconnectFromServer()
    return heard


class WindowServer(QObject):
    """Listens for other starts. Not being able to listen costs only that."""

    raise_wanted = Signal()

    def __init__(self, store: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        path = socket_path(store)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        # Nobody answered there (raise_other_window was asked first), so what is left is of a window that crashed.
        QLocalServer.removeServer(path)
        self.is_listening = self._server.listen(path)

    def close(self) -> None:
        self._server.close()

    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.write(_COMING)
            socket.waitForBytesWritten(_WAIT_MS)
            socket.disconnectFromServer()
            socket.deleteLater()
            self.raise_wanted.emit()
