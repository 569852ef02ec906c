"""From template, request and desk settings to the one container spec that PROVISIONING freezes. Pure."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from labdesk.engines.placeholder import asks_for_password
from labdesk.engines.spec import ContainerSpec, PortBinding, Probe, WorkspaceMount
from labdesk.labs.limits import Need
from labdesk.labs.request import AccessUrl, LabInstanceRequest
from labdesk.labs.template import Access, AccessScheme, LabTemplate, LabTemplateSpec, ReadinessProbe
from labdesk.resource.quantity import parse_bytes, parse_cpu

OWNER_LABELS = ("labdesk.namespace", "labdesk.template", "labdesk.student")
"""What a workspace's volume says of whose it is; the student by e-mail address, in lower case."""


@dataclass(frozen=True, slots=True)
class AccessDefaults:
    """The desk's own setting: where ports listen and which host name links carry, unless a template says otherwise."""

    bind: str = "127.0.0.1"
    host: str = ""


def resolve_container_spec(
    lab: LabInstanceRequest, template: LabTemplate, host_ports: Mapping[str, int], access: AccessDefaults, desk_id: str
) -> ContainerSpec:
    """Return the container this lab gets; `host_ports` maps port names to host ports (0: the engine chooses)."""
    spec = template.spec
    bind = spec.access.bind or access.bind
    return ContainerSpec(
        image=spec.image,
        command=spec.command,
        env=spec.env,
        ports=tuple(
            PortBinding(
                name=port.name, container_port=port.container_port, host_ip=bind, host_port=host_ports.get(port.name, 0)
            )
            for port in spec.ports
        ),
        cpu=cpu_need(lab, template),
        memory=memory_need(lab, template),
        pids=pids_need(lab, template),
        readiness_probe=resolve_probe(spec.readiness_probe, spec),
        workspace=workspace_mount(desk_id, lab, spec.workspace) if spec.workspace else None,
        user=spec.user or "",
        writable=spec.writable,
        read_only_root=spec.read_only_root,
        capabilities=tuple(sorted(name.removeprefix("CAP_") for name in spec.capabilities)),
        image_pull_policy=spec.image_pull_policy,
    )


def memory_need(lab: LabInstanceRequest, template: LabTemplate) -> int:
    """Bytes of memory the lab books."""
    overrides = lab.spec.resources
    return parse_bytes((overrides and overrides.memory) or template.spec.resources.memory)


def pids_need(lab: LabInstanceRequest, template: LabTemplate) -> int:
    """Processes the lab may have."""
    overrides = lab.spec.resources
    return (overrides and overrides.pids) or template.spec.resources.pids


def cpu_need(lab: LabInstanceRequest, template: LabTemplate) -> float:
    """CPUs the lab may use at most."""
    overrides = lab.spec.resources
    return float(parse_cpu((overrides and overrides.cpu) or template.spec.resources.cpu))


def need_of(lab: LabInstanceRequest, template: LabTemplate) -> Need:
    """Return what the lab would book."""
    ports = tuple(port.name for port in template.spec.ports)
    return Need(
        memory_need(lab, template), pids_need(lab, template), ports, cpu_need(lab, template),
        start=lab.scheduled_start, length=lab.duration + lab.extension,
    )  # fmt: skip


def workspace_mount(desk_id: str, lab: LabInstanceRequest, path: str) -> WorkspaceMount:
    """Return the volume of a student's work with a template: the same for every lab of both, whatever its name."""
    owner = (lab.metadata.namespace, lab.spec.lab_template, lab.spec.student_email.lower())
    digest = hashlib.sha256("\n".join(owner).encode()).hexdigest()
    labels = dict(zip(OWNER_LABELS, owner, strict=True))
    return WorkspaceMount(volume=f"labdesk-{desk_id}-ws-{digest[:16]}", path=path, labels=labels)


def resolve_probe(probe: ReadinessProbe | None, spec: LabTemplateSpec) -> Probe | None:
    """Return the engine's probe with port names turned into numbers."""
    if probe is None:
        return None
    times = {"period_seconds": probe.period_seconds, "timeout_seconds": probe.timeout_seconds}
    if probe.tcp_socket:
        return Probe(kind="tcp", port=spec.port_number(probe.tcp_socket.port), **times)
    if probe.http_get:
        return Probe(kind="http", port=spec.port_number(probe.http_get.port), path=probe.http_get.path, **times)
    return Probe(kind="exec", command=probe.exec.command if probe.exec else (), **times)


def needs_password(template: LabTemplate, access: AccessDefaults) -> bool:
    """True if ports are open beyond this computer but the template never uses the lab's password."""
    bind = ipaddress.ip_address(template.spec.access.bind or access.bind)
    if bind.is_loopback or not template.spec.ports:
        return False
    return not asks_for_password(template.spec.command, template.spec.env)


def resolve_access(template: LabTemplate, access: AccessDefaults) -> Access:
    """Return how a lab's links are written, with the desk's host name where the template gives none."""
    own = template.spec.access
    return own if own.host or not access.host else own.model_copy(update={"host": access.host})


def access_urls(access: Access, ports: tuple[PortBinding, ...], host_ports: Mapping[int, int]) -> tuple[AccessUrl, ...]:
    """Return one link per port; `host_ports` (container port to host port) is what the engine really gave."""
    shown = {port.name: port for port in access.ports}
    urls = []
    for binding in ports:
        number = host_ports.get(binding.container_port, binding.host_port)
        host = link_host(access, binding.host_ip)
        how = shown.get(binding.name)
        scheme = how.scheme if how else AccessScheme.HTTP
        place = f"{f'[{host}]' if ':' in host else host}:{number}"
        path = how.path if how else ""
        urls.append(
            AccessUrl(name=binding.name, url=place if scheme == AccessScheme.TCP else f"{scheme.value}://{place}{path}")
        )
    return tuple(urls)


def link_host(access: Access, bind: str) -> str:
    """Return the host name in links to ports that listen on `bind`."""
    return access.host or _reachable(bind)


def _reachable(bind: str) -> str:
    """An unspecified bind address cannot be opened as a link; this computer's loopback can."""
    address = ipaddress.ip_address(bind)
    if address.is_unspecified:
        return "127.0.0.1"
    return bind
