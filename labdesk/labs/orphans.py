"""Which containers of this desk belong to nobody any more. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from labdesk.engines.adoption import is_of_lineage
from labdesk.engines.service import ContainerStatus
from labdesk.labs.request import LabInstanceRequest


@dataclass(frozen=True, slots=True)
class OrphanVerdict:
    """`suspects` are container ids to look at again; `orphans` were already suspects one pass before."""

    suspects: frozenset[str]
    orphans: tuple[ContainerStatus, ...]


def judge_orphans(
    containers: Iterable[ContainerStatus],
    labs: Iterable[LabInstanceRequest],
    earlier: Collection[str],
    desk_id: str,
    lineages: Collection[str],
) -> OrphanVerdict:
    """Compare a list of containers with their labs, read *after* it; a container whose lab is not given has none.

    A container is wanted while its lab exists, is of the same incarnation, and may still have one. Only containers of
    `lineages` are judged.
    """
    wanted = {
        (lab.metadata.uid, str(lab.status.incarnation)) for lab in labs if not (lab.is_final and lab.status.cleaned_up)
    }
    unwanted = [
        container
        for container in containers
        if (labels := container.labels or {}).get("labdesk.desk") == desk_id
        and is_of_lineage(labels, lineages)
        and (labels.get("labdesk.lab-uid", ""), labels.get("labdesk.incarnation", "")) not in wanted
    ]
    return OrphanVerdict(
        suspects=frozenset(container.container_id for container in unwanted),
        orphans=tuple(container for container in unwanted if container.container_id in earlier),
    )
