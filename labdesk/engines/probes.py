"""Is a lab ready? One question each: a TCP connect, an HTTP GET, or a command inside the container."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from labdesk.engines.docker_connection import DockerConnection
from labdesk.engines.docker_look import Whereabouts
from labdesk.engines.service import EngineRequestError
from labdesk.engines.spec import Probe

STAYS_OPEN_SECONDS = 0.2
"""docker-proxy accepts before the application listens, and closes as soon as it finds nobody behind it."""
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.25
_ANYWHERE = ("", "0.0.0.0", "::")  # noqa: S104  (what an engine reports, not what we bind)
_PATH_CHARACTERS = "/?&=%:+,;@~!$'()*-._"


@dataclass(frozen=True, slots=True)
class Answer:
    """`message` says what is missing, in words for people; empty when ready."""

    ready: bool
    message: str = ""


READY = Answer(True)


class NetworkProber:
    """TCP and HTTP. Prefers the container's own address, where a refusal means what it says.

    Where that address leads nowhere (an engine in a virtual machine or on another computer) it asks the published
    port, and remembers to. `published_host` is where the engine publishes ports on all addresses.
    """

    def __init__(self, published_host: str, try_address: bool) -> None:
        self._published_host = published_host
        self._try_address = try_address

    async def ask_async(self, probe: Probe, where: Whereabouts) -> Answer:
        """Ask once, within the probe's timeout."""
        try:
            async with asyncio.timeout(probe.timeout_seconds):
                return await self._ask(probe, where)
        except TimeoutError:
            return Answer(False, f"Port {probe.port} did not answer within {probe.timeout_seconds:g} s.")
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return Answer(False, f"Port {probe.port} closed the connection.")

    async def _ask(self, probe: Probe, where: Whereabouts) -> Answer:
        published = where.published.get(probe.port)
        silence = Answer(False, f"Nothing listens on port {probe.port} yet.")
        address_failed = False
        if where.address and self._try_address:
            seconds = probe.timeout_seconds / 2 if published else probe.timeout_seconds
            try:
                async with asyncio.timeout(seconds):
                    streams = await asyncio.open_connection(where.address, probe.port)
            except (ConnectionRefusedError, ConnectionResetError):
                return silence
            except (TimeoutError, OSError):
                address_failed = True
            else:
                return await _converse(probe, *streams, proxied=False)
        if published is None:
            return Answer(False, f"Port {probe.port} cannot be reached: it is not published.")
        host = self._published_host if published[0] in _ANYWHERE else published[0]
        try:
            streams = await asyncio.open_connection(host, published[1])
        except ConnectionRefusedError:
            return silence
        answer = await _converse(probe, *streams, proxied=True)
        if address_failed and answer.ready:
            self._try_address = False
        return answer


async def _converse(
    probe: Probe, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, proxied: bool
) -> Answer:
    try:
        if probe.kind == "http":
            return await _get(probe, reader, writer)
        if proxied and await _closes_at_once(reader):
            return Answer(False, f"Nothing listens on port {probe.port} yet.")
        return READY
    finally:
        writer.transport.abort()


async def _closes_at_once(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(STAYS_OPEN_SECONDS):
            return not await reader.read(1)
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def _get(probe: Probe, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Answer:
    path = quote(probe.path, safe=_PATH_CHARACTERS)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{probe.port}\r\nUser-Agent: labdesk\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    await writer.drain()
    words = (await reader.readuntil(b"\n")).split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        return Answer(False, f"Port {probe.port} does not speak HTTP.")
    code = int(words[1])
    return READY if 200 <= code < 400 else Answer(False, f"GET {probe.path} was answered with {code}.")


class ExecProber:
    """Runs the command detached and looks until it ended, so that no thread waits on a command that hangs.

    A command still running from the last question is asked about again instead of being started twice, also when that
    question was over before the engine had started it. `in_pool` runs calls of one `key` one after the other.
    """

    def __init__(self, connection: DockerConnection, in_pool: Callable[..., Awaitable[Any]]) -> None:
        self._connection = connection
        self._in_pool = in_pool
        self._running: dict[str, str] = {}

    async def ask_async(self, probe: Probe, container_id: str) -> Answer:
        """Ask once, within the probe's timeout."""
        try:
            async with asyncio.timeout(probe.timeout_seconds):
                code = await self._exit_code(probe, container_id)
        except TimeoutError:
            return Answer(False, f"The readiness command did not end within {probe.timeout_seconds:g} s.")
        except EngineRequestError as error:
            self.forget(container_id)
            return Answer(False, f"The readiness command could not be run: {error.message}")
        self.forget(container_id)
        return READY if code == 0 else Answer(False, f"The readiness command ended with code {code}.")

    def forget(self, container_id: str) -> None:
        self._running.pop(container_id, None)

    async def _exit_code(self, probe: Probe, container_id: str) -> int:
        exec_id, pause = self._running.get(container_id), FIRST_PAUSE
        if exec_id is None:
            exec_id = await self._in_pool(self._begin, container_id, probe.command, key=container_id)
        while True:
            seen: dict[str, Any] = await self._in_pool(
                lambda: self._connection.call(lambda api: api.exec_inspect(exec_id))
            )
            if not seen["Running"] and seen["ExitCode"] is not None:
                return int(seen["ExitCode"])
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _begin(self, container_id: str, command: tuple[str, ...]) -> str:
        """Runs in a thread, to its end, whether or not anybody still waits for it."""
        if (begun := self._running.get(container_id)) is not None:
            return begun
        with self._connection.errors():
            api = self._connection.client()
            exec_id = str(api.exec_create(container_id, list(command))["Id"])
            api.exec_start(exec_id, detach=True)
        self._running[container_id] = exec_id
        return exec_id
