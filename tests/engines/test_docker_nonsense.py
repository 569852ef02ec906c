"""Something that answers as no engine does: the threads that listen tell of it and go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from labdesk.engines.docker import DockerContainerService
from labdesk.engines.service import HINT_CONNECTED

PATIENCE = 30.0


@dataclass
class StandIn:
    """Tells its version as no engine does until it comes `to_its_senses`; then it has events, but none happens."""

    to_its_senses: bool = False
    questions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    told: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def wait_for_questions(self, count: int) -> None:
        for _ in range(count):
            await self.questions.acquire()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.questions.release()
                if b"/events" in head.partition(b"\r\n")[0]:
                    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                else:
                    body = json.dumps({"ApiVersion": "1.41"} if self.to_its_senses else ["who", "knows"]).encode()
                    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    writer.write(head % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def on_stand_in(tmp_path: Path, story: Callable[[DockerContainerService, StandIn], Awaitable[None]]) -> None:
    async def run() -> None:
        stand_in = StandIn()
        server = await asyncio.start_unix_server(stand_in.answer, tmp_path / "docker.sock")
        engine = DockerContainerService("desk", f"unix://{tmp_path / 'docker.sock'}")
        asyncio.get_running_loop().set_exception_handler(lambda _, told: stand_in.told.put_nowait(told["message"]))
        try:
            async with asyncio.timeout(PATIENCE):
                await story(engine, stand_in)
        finally:
            await engine.close_async()
            server.close()
            if answering := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(answering)

    asyncio.run(run())


def test_events_are_heard_as_soon_as_what_answers_is_an_engine_again(tmp_path: Path) -> None:
    async def story(engine: DockerContainerService, stand_in: StandIn) -> None:
        heard: asyncio.Queue[str] = asyncio.Queue()
        engine.add_hint_handler(lambda hint: heard.put_nowait(hint.action))
        await engine.start_async()
        assert "events cannot be heard" in await stand_in.told.get()
        await stand_in.wait_for_questions(3)
        stand_in.to_its_senses = True
        assert await heard.get() == HINT_CONNECTED
        assert stand_in.told.empty()

    on_stand_in(tmp_path, story)


def test_who_follows_a_log_hears_why_there_is_none(tmp_path: Path) -> None:
    async def story(engine: DockerContainerService, _: StandIn) -> None:
        with pytest.raises(AttributeError):
            await anext(engine.follow_logs("c0ffee"))

    on_stand_in(tmp_path, story)
