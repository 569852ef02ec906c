"""What to do about a container that already has the name a lab needs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from labdesk.engines.spec import ContainerIdentity


class Adoption(StrEnum):
    ADOPT = "adopt"  # it is this lab's, made from this spec
    REPLACE = "replace"  # it is this lab's, made from another spec
    FOREIGN = "foreign"  # it is somebody else's: never touched


def is_same_lab(identity: ContainerIdentity, labels: Mapping[str, str]) -> bool:
    """True if desk, lab and incarnation agree; lineage and spec are not asked."""
    wanted = identity.labels
    return all(labels.get(key) == wanted[key] for key in ("labdesk.desk", "labdesk.lab-uid", "labdesk.incarnation"))


def decide_adoption(
    identity: ContainerIdentity, labels: Mapping[str, str], adoptable_lineages: Collection[str] = ()
) -> Adoption:
    """Compare a found container's labels with the identity that wants its name.

    A container of another lineage (the store was restored or copied) is foreign until an instructor has confirmed
    that lineage, because the original desk may still be driving it.
    """
    lineage = labels.get("labdesk.lineage", "")
    if not is_same_lab(identity, labels) or (lineage != identity.lineage and lineage not in adoptable_lineages):
        return Adoption.FOREIGN
    return Adoption.ADOPT if labels.get("labdesk.spec-hash") == identity.spec_hash else Adoption.REPLACE
