"""Debian's docker-registry on loopback, with a storage of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from docker import APIClient

CONFIG = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {storage}}}}}
http: {{addr: 127.0.0.1:{port}}}
"""


@dataclass(frozen=True)
class Registry:
    port: int

    def name(self, image: str) -> str:
        """Return an image's name in this registry."""
        return f"127.0.0.1:{self.port}/{image}"

    def push(self, api: APIClient, source: str, image: str) -> str:
        """Put a local image into the registry, forget its name there locally, and return that name."""
        name = self.name(image)
        repository, _, version = name.rpartition(":")
        api.tag(source, repository, version)
        for line in api.push(repository, tag=version, stream=True, decode=True):
            assert "error" not in line, line
        api.remove_image(name, noprune=True)
        return name


@contextmanager
def running_registry(directory: Path) -> Iterator[Registry]:
    """Run a registry until the block ends; fails with what to do if it is not installed."""
    program = shutil.which("docker-registry")
    if program is None:
        pytest.fail("a registry is needed for real pulls: apt-get install docker-registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = directory / "registry.yml"
    config.write_text(CONFIG.format(storage=directory / "storage", port=port))
    with (directory / "registry.log").open("wb") as log:
        process = subprocess.Popen([program, "serve", config], stdout=log, stderr=log)
        try:
            _wait_for(port, process)
            yield Registry(port)
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"docker-registry did not open port {port}")
