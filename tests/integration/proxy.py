"""A byte pump between sockets that tests can cut, hold and restore."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

CHUNK = 64 * 1024


class CuttableProxy:
    """Listens on a Unix socket or a loopback port and forwards to `target` (a Unix socket's path or a loopback port).

    Runs on the test's own loop.
    """

    def __init__(self, target: Path | int, listen: Path | int = 0) -> None:
        self._target = target
        self._listen = listen
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._allowance: int | None = None
        self.idle = asyncio.Event()
        self.idle.set()

    @property
    def address(self) -> str:
        """Return what DOCKER_HOST or a registry's name would be."""
        return f"unix://{self._listen}" if isinstance(self._listen, Path) else f"127.0.0.1:{self._listen}"

    async def restore(self) -> None:
        """Accept connections (again)."""
        if isinstance(self._listen, Path):
            self._listen.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, self._listen)
        else:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._listen)
            self._listen = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    def hold(self) -> None:
        """Keep connections open and accept new ones, but let nothing through: an engine that hangs."""
        self._flowing.clear()

    def hold_after(self, size: int) -> None:
        """Hold once `size` bytes of answers went through."""
        self._allowance = size

    def release(self) -> None:
        self._allowance = None
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pumps.add(task)
        self._writers.add(writer)
        self.idle.clear()
        try:
            if isinstance(self._target, Path):
                far_reader, far_writer = await asyncio.open_unix_connection(self._target)
            else:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(far_writer)
            try:
                await asyncio.gather(self._pump(reader, far_writer, False), self._pump(far_reader, writer, True))
            finally:
                far_writer.transport.abort()
                self._writers.discard(far_writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
            self._pumps.discard(task)
            if not self._pumps:
                self.idle.set()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        while chunk := await reader.read(CHUNK):
            if answers and self._allowance is not None:
                self._allowance -= len(chunk)
                if self._allowance <= 0:
                    self._flowing.clear()
            await self._flowing.wait()
            writer.write(chunk)
            await writer.drain()
        if not answers:
            # A client that hangs up has no further interest: tell the far side so at once.
            raise ConnectionResetError
        with contextlib.suppress(OSError):
            writer.write_eof()
