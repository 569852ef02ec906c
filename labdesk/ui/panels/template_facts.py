"""What a template card says of a template. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.labs.limits import Need
from labdesk.labs.template import LabTemplate
from labdesk.resource.quantity import format_bytes, parse_bytes, parse_cpu
from labdesk.resource.resource import DEFAULT_NAMESPACE


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """`memory` is written for people (`512 MiB`), `cpu` is a quantity of cores, `keeps_work` tells of a workspace.

    `need` is what a lab of it books.
    """

    name: str
    namespace: str
    description: str
    image: str
    memory: str
    cpu: str
    keeps_work: bool
    need: Need

    @property
    def subject(self) -> str:
        """`namespace/name`, which no other template has."""
        return f"{self.namespace}/{self.name}"

    @property
    def title(self) -> str:
        """The name, behind its namespace unless that is the usual one."""
        return self.name if self.namespace == DEFAULT_NAMESPACE else self.subject


def facts_of(template: LabTemplate) -> TemplateFacts:
    """Return the facts of a template."""
    spec = template.spec
    memory, cpu = parse_bytes(spec.resources.memory), float(parse_cpu(spec.resources.cpu))
    return TemplateFacts(
        name=template.metadata.name,
        namespace=template.metadata.namespace,
        description=spec.description,
        image=spec.image,
        memory=format_bytes(memory),
        cpu=spec.resources.cpu,
        keeps_work=spec.workspace is not None,
        need=Need(memory, spec.resources.pids, tuple(port.name for port in spec.ports), cpu),
    )
