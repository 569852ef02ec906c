"""A container as the engine is asked for it: every default resolved, nothing left to a template."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from labdesk.resource.model import Model


class PullPolicy(StrEnum):
    IF_NOT_PRESENT = "IfNotPresent"
    ALWAYS = "Always"
    NEVER = "Never"


class Probe(Model):
    """How readiness is asked: exactly one of a TCP connect, an HTTP GET answered below 400, or a command exiting 0.

    `port` names a port of the template or gives its number. Seconds throughout.
    """

    kind: str  # tcp | http | exec
    port: int = 0
    path: str = "/"
    command: tuple[str, ...] = ()
    period_seconds: float = 1.0
    timeout_seconds: float = 2.0


class PortBinding(Model):
    """`host_port` 0 asks the engine to choose; `host_ip` is where it listens."""

    name: str
    container_port: int
    host_ip: str = "127.0.0.1"
    host_port: int = 0


class WorkspaceMount(Model):
    """A labelled volume that outlives the lab; `volume` names it, `path` is where the lab sees it.

    A volume that is made for it gets `labels` too: they tell whose it is when no lab of theirs is left.
    """

    volume: str
    path: str
    labels: dict[str, str] = Field(default_factory=dict)


class ContainerSpec(Model):
    """`cpu` in cores, `memory` in bytes, `writable` are tmpfs paths. `{{lab.password}}` stays a placeholder here."""

    image: str
    command: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict)
    ports: tuple[PortBinding, ...] = ()
    cpu: float = 1.0
    memory: int = 512 * 2**20
    pids: int = 256
    readiness_probe: Probe | None = None
    workspace: WorkspaceMount | None = None
    user: str = ""
    writable: tuple[str, ...] = ()
    read_only_root: bool = True
    capabilities: tuple[str, ...] = ()
    image_pull_policy: PullPolicy = PullPolicy.IF_NOT_PRESENT

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of the canonical JSON; equal specs have equal hashes.

        Host ports are left out: one that had to move does not make another container of it.
        """
        text = self.model_dump_json(by_alias=True, exclude={"ports": {"__all__": {"host_port"}}})
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ContainerIdentity:
    """Whose container it is. The name derives from lab and incarnation, so there can be at most one of each.

    `lineage` is the store's; containers of the `confirmed` ones, made before it was restored or copied, are ours too.
    """

    desk_id: str
    lineage: str
    lab_uid: str
    namespace: str
    lab_name: str
    incarnation: int
    spec_hash: str
    confirmed: frozenset[str] = frozenset()

    @property
    def lineages(self) -> frozenset[str]:
        """Those whose containers may be adopted, started and removed."""
        return self.confirmed | {self.lineage}

    @property
    def container_name(self) -> str:
        return f"labdesk-{self.lab_uid}-{self.incarnation}"

    @property
    def labels(self) -> dict[str, str]:
        return {
            "labdesk.desk": self.desk_id,
            "labdesk.lineage": self.lineage,
            "labdesk.lab-uid": self.lab_uid,
            "labdesk.lab": f"{self.namespace}/{self.lab_name}",
            "labdesk.incarnation": str(self.incarnation),
            "labdesk.spec-hash": self.spec_hash,
        }
