"""A real Docker engine for tests: never skipped, everything made is removed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from docker import APIClient
from docker.errors import APIError, DockerException, ImageNotFound

from tests.integration.bench import Bench
from tests.integration.images import BUSYBOX_IMAGE, busybox_tar, import_image, require_static_busybox
from tests.integration.registry import Registry, running_registry

DEFAULT_HOST = "unix:///var/run/docker.sock"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.docker)


@pytest.fixture(scope="session")
def docker_host() -> str:
    """Return the address of a reachable engine; without one the tests fail rather than pass unseen."""
    host = os.environ.get("DOCKER_HOST") or DEFAULT_HOST
    try:
        client = APIClient(base_url=host, version="auto", timeout=20)
    except DockerException as error:
        pytest.fail(f"no Docker engine answers at {host} ({error}); packaging/test starts a private one")
    client.close()
    return host


@pytest.fixture(scope="session")
def docker_api(docker_host: str) -> Iterator[APIClient]:
    """Return a bare SDK client for arranging and checking."""
    client = APIClient(base_url=docker_host, version="auto", timeout=120)
    yield client
    client.close()


@pytest.fixture(scope="session")
def make_image(docker_api: APIClient) -> Iterator[Callable[..., str]]:
    """Return a function (tag, tar, changes=()) that imports an image which is removed at the end."""
    made: list[str] = []

    def make(tag: str, tar: bytes, changes: tuple[str, ...] = ()) -> str:
        made.append(import_image(docker_api, tag, tar, changes))
        return tag

    yield make
    for tag in made:
        with suppress(APIError):  # somebody else's container may still use it
            docker_api.remove_image(tag, noprune=False)


@pytest.fixture(scope="session")
def test_image(docker_api: APIClient, make_image: Callable[..., str]) -> str:
    """Return the name of the busybox image with sh, httpd, nc and the users student (1000) and teacher (2000)."""
    require_static_busybox()
    try:
        docker_api.inspect_image(BUSYBOX_IMAGE)
    except ImageNotFound:
        make_image(BUSYBOX_IMAGE, busybox_tar())
    return BUSYBOX_IMAGE


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Return a registry on loopback that is stopped at the end."""
    with running_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def bench(docker_api: APIClient, docker_host: str, test_image: str) -> Iterator[Bench]:
    """Return a desk of its own on the engine, with everything of it removed at the end."""
    made = Bench(docker_api, docker_host, test_image)
    yield made
    made.clean()
