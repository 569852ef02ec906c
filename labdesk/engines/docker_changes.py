"""What changes containers: blocking, for pool threads. Safe to ask again after any failure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from labdesk.engines.adoption import Adoption, decide_adoption
from labdesk.engines.docker_config import DESK_LABEL, container_config, port_bindings
from labdesk.engines.docker_connection import DockerConnection, create_from_config, image_absent
from labdesk.engines.docker_images import LabImages
from labdesk.engines.docker_look import wanted_ports
from labdesk.engines.docker_network import DeskNetworks
from labdesk.engines.docker_users import Owner, numeric_owner
from labdesk.engines.docker_workspace import Workspaces
from labdesk.engines.service import (
    ContainerBeingRemovedError,
    MadeBeforeError,
    NameConflictError,
)
from labdesk.engines.spec import ContainerIdentity, ContainerSpec

if TYPE_CHECKING:
    from docker import APIClient

TRIES = 3
"""The holder of a name may vanish between the conflict and the look at it."""


class DockerChanges:
    def __init__(self, connection: DockerConnection, networks: DeskNetworks, workspaces: Workspaces) -> None:
        self._connection = connection
        self._networks = networks
        self._workspaces = workspaces
        self._images = LabImages()

    def create(self, identity: ContainerIdentity, spec: ContainerSpec, password: str) -> str:
        """Return the id of the lab's container: made, adopted or replaced."""
        with self._connection.errors():
            api = self._connection.client()
            self._networks.ensure(api, identity.desk_id)
            owner, fill = self._settle_owner(api, identity.desk_id, spec)
            config = container_config(identity, spec, password, owner=owner, fill_workspace=fill)
            return self._create_or_adopt(api, identity, spec, config)

    def _settle_owner(self, api: APIClient, desk_id: str, spec: ContainerSpec) -> tuple[Owner, bool]:
        """Return whose the writable places are, and whether the lab's container fills its workspace itself."""
        if spec.workspace is None and spec.user:
            told = numeric_owner(spec.user, any_group=True)
            if told is not None:
                return told, True
        image_id, image_user = self._images.find(api, spec.image)
        owner = self._images.owner_of(api, desk_id, image_id, spec.user or image_user)
        if spec.workspace is None:
            return owner, True
        return owner, self._workspaces.prepare(api, desk_id, image_id, spec.workspace, owner)

    def _create_or_adopt(
        self, api: APIClient, identity: ContainerIdentity, spec: ContainerSpec, config: dict[str, Any]
    ) -> str:
        from docker.errors import APIError, ImageNotFound

        from labdesk.engines.docker_errors import status_of

        name = identity.container_name
        for _ in range(TRIES):
            try:
                return create_from_config(api, config, name)
            except ImageNotFound as error:
                raise image_absent(spec.image) from error
            except APIError as error:
                if status_of(error) != 409:
                    raise
            if (adopted := self._adopt(api, identity, spec)) is not None:
                return adopted
        raise ContainerBeingRemovedError(f"The name {name} is still held by a container on its way out.", name=name)

    def _adopt(self, api: APIClient, identity: ContainerIdentity, spec: ContainerSpec) -> str | None:
        """Return the id of the container that has the name, or None if the name is free now."""
        from docker.errors import NotFound

        name = identity.container_name
        try:
            found: dict[str, Any] = api.inspect_container(name)
        except NotFound:
            return None
        state = found["State"]["Status"]
        if state in ("removing", "dead"):
            raise ContainerBeingRemovedError(f"An earlier container {name} is still being removed.", name=name)
        match decide_adoption(identity, found["Config"].get("Labels") or {}):
            case Adoption.MADE_BEFORE:
                raise MadeBeforeError(
                    f"The container {name} was made before the store was restored or copied.", name=name
                )
            case Adoption.FOREIGN:
                raise NameConflictError(
                    f"A container that is not this lab's has the name {name}; "
                    f"remove it with 'docker rm -f {name}', then run the lab again.",
                    name=name,
                )
            case Adoption.ADOPT if state != "created" or wanted_ports(found) == port_bindings(spec):
                return str(found["Id"])
            case _:
                self._remove(api, str(found["Id"]))
                return None

    def start(self, container_id: str) -> None:
        """Start; running already is fine. Makes the desk's network anew if somebody removed it."""
        from docker.errors import NotFound

        with self._connection.errors():
            api = self._connection.client()
            try:
                api.start(container_id)
            except NotFound as error:
                if "network" not in str(error.explanation).lower():
                    raise
                labels = api.inspect_container(container_id)["Config"].get("Labels") or {}
                self._networks.ensure(api, labels[DESK_LABEL], again=True)
                api.start(container_id)

    def stop(self, container_id: str, grace_seconds: float) -> None:
        """Ask it to end and kill it after the grace (whole seconds, rounded up); gone is fine."""
        from docker.errors import NotFound

        with self._connection.errors():
            try:
                self._connection.client().stop(container_id, timeout=math.ceil(grace_seconds))
            except NotFound:
                return

    def remove(self, container_id: str) -> None:
        """Remove with its anonymous volumes; gone or going is fine."""
        with self._connection.errors():
            try:
                self._remove(self._connection.client(), container_id)
            except ContainerBeingRemovedError:
                return

    def _remove(self, api: APIClient, container_id: str) -> None:
        from docker.errors import APIError

        from labdesk.engines.docker_errors import status_of

        try:
            api.remove_container(container_id, v=True, force=True)
        except APIError as error:
            status = status_of(error)
            if status == 404:
                return
            if status == 409:
                raise ContainerBeingRemovedError(
                    f"The container {container_id[:12]} is still being removed.", id=container_id
                ) from error
            raise
