"""As much of RFC 6455 as a terminal needs: one connection, whole frames, no extensions."""

from __future__ import annotations

import base64
import os
import socket
import struct
from types import TracebackType
from typing import Self

TEXT, BINARY, CLOSE = 1, 2, 8


class WebSocket:
    """A client connection; blocking, with a timeout in seconds for every step."""

    def __init__(self, port: int, path: str, protocol: str, headers: dict[str, str], timeout: float = 30.0) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout)
        wanted = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Protocol": protocol,
            **headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in wanted.items())
        self._socket.sendall(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
        self._stream = self._socket.makefile("rb")
        status = self._stream.readline().decode()
        while self._stream.readline().strip():
            pass
        if " 101 " not in status:
            raise ConnectionRefusedError(status.strip())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, data: bytes, opcode: int = BINARY) -> None:
        mask = os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        self._socket.sendall(bytes([0x80 | opcode]) + size + mask + masked)

    def receive(self) -> bytes:
        """Return the next data frame; raise ConnectionResetError at the end."""
        while True:
            head = self._stream.read(2)
            if len(head) < 2 or head[0] & 15 == CLOSE:
                raise ConnectionResetError("the server closed the connection")
            size = head[1] & 127
            if size >= 126:
                width, code = (2, ">H") if size == 126 else (8, ">Q")
                (size,) = struct.unpack(code, self._stream.read(width))
            data = self._stream.read(size)
            if head[0] & 15 in (0, TEXT, BINARY):
                return data
