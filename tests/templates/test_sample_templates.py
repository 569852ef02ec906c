"""The sample templates, with the same server programs out of Debian packages, on a real engine."""

from __future__ import annotations

import asyncio

import docker
import pytest

from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.resolve import AccessDefaults, needs_password
from labdesk.labs.template import LabTemplate
from labdesk.paths import resource_path
from labdesk.resource.manifest import read_documents
from tests.integration.bench import Bench
from tests.templates.labs import TemplateLab, load_template, with_image
from tests.templates.visits import PROGRAMS, Visit

PASSWORD = "Wq7-rT2_xk9"
TEMPLATES = sorted(PROGRAMS)


def test_there_is_a_proof_for_every_template() -> None:
    assert sorted(file.stem for file in resource_path("templates").glob("*.yaml")) == TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_named_like_its_file_and_says_what_it_is(name: str) -> None:
    template = load_template(name)
    assert template.metadata.name == name
    assert template.spec.description
    assert template.spec.workspace
    assert template.spec.readiness_probe


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_keeps_the_default_hardening(name: str) -> None:
    spec = load_template(name).spec
    assert spec.read_only_root
    assert spec.capabilities == ()
    assert int((spec.user or "0").partition(":")[0]) > 0


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_may_be_opened_to_the_network_because_a_password_protects_it(name: str) -> None:
    assert not needs_password(load_template(name), AccessDefaults(bind="0.0.0.0"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_images_are_pinned_to_a_version(name: str) -> None:
    tag = load_template(name).spec.image.rpartition(":")[2]
    assert tag[:1].isdigit()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_lab_becomes_ready_answers_and_keeps_its_workspace(
    name: str, bench: Bench, docker_host: str, images: dict[str, str]
) -> None:
    program = PROGRAMS[name]
    template = with_image(load_template(name), images[name])
    engine = docker.DockerClient(base_url=docker_host, timeout=120)

    def visit(port: int) -> Visit:
        return Visit(port, PASSWORD, engine, images[name])

    async def main() -> None:
        async with bench.service() as service:
            lab = TemplateLab(service, bench.desk_id, template, PASSWORD)
            first, port = await lab.start_async(incarnation=1)
            program.refuse(visit(port))
            program.open(visit(port))
            program.write(visit(port))
            await lab.end_async(first)
            second, port = await lab.start_async(incarnation=2)
            assert second != first
            program.find(visit(port))
            await lab.end_async(second)

    try:
        asyncio.run(main())
    finally:
        engine.close()


def test_the_sample_is_a_template_and_a_lab_that_starts_now_and_ends_soon() -> None:
    from labdesk.labs.kinds import lab_scheme

    text = resource_path("samples", "sample.yaml").read_text("utf-8")
    template, lab = (lab_scheme().from_manifest(document) for document in read_documents(text))
    assert isinstance(template, LabTemplate)
    assert isinstance(lab, LabInstanceRequest)
    assert lab.spec.lab_template == template.metadata.name
    assert lab.spec.scheduled_start is None
    assert lab.spec.duration_minutes == 1
