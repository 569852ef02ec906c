"""Reading a container's log, at once or as it grows."""

from __future__ import annotations

import asyncio
import codecs
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from labdesk.engines.docker_connection import Cut, DockerConnection
from labdesk.engines.service import (
    ContainerBeingRemovedError,
    ContainerGoneError,
    EngineRequestError,
    EngineUnavailable,
)

LINES_AHEAD = 2000
"""A reader that falls this far behind holds the engine's stream back; nothing is lost."""
LONGEST_LINE = 16 * 1024
LOG_BYTES_KEPT = 2**20


def read_log(connection: DockerConnection, container_id: str, tail: int) -> str:
    """Return the last `tail` lines, at most 1 MiB; empty if the container is gone or going. Blocking.

    Where the engine keeps no log that can be read, one line says so: a lab must end and go all the same.
    """
    try:
        found: bytes = connection.call(lambda api: api.logs(container_id, tail=tail))
    except (ContainerGoneError, ContainerBeingRemovedError):
        return ""
    except EngineRequestError as error:
        return f"The engine did not give the log: {error.message}\n"
    return found[-LOG_BYTES_KEPT:].decode("utf-8", "replace")


def split_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield lines without their ends; a line without an end is cut at 16 KiB."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for chunk in chunks:
        rest += decoder.decode(chunk)
        *lines, rest = rest.split("\n")
        for line in lines:
            yield line.removesuffix("\r")
        while len(rest) > LONGEST_LINE:
            yield rest[:LONGEST_LINE]
            rest = rest[LONGEST_LINE:]
    if rest:
        yield rest


class LogFollower:
    """Follows one log in a thread of its own; made, read and closed on the event loop.

    Engines before 23 may end the stream just before a container's very last line; reading the log anew has it.
    """

    def __init__(self, connection: DockerConnection, container_id: str, tail: int) -> None:
        self._connection = connection
        self._container_id = container_id
        self._tail = tail
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._room = threading.Condition()
        self._lines: deque[str] = deque()
        self._cut: Cut | None = None
        self._closed = False
        self._ended = False
        self._error: Exception | None = None
        threading.Thread(target=self._run, name=f"labdesk-log-{container_id[:12]}", daemon=True).start()

    async def take_async(self) -> list[str]:
        """Return the lines that came since the last call, waiting for the first; empty at the end.

        Raises EngineUnavailable if the engine was lost before the end.
        """
        while True:
            await self._news.wait()
            self._news.clear()
            with self._room:
                lines = list(self._lines)
                self._lines.clear()
                self._room.notify_all()
                ended = self._ended
            if ended:
                self._news.set()
            if lines:
                return lines
            if ended:
                if self._error is not None:
                    raise self._error
                return []

    def close(self) -> None:
        """Unblock the thread; it ends at once."""
        with self._room:
            self._closed = True
            self._lines.clear()
            self._room.notify_all()
            if self._cut is not None:
                self._cut.cut()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            self._follow()
        except ContainerGoneError:
            pass
        except Exception as raised:  # noqa: BLE001  (the thread's edge: whoever reads the log gets it)
            error = None if self._closed else raised
        with self._room:
            self._ended, self._error = True, error
        self._tell()

    def _follow(self) -> None:
        with self._connection.stream(self._connection.timeout) as (api, cut):
            with self._room:
                self._cut = cut
                if self._closed:
                    return
            for line in split_lines(api.logs(self._container_id, stream=True, follow=True, tail=self._tail)):
                if not self._put(line):
                    return
        found: dict[str, Any] = self._connection.call(lambda api: api.inspect_container(self._container_id))
        if found["State"]["Running"] and not self._closed:
            raise EngineUnavailable("The log broke off because the engine did; open it again.", cause="no-connection")

    def _put(self, line: str) -> bool:
        with self._room:
            self._room.wait_for(lambda: self._closed or len(self._lines) < LINES_AHEAD)
            if self._closed:
                return False
            self._lines.append(line)
        self._tell()
        return True

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to read
            self._loop.call_soon_threadsafe(self._news.set)
