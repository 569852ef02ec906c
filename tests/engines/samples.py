"""Identities and specs that engine tests share."""

from __future__ import annotations

from labdesk.engines.spec import ContainerIdentity, ContainerSpec, PortBinding

IMAGE = "lab/shell:1"


def spec_of(**changes: object) -> ContainerSpec:
    return ContainerSpec(image=IMAGE).model_copy(update=changes)


def port(container_port: int = 80, host_port: int = 0) -> PortBinding:
    return PortBinding(name="http", container_port=container_port, host_port=host_port)


def identity_of(spec: ContainerSpec, lab: str = "lab1", incarnation: int = 1, lineage: str = "l1") -> ContainerIdentity:
    return ContainerIdentity(
        desk_id="desk1",
        lineage=lineage,
        lab_uid=lab,
        namespace="default",
        lab_name=f"name-of-{lab}",
        incarnation=incarnation,
        spec_hash=spec.hash,
    )
