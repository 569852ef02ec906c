"""What the desk must know of an image before it makes a container of it: its id, and who the lab's user is in it."""

from __future__ import annotations

import io
import tarfile
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from labdesk.engines.docker_config import DESK_LABEL, HELPER_LABEL
from labdesk.engines.docker_connection import create_from_config, image_absent, inspect_image
from labdesk.engines.docker_users import Owner, numeric_owner, resolve_user

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docker import APIClient


class LabImages:
    """Blocking, for pool threads. An image's id stands for its content, so what was read once holds for good."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, str], Owner] = {}
        self._lock = threading.Lock()

    def find(self, api: APIClient, image: str) -> tuple[str, str]:
        """Return the image's id and the user it names ("" for root); raises ImageAbsentError."""
        found = inspect_image(api, image)
        if found is None:
            raise image_absent(image)
        return str(found["Id"]), str((found.get("Config") or {}).get("User") or "")

    def owner_of(self, api: APIClient, desk_id: str, image_id: str, user: str) -> Owner:
        """Return uid and gid of `user` in the image; names are looked up in its files, once."""
        known = numeric_owner(user) or self._owners.get((image_id, user))
        if known is not None:
            return known
        with self._lock:
            if (image_id, user) not in self._owners:
                name = f"labdesk-users-{desk_id}-{image_id.removeprefix('sha256:')[:12]}"
                with helper_container(api, desk_id, image_id, name, {"NetworkMode": "none"}) as helper:
                    owner = resolve_user(user, lambda path: _read_file(api, helper, path))
                self._owners[image_id, user] = owner
        return self._owners[image_id, user]


@contextmanager
def helper_container(
    api: APIClient, desk_id: str, image_id: str, name: str, host_config: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the id of a container that is never started: only for looking into an image or a volume."""
    from docker.errors import NotFound

    with suppress(NotFound):  # left behind by a desk that was killed right here
        api.remove_container(name, force=True)
    config = {
        "Image": image_id,
        "Entrypoint": ["/never-started"],
        "Labels": {DESK_LABEL: desk_id, HELPER_LABEL: name},
        "HostConfig": {**host_config, "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"]},
    }
    helper = create_from_config(api, config, name)
    try:
        yield helper
    finally:
        api.remove_container(helper, force=True)


def _read_file(api: APIClient, container_id: str, path: str) -> str:
    """Return the text of a small file of the container, "" if there is none."""
    from docker.errors import NotFound

    try:
        chunks, _stat = api.get_archive(container_id, path)
    except NotFound:
        return ""
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
        member = archive.next()
        content = archive.extractfile(member) if member is not None and member.isfile() else None
        return content.read().decode("utf-8", "replace") if content is not None else ""
