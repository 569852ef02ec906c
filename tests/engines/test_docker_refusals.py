"""An engine that answers, but with an error, as a stand-in on a socket of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from labdesk.engines.docker import DockerContainerService
from labdesk.engines.service import EngineLookError, EngineRequestError
from labdesk.engines.spec import ContainerIdentity

IDENTITY = ContainerIdentity("desk", "lineage", "uid", "default", "ada", 1, "hash")


async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Tell the version, refuse everything else."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            known = head.startswith(b"GET /version")
            body = json.dumps({"ApiVersion": "1.41"} if known else {"message": "layer does not exist"}).encode()
            status = b"200 OK" if known else b"500 Internal Server Error"
            writer.write(
                b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
            )
            writer.write(body)
            await writer.drain()
    except asyncio.IncompleteReadError:
        pass
    finally:
        writer.close()


def on_refusing_engine(tmp_path: Path, story: Callable[[DockerContainerService], Awaitable[None]]) -> None:
    async def run() -> None:
        socket = tmp_path / "docker.sock"
        server = await asyncio.start_unix_server(refuse, socket)
        engine = DockerContainerService("desk", f"unix://{socket}")
        try:
            await story(engine)
        finally:
            await engine.close_async()
            server.close()
            if answering := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(answering)  # each ends with its connection

    asyncio.run(run())


def test_an_engine_that_cannot_look_at_a_container_says_nothing_about_its_lab(tmp_path: Path) -> None:
    async def story(engine: DockerContainerService) -> None:
        with pytest.raises(EngineLookError, match="layer does not exist") as caught:
            await engine.get_container_status_async(IDENTITY)
        assert not isinstance(caught.value, EngineRequestError)

    on_refusing_engine(tmp_path, story)


def test_a_log_that_cannot_be_read_keeps_no_lab_from_ending(tmp_path: Path) -> None:
    async def story(engine: DockerContainerService) -> None:
        assert "did not give the log: Docker failed: layer does not exist" in await engine.get_logs_async("abc")

    on_refusing_engine(tmp_path, story)
