"""Workspaces: labelled volumes that belong to the user a lab runs as."""

from __future__ import annotations

import io
import posixpath
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labdesk.engines.docker_config import DESK_LABEL, WORKSPACE_LABEL, workspace_labels
from labdesk.engines.docker_connection import DockerConnection
from labdesk.engines.docker_images import helper_container
from labdesk.engines.docker_users import Owner
from labdesk.engines.service import EngineRequestError, NameConflictError, WorkspaceVolume
from labdesk.engines.spec import WorkspaceMount

if TYPE_CHECKING:
    from docker import APIClient


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a tar says of a directory: owner, permission bits, and when it changed (seconds since 1970)."""

    owner: Owner
    mode: int
    mtime: float


class Workspaces:
    """Blocking, for pool threads.

    Docker fills a new volume as the image has that directory, owner included, and leaves it to root where the image
    has none. Nothing short of root may change that, a lab must not be root, and an archive cannot be put over a
    volume's own root. So a helper container that is created but never started, with the volume mounted and a writable
    root, takes a tar that holds only the directory's entry with the right owner. This comes before the lab's
    container is made: once that exists, its workspace is known to be right.
    """

    def __init__(self, connection: DockerConnection) -> None:
        self._connection = connection
        self._ready: dict[str, tuple[int, Owner]] = {}  # by volume: to whom it was given last
        self._natural: dict[tuple[str, str], Owner] = {}

    def prepare(self, api: APIClient, desk_id: str, image_id: str, mount: WorkspaceMount, wanted: Owner) -> bool:
        """Make the workspace exist and its root belong to `wanted`; what is inside keeps its owners.

        Returns True if the lab's own container is to fill the volume from its image: what the image has there is
        already right. Raises NameConflictError if a volume of that name is not this desk's.
        """
        is_new = self._ensure(api, desk_id, mount)
        given = (self._connection.generation, wanted)
        if is_new:  # another volume of that name may have gone behind the desk's back
            self._ready.pop(mount.volume, None)
        elif self._ready.get(mount.volume) == given:
            return False
        if is_new and self._natural.get((image_id, mount.path)) == wanted:
            return True
        self._set_owner(api, desk_id, image_id, mount, wanted, is_new)
        self._ready[mount.volume] = given
        return False

    def find(self, api: APIClient, desk_id: str) -> list[WorkspaceVolume]:
        """Return this desk's volumes by name."""
        found = api.volumes(filters={"label": [f"{DESK_LABEL}={desk_id}", WORKSPACE_LABEL]})["Volumes"] or []
        volumes = [WorkspaceVolume(volume["Name"], volume["Labels"]) for volume in found]
        return sorted(volumes, key=lambda volume: volume.name)

    def remove(self, api: APIClient, volume: str) -> None:
        """Remove a volume; gone is fine. Raises EngineRequestError while a container has it."""
        from docker.errors import APIError, NotFound

        from labdesk.engines.docker_errors import status_of

        with suppress(NotFound):
            api.remove_container(_helper_name(volume), force=True)
        try:
            api.remove_volume(volume)
        except NotFound:
            pass
        except APIError as error:
            if status_of(error) != 409:
                raise
            raise EngineRequestError(
                f"The workspace {volume} is in use; end and clean up the labs that use it first.", volume=volume
            ) from error
        self._ready.pop(volume, None)

    def _ensure(self, api: APIClient, desk_id: str, mount: WorkspaceMount) -> bool:
        """Create the volume and return True, or return False if it was there."""
        from docker.errors import NotFound

        volume = mount.volume
        try:
            labels = api.inspect_volume(volume).get("Labels") or {}
        except NotFound:
            api.create_volume(volume, labels=workspace_labels(desk_id, mount))
            return True
        if labels.get(DESK_LABEL) != desk_id:
            raise NameConflictError(
                f"The volume {volume} is not this desk's; rename or remove it, then run the lab again.", name=volume
            )
        return False

    def _set_owner(
        self, api: APIClient, desk_id: str, image_id: str, mount: WorkspaceMount, wanted: Owner, is_new: bool
    ) -> None:
        host_config = {
            "NetworkMode": "none",
            "Mounts": [{"Type": "volume", "Source": mount.volume, "Target": mount.path}],
        }
        with helper_container(api, desk_id, image_id, _helper_name(mount.volume), host_config) as helper:
            present = self._entry_of(helper, mount.path)
            if is_new:
                self._natural[image_id, mount.path] = present.owner
            if present.owner != wanted:
                parent, directory = posixpath.split(posixpath.normpath(mount.path))
                api.put_archive(helper, parent, _directory_tar(directory, replace(present, owner=wanted)))

    def _entry_of(self, container_id: str, path: str) -> _Entry:
        """Read the first header of the directory's archive and leave its content alone."""
        with self._connection.stream(self._connection.timeout) as (api, _cut):
            chunks, _stat = api.get_archive(container_id, path, chunk_size=tarfile.BLOCKSIZE)
            header = tarfile.TarInfo.frombuf(_take(chunks, tarfile.BLOCKSIZE), "utf-8", "surrogateescape")
        return _Entry(Owner(header.uid, header.gid), header.mode, header.mtime)


def _helper_name(volume: str) -> str:
    return f"labdesk-prepare-{volume}"


def _directory_tar(name: str, entry: _Entry) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime = tarfile.DIRTYPE, entry.mode, entry.mtime
    info.uid, info.gid = entry.owner.uid, entry.owner.gid
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(info)
    return buffer.getvalue()


def _take(chunks: Iterable[bytes], size: int) -> bytes:
    taken = b""
    for chunk in chunks:
        taken += chunk
        if len(taken) >= size:
            break
    return taken[:size]
