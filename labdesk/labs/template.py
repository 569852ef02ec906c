"""LabTemplate: what every lab of a kind is made of."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from pydantic import Field, field_validator, model_validator

from labdesk.engines.spec import PullPolicy
from labdesk.labs.template_grammar import (
    is_address,
    is_host,
    is_image_name,
    is_port_name,
    is_user,
    is_variable_name,
    path_inside,
    without_gaps,
)
from labdesk.resource.model import Model, Text, WholeNumber, shortened
from labdesk.resource.quantity import format_bytes, parse_bytes, parse_cpu
from labdesk.resource.resource import ChangeNote, Resource, Spec, Status

ALLOWED_CAPABILITIES = frozenset(
    {
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
"""A subset of Docker's default set: nothing that reaches beyond the container."""

DEADLINE_SECONDS = 120.0
"""How long a lab may take to be ready where its template says nothing else."""
MIN_MEMORY, MAX_MEMORY = 6 * 2**20, 2**40
MIN_CPU, MAX_CPU = Decimal("0.01"), 8


def check_cpu(text: str) -> str:
    """Return `text` if it is a quantity from 10m (Docker's least) to 8 cores; raise ValueError otherwise."""
    if not MIN_CPU <= parse_cpu(text) <= MAX_CPU:
        raise ValueError(f"must be from 10m to {MAX_CPU} cores, not {shortened(text)}; write it like 500m or 2")
    return text


def check_memory(text: str) -> str:
    """Return `text` if it is a quantity from 6Mi (Docker's least) to 1Ti; raise ValueError otherwise."""
    if not MIN_MEMORY <= parse_bytes(text) <= MAX_MEMORY:
        raise ValueError(
            f"must be from {format_bytes(MIN_MEMORY)} to 1 TiB, not {shortened(text)}; write it like 512Mi or 2Gi"
        )
    return text


def _quantity_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Resources(Model):
    """Limits of one lab: `cpu` and `memory` are Kubernetes quantities, `pids` counts processes."""

    cpu: str = "1"
    memory: str = "512Mi"
    pids: WholeNumber = Field(256, ge=8, le=32768)

    _numbers = field_validator("cpu", "memory", mode="before")(_quantity_text)
    _cpu = field_validator("cpu")(check_cpu)
    _memory = field_validator("memory")(check_memory)


class ResourceOverrides(Model):
    """What one request changes of its template's limits; null keeps the template's."""

    cpu: str | None = None
    memory: str | None = None
    pids: WholeNumber | None = Field(None, ge=8, le=32768)

    _numbers = field_validator("cpu", "memory", mode="before")(_quantity_text)

    @field_validator("cpu")
    @classmethod
    def _cpu(cls, value: str | None) -> str | None:
        return value if value is None else check_cpu(value)

    @field_validator("memory")
    @classmethod
    def _memory(cls, value: str | None) -> str | None:
        return value if value is None else check_memory(value)


class TemplatePort(Model):
    name: str
    container_port: WholeNumber = Field(ge=1, le=65535)

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not is_port_name(value):
            raise ValueError(f"'{value}' must be 1 to 15 lower-case letters, digits or hyphens, like http")
        return value


class TcpAction(Model):
    port: int | str


class HttpAction(Model):
    port: int | str
    path: str = "/"

    @field_validator("path")
    @classmethod
    def _path(cls, value: str) -> str:
        if not value.startswith("/"):
            raise ValueError("must begin with /")
        return without_gaps(value)


class ExecAction(Model):
    command: tuple[Text, ...] = Field(min_length=1)


class ReadinessProbe(Model):
    """Exactly one of tcpSocket, httpGet, exec; names as in Kubernetes. Seconds."""

    tcp_socket: TcpAction | None = None
    http_get: HttpAction | None = None
    exec: ExecAction | None = None
    period_seconds: float = Field(1.0, ge=0.1, le=60)
    timeout_seconds: float = Field(2.0, ge=0.1, le=60)
    deadline_seconds: float = Field(DEADLINE_SECONDS, ge=1, le=3600)

    @model_validator(mode="after")
    def _one_action(self) -> ReadinessProbe:
        if sum(action is not None for action in (self.tcp_socket, self.http_get, self.exec)) != 1:
            raise ValueError("must have exactly one of tcpSocket, httpGet and exec")
        return self


class AccessScheme(StrEnum):
    """How the link of a port is written: as an http(s) address, or as plain host:port."""

    HTTP = "http"
    HTTPS = "https"
    TCP = "tcp"


class AccessPort(Model):
    """How the port of that name is shown: scheme, and a path that may hold {{lab.password}}."""

    name: str
    scheme: AccessScheme = AccessScheme.HTTP
    path: str = ""

    @field_validator("path")
    @classmethod
    def _path(cls, value: str) -> str:
        if value and value[0] not in "/?#":
            raise ValueError("must begin with /")
        return without_gaps(value)


class Access(Model):
    """`bind` is the host address ports listen on, `host` the name written into links; null keeps the desk's setting."""

    bind: str | None = None
    host: str | None = None
    ports: tuple[AccessPort, ...] = ()

    @field_validator("bind")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not is_address(value):
            raise ValueError(f"'{shortened(value)}' must be an IP address of this computer, like 127.0.0.1 or 0.0.0.0")
        return value

    @field_validator("host")
    @classmethod
    def _host(cls, value: str | None) -> str | None:
        if value and not is_host(value):
            raise ValueError(
                f"'{shortened(value)}' must be the name or IP address of this computer, like lab.example.edu"
            )
        return value

    @field_validator("ports")
    @classmethod
    def _each_once(cls, value: tuple[AccessPort, ...]) -> tuple[AccessPort, ...]:
        names = [port.name for port in value]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"the port {twice} is given twice; each may appear once")
        return value


class LabTemplateSpec(Spec):
    """See DESIGN: LabTemplate. Absolute paths for `workspace` and `writable`; `user` is uid, uid:gid or a name."""

    image: str
    command: tuple[Text, ...] = ()
    env: dict[str, Text] = Field(default_factory=dict)
    ports: tuple[TemplatePort, ...] = ()
    resources: Resources = Field(default_factory=Resources)
    readiness_probe: ReadinessProbe | None = None
    workspace: str | None = None
    user: str | None = None
    writable: tuple[str, ...] = ()
    read_only_root: bool = True
    capabilities: tuple[str, ...] = ()
    image_pull_policy: PullPolicy = PullPolicy.IF_NOT_PRESENT
    access: Access = Field(default_factory=Access)
    description: Text = ""

    @field_validator("image")
    @classmethod
    def _image(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be empty; name an image like nginx:1.27")
        if not is_image_name(value):
            raise ValueError(
                f"'{shortened(value)}' is no image name; write it like nginx:1.27 or registry:5000/team/app:2"
            )
        return value

    @field_validator("env")
    @classmethod
    def _env(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if not is_variable_name(name):
                raise ValueError(f"'{name}' is no variable name; use letters, digits and _, not beginning with a digit")
        return value

    @field_validator("ports")
    @classmethod
    def _unique_ports(cls, value: tuple[TemplatePort, ...]) -> tuple[TemplatePort, ...]:
        names: list[object] = [port.name for port in value]
        numbers: list[object] = [port.container_port for port in value]
        for given, what in ((names, "name"), (numbers, "containerPort")):
            twice = next((item for item in given if given.count(item) > 1), None)
            if twice is not None:
                raise ValueError(f"the {what} {twice} is given twice; each may appear once")
        return value

    @field_validator("command")
    @classmethod
    def _program(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value and not value[0]:
            raise ValueError("begins with an empty text; name a program, or leave it out to run the image's own")
        return value

    @field_validator("user")
    @classmethod
    def _user(cls, value: str | None) -> str | None:
        if value and not is_user(value):
            raise ValueError(f"'{shortened(value)}' is no user; write it like 1000, 1000:1000 or student")
        return value

    @field_validator("workspace")
    @classmethod
    def _workspace(cls, value: str | None) -> str | None:
        return value if value is None else path_inside(value)

    @field_validator("writable")
    @classmethod
    def _writable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(path_inside(path) for path in value)

    @field_validator("capabilities")
    @classmethod
    def _capabilities(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name.removeprefix("CAP_") not in ALLOWED_CAPABILITIES:
                raise ValueError(f"{name} is not allowed; choose from {', '.join(sorted(ALLOWED_CAPABILITIES))}")
        return value

    @model_validator(mode="after")
    def _references(self) -> LabTemplateSpec:
        probe = self.readiness_probe
        action = probe and (probe.tcp_socket or probe.http_get)
        if action:
            self.port_number(action.port)
        names = {port.name for port in self.ports}
        for access in self.access.ports:
            if access.name not in names:
                raise ValueError(
                    f"access.ports names '{access.name}', which is no port; known: {', '.join(sorted(names)) or 'none'}"
                )
        return self

    def port_number(self, port: int | str) -> int:
        """Return the container port meant by a name or number; raise ValueError if the template has no such port."""
        for known in self.ports:
            if port in (known.name, known.container_port):
                return known.container_port
        known_ports = ", ".join(f"{known.name} ({known.container_port})" for known in self.ports) or "none"
        raise ValueError(f"the probe's port {port!r} is no port of this template; known: {known_ports}")


class LabTemplateStatus(Status):
    pass


class LabTemplate(Resource):
    KIND: ClassVar[str] = "LabTemplate"
    PLURAL: ClassVar[str] = "templates"
    ALIASES: ClassVar[tuple[str, ...]] = ("template",)

    kind: str = "LabTemplate"
    spec: LabTemplateSpec
    status: LabTemplateStatus = Field(default_factory=LabTemplateStatus)

    def describe_change(self, old: LabTemplate | None) -> ChangeNote:
        name = self.metadata.name
        if old is None:
            reason, message = "TemplateCreated", f"The template {name} was created."
        elif self.is_deleting and not old.is_deleting:
            reason, message = "TemplateDeletionRequested", f"The deletion of the template {name} was asked for."
        else:
            reason = "TemplateChanged"
            message = f"The template {name} was changed; labs already started keep what they had."
        return ChangeNote(reason=reason, message=message, data={"template": name}, tokens={"template": name})
