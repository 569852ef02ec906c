"""One student's lab of a sample template on a real engine, made as the desk makes it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from labdesk.engines.docker import DockerContainerService
from labdesk.engines.service import ContainerState
from labdesk.engines.spec import ContainerIdentity
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.request import LabInstanceRequest, LabInstanceRequestSpec
from labdesk.labs.resolve import AccessDefaults, resolve_container_spec
from labdesk.labs.template import LabTemplate
from labdesk.paths import resource_path
from labdesk.resource.manifest import read_documents
from labdesk.resource.resource import ResourceMetadata

STOP_GRACE = 10.0


def load_template(name: str) -> LabTemplate:
    """Return a sample template as it ships."""
    (document,) = read_documents(resource_path("templates", f"{name}.yaml").read_text("utf-8"))
    template = lab_scheme().from_manifest(document)
    assert isinstance(template, LabTemplate)
    return template


def with_image(template: LabTemplate, image: str) -> LabTemplate:
    """Return the template with another image; nothing else differs from what ships."""
    return template.model_copy(update={"spec": template.spec.model_copy(update={"image": image})})


@dataclass(frozen=True, slots=True)
class TemplateLab:
    """`start_async` and `end_async` may be called again and again, each time with the next incarnation."""

    service: DockerContainerService
    desk_id: str
    template: LabTemplate
    password: str

    async def start_async(self, incarnation: int) -> tuple[str, int]:
        """Create, start, wait until it is ready; return the container's id and the host port of the first port.

        Raises AssertionError with the container's log if it ends, or is not ready within the template's deadline.
        """
        name = self.template.metadata.name
        lab = LabInstanceRequest(
            metadata=ResourceMetadata(name=f"{name}-ada", uid=f"uid-{name}"),
            spec=LabInstanceRequestSpec(lab_template=name, student_email="ada@example.edu"),
        )
        spec = resolve_container_spec(lab, self.template, {}, AccessDefaults(), self.desk_id)
        identity = ContainerIdentity(
            desk_id=self.desk_id, lineage="l1", lab_uid=lab.metadata.uid, namespace="default",
            lab_name=lab.metadata.name, incarnation=incarnation, spec_hash=spec.hash,
        )  # fmt: skip
        container_id = await self.service.create_container_async(identity, spec, self.password)
        await self.service.start_container_async(container_id)
        probe = self.template.spec.readiness_probe
        assert probe is not None
        try:
            async with asyncio.timeout(probe.deadline_seconds):
                while True:
                    seen = await self.service.get_container_status_async(identity, spec.readiness_probe)
                    if seen.state is ContainerState.READY:
                        return container_id, (seen.host_ports or {})[self.template.spec.ports[0].container_port]
                    assert seen.state is ContainerState.RUNNING, seen
                    await asyncio.sleep(probe.period_seconds / 4)
        except (TimeoutError, AssertionError) as error:
            log = await self.service.get_logs_async(container_id)
            raise AssertionError(f"{name} did not become ready ({error!r}); its log:\n{log}") from error

    async def end_async(self, container_id: str) -> None:
        await self.service.stop_container_async(container_id, STOP_GRACE)
        await self.service.remove_container_async(container_id)
