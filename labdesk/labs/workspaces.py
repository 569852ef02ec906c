"""Workspaces: what labs leave on the engine for their student's next one. They go only by a request that names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from labdesk.control.clock import Clock
from labdesk.engines.service import ContainerService
from labdesk.labs.commands import NotPossibleError
from labdesk.labs.reasons import sentence
from labdesk.labs.repository import LabInstanceRepository, read_each
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.resolve import OWNER_LABELS, workspace_mount
from labdesk.store.store import ResourceStore
from labdesk.store.writes import NewEvent


@dataclass(frozen=True, slots=True)
class Workspace:
    """A student's work with a template, by the name of its volume on the engine.

    `namespace`, `template` and `student` (an e-mail address) come from its labels, else from labs that would return to
    it; they are empty where neither tells. `labs` names those whose container has it now.
    """

    name: str
    namespace: str = ""
    template: str = ""
    student: str = ""
    labs: tuple[str, ...] = ()


class NoWorkspaceError(NotPossibleError):
    """The engine has no such workspace of this desk."""

    reason = "NoWorkspace"


class WorkspaceInUseError(NotPossibleError):
    """A lab's container has the workspace."""

    reason = "WorkspaceInUse"


class Workspaces:
    """This desk's workspaces on an engine, in any process. `origin` is who asks: `window`, `command-line`.

    Every method raises EngineUnavailable and EngineRequestError as the engine does.
    """

    def __init__(self, store: ResourceStore, engine: ContainerService, clock: Clock, origin: str) -> None:
        self._store = store
        self._engine = engine
        self._clock = clock
        self._origin = origin

    def name_of(self, lab: LabInstanceRequest) -> str:
        """Return the name of the workspace a lab has or would have; whether there is one, the engine knows."""
        return workspace_mount(self._store.desk_id, lab, "").volume

    async def list_async(self) -> list[Workspace]:
        """Return all there are, by name."""
        volumes = await self._engine.list_workspaces_async(self._store.desk_id)
        owners = await self._owners_async({volume.name for volume in volumes if not _tells(volume.labels)})
        users = await self._users_async() if volumes else {}
        found = []
        for volume in volumes:
            labels = owners.get(volume.name, volume.labels)
            namespace, template, student = (labels.get(label, "") for label in OWNER_LABELS)
            found.append(Workspace(volume.name, namespace, template, student, tuple(users.get(volume.name, ()))))
        return found

    async def remove_async(self, names: Sequence[str]) -> list[Workspace]:
        """Remove the workspaces of these names, for good; return what they were. The journal keeps who lost what.

        Raises NoWorkspaceError and WorkspaceInUseError before anything is removed.
        """
        known = {workspace.name: workspace for workspace in await self.list_async()}
        removed = [_removable(known.get(name), name) for name in dict.fromkeys(names)]
        for workspace in removed:
            await self._engine.remove_workspace_async(workspace.name)
            await self._store.journal.append_async([self._event(workspace)])
        return removed

    async def _users_async(self) -> Mapping[str, Sequence[str]]:
        """The names of labs by the volume that their container has, or is about to get."""
        labs = LabInstanceRepository(self._store)
        containers = await self._engine.list_containers_async(self._store.desk_id)
        uids = {(container.labels or {}).get("labdesk.lab-uid", "") for container in containers}
        using = await labs.find_by_uid_async(uids, _engine_knows)
        users: defaultdict[str, set[str]] = defaultdict(set)
        for lab in (*using, *await labs.find_active_async(_engine_knows)):
            spec = lab.status.resolved_spec
            if spec is not None and spec.workspace is not None and not lab.status.cleaned_up:
                users[spec.workspace.volume].add(lab.metadata.name)
        return {volume: sorted(names) for volume, names in users.items()}

    async def _owners_async(self, volumes: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """What labels would say of volumes that have none, as far as labs are left that would return to them."""
        owners: dict[str, Mapping[str, str]] = {}
        listing = await self._store.list_async(LabInstanceRequest.KIND) if volumes else None
        async for lab in read_each(listing.images if listing else (), lambda _subject, _error: None):
            mount = workspace_mount(self._store.desk_id, lab, "")
            if mount.volume in volumes:
                owners[mount.volume] = mount.labels
        return owners

    def _event(self, workspace: Workspace) -> NewEvent:
        reason = "WorkspaceRemoved" if workspace.student else "UnknownWorkspaceRemoved"
        parameters = {"workspace": workspace.name, "student": workspace.student, "template": workspace.template}
        return NewEvent(
            type="desk.workspace_removed",
            subject="/".join(filter(None, (workspace.namespace, workspace.name))),
            time=self._clock.now(),
            severity="info",
            reason=reason,
            message=sentence(reason, parameters),
            data={"parameters": parameters, "student": workspace.student},
            tokens={"template": workspace.template} if workspace.template else {},
            origin=self._origin,
        )


def _engine_knows(_lab: str, _error: Exception) -> None:
    """Whether a lab that cannot be read has a workspace does not matter: the engine refuses what is in use."""


def _tells(labels: Mapping[str, str]) -> bool:
    return all(label in labels for label in OWNER_LABELS)


def _removable(workspace: Workspace | None, name: str) -> Workspace:
    if workspace is None:
        raise NoWorkspaceError(f"There is no workspace {name} of this desk on the engine")
    if workspace.labs:
        raise WorkspaceInUseError(
            f"The workspace {name} is in use by {workspace.labs[0]}; end that lab, and wait until its container is gone"
        )
    return workspace
