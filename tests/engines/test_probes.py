from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress

import pytest

from labdesk.engines import probes
from labdesk.engines.docker_logs import split_lines
from labdesk.engines.docker_look import Whereabouts
from labdesk.engines.pools import BoundedPool
from labdesk.engines.probes import READY, Answer, ExecProber, NetworkProber
from labdesk.engines.spec import Probe

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[int]:
    """Yield the port of a server that is over, to its last connection, at the end."""
    over: dict[asyncio.StreamWriter, asyncio.Event] = {}

    async def tracked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over[writer] = asyncio.Event()
        try:
            await serve(reader, writer)
            with suppress(ConnectionError):
                await writer.wait_closed()
        finally:
            over[writer].set()

    listening = await asyncio.start_server(tracked, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await asyncio.sleep(0)  # a connection accepted just now gets its handler
        for writer, event in over.items():
            writer.transport.abort()
            await event.wait()


async def stay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def say(text: str) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(text.encode())
        writer.close()

    return serve


async def ask(kind: str, serve: Serve, *, published: bool, seconds: float = 30.0) -> Answer:
    async with server(serve) as port:
        if published:
            probe = Probe(kind=kind, port=80, timeout_seconds=seconds)
            return await NetworkProber("127.0.0.1", False).ask_async(probe, Whereabouts("", {80: ("0.0.0.0", port)}))
        probe = Probe(kind=kind, port=port, timeout_seconds=seconds)
        return await NetworkProber("", True).ask_async(probe, Whereabouts("127.0.0.1", {}))


@pytest.mark.parametrize("published", [True, False])
def test_a_port_that_stays_open_is_ready(published: bool) -> None:
    assert asyncio.run(ask("tcp", stay, published=published)).ready


def test_a_published_port_that_closes_at_once_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "STAYS_OPEN_SECONDS", 20.0)
    assert not asyncio.run(ask("tcp", hang_up, published=True)).ready


def test_at_the_containers_own_address_an_accepted_connection_counts() -> None:
    assert asyncio.run(ask("tcp", hang_up, published=False)).ready


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        ("HTTP/1.1 200 OK\r\n\r\n", True),
        ("HTTP/1.0 302 Found\r\nLocation: /login\r\n\r\n", True),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", False),
        ("HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        ("SSH-2.0-OpenSSH_9.2\r\n", False),
        ("", False),
    ],
)
def test_http_is_ready_below_400(answer: str, ready: bool) -> None:
    assert asyncio.run(ask("http", say(answer), published=True)).ready == ready


def test_an_answer_that_does_not_come_is_bounded_by_the_probes_timeout() -> None:
    answer = asyncio.run(asyncio.wait_for(ask("http", stay, published=True, seconds=0.2), 8))
    assert answer == Answer(False, "Port 80 did not answer within 0.2 s.")


def test_a_refusal_at_the_containers_address_is_believed() -> None:
    async def main() -> Answer:
        async with server(stay) as port, server(stay) as closed:
            pass
        async with server(stay) as port:
            prober = NetworkProber("127.0.0.1", True)
            return await prober.ask_async(
                Probe(kind="tcp", port=closed), Whereabouts("127.0.0.1", {closed: ("", port)})
            )

    answer = asyncio.run(main())
    assert not answer.ready
    assert "Nothing listens" in answer.message


def test_a_port_that_leads_nowhere_is_said_so() -> None:
    async def main() -> Answer:
        return await NetworkProber("", True).ask_async(Probe(kind="tcp", port=80), Whereabouts("", {}))

    assert "not published" in asyncio.run(main()).message


def test_a_path_cannot_break_out_of_its_request() -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.close()

    async def main() -> None:
        async with server(serve) as port:
            probe = Probe(kind="http", port=80, path="/a b\r\nX: y?q=1")
            await NetworkProber("", False).ask_async(probe, Whereabouts("", {80: ("127.0.0.1", port)}))

    asyncio.run(main())
    assert seen[0].startswith(b"GET /a%20b%0D%0AX:%20y?q=1 HTTP/1.1\r\n")


def test_lines_are_put_together_over_chunks_and_endless_ones_are_cut() -> None:
    chunks = [b"one\r\ntw", b"o\nthr\xc3", b"\xbce\n", b"x" * 40_000, b"\nlast"]
    lines = list(split_lines(chunks))
    assert lines[:3] == ["one", "two", "thrüe"]
    assert [len(line) for line in lines[3:]] == [16384, 16384, 40_000 - 2 * 16384, 4]
    assert list(split_lines([])) == []


class BusyEngine:
    """It starts a command only when it comes to that."""

    def __init__(self) -> None:
        self.begun: list[list[str]] = []
        self.has_time = threading.Event()

    def errors(self) -> AbstractContextManager[None]:
        return nullcontext()

    def client(self) -> BusyEngine:
        return self

    def call(self, use: Callable[[BusyEngine], object]) -> object:
        return use(self)

    def exec_create(self, _container_id: str, command: list[str]) -> dict[str, str]:
        self.begun.append(command)
        return {"Id": f"command {len(self.begun)}"}

    def exec_start(self, _exec_id: str, *, detach: bool) -> None:
        self.has_time.wait(30)

    def exec_inspect(self, _exec_id: str) -> dict[str, object]:
        return {"Running": False, "ExitCode": 0}


def test_a_readiness_command_whose_start_took_too_long_is_not_started_a_second_time() -> None:
    async def main() -> None:
        engine, pool = BusyEngine(), BoundedPool("probes", 2)
        prober = ExecProber(engine, pool.run_async)  # type: ignore[arg-type]
        try:
            hurried = Probe(kind="exec", command=("pg_isready",), timeout_seconds=0.1)
            answer = await prober.ask_async(hurried, "c1")
            assert answer == Answer(False, "The readiness command did not end within 0.1 s.")
            engine.has_time.set()
            patient = Probe(kind="exec", command=("pg_isready",), timeout_seconds=30)
            assert await prober.ask_async(patient, "c1") == READY
            assert engine.begun == [["pg_isready"]]
        finally:
            engine.has_time.set()
            await pool.close_async()

    asyncio.run(main())
