"""A real engine with an image for every sample template."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.integration.bench import Bench
from tests.integration.conftest import docker_api, docker_host  # noqa: F401  (fixtures)
from tests.templates.debian_images import template_images


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and "images" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.docker)


@pytest.fixture(scope="session")
def images(docker_host: str) -> Iterator[dict[str, str]]:  # noqa: F811
    """Return {template: image}, built once for all tests of the run."""
    engine = docker.DockerClient(base_url=docker_host, timeout=600)
    with template_images(engine) as built:
        yield built
    engine.close()


@pytest.fixture
def bench(docker_api: docker.APIClient, docker_host: str) -> Iterator[Bench]:  # noqa: F811
    """Return a desk of its own on the engine, with everything of it removed at the end."""
    made = Bench(docker_api, docker_host, image="")
    yield made
    made.clean()
