"""Links with the lab's password in them: only when asked for, because tables are shown to classes and kept in files."""

from __future__ import annotations

from pathlib import Path

from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.resource import Resource


class Links:
    """Fills links from the secrets beside the store; without a store the placeholder stays."""

    def __init__(self, store: Path | None) -> None:
        self._store = store

    def filled_in(self, resource: Resource) -> Resource:
        """Return the resource with its links as a student needs them. Raises StoreError if a secret cannot be read."""
        if self._store is None or not isinstance(resource, LabInstanceRequest) or not resource.status.access_urls:
            return resource
        from labdesk.store.secrets import SecretStore

        password = SecretStore(self._store).password_for(resource.metadata.uid)
        if password is None:
            return resource
        links = tuple(link.with_password(password) for link in resource.status.access_urls)
        return resource.with_status(access_urls=links)
