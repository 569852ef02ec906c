"""What to do about a container that already has the name a lab needs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from labdesk.engines.spec import ContainerIdentity


class Adoption(StrEnum):
    ADOPT = "adopt"  # it is this lab's, made from this spec
    REPLACE = "replace"  # it is this lab's, made from another spec
    MADE_BEFORE = "made before"  # it is this lab's, of another lineage: not touched before that is confirmed
    FOREIGN = "foreign"  # it is somebody else's: never touched


def is_same_lab(identity: ContainerIdentity, labels: Mapping[str, str]) -> bool:
    """True if desk, lab and incarnation agree; lineage and spec are not asked."""
    wanted = identity.labels
    return all(labels.get(key) == wanted[key] for key in ("labdesk.desk", "labdesk.lab-uid", "labdesk.incarnation"))


def lineage_of(labels: Mapping[str, str]) -> str:
    return labels.get("labdesk.lineage", "")


def is_of_lineage(labels: Mapping[str, str], lineages: Collection[str]) -> bool:
    """The one rule of what may be started, adopted, stopped or removed among containers with this desk's labels.

    Those of another lineage (the store was restored or copied) may not, before an instructor has confirmed it: the
    desk that made them may still be driving them.
    """
    return lineage_of(labels) in lineages


def decide_adoption(identity: ContainerIdentity, labels: Mapping[str, str]) -> Adoption:
    """Compare a found container's labels with the identity that wants its name."""
    if not is_same_lab(identity, labels):
        return Adoption.FOREIGN
    if not is_of_lineage(labels, identity.lineages):
        return Adoption.MADE_BEFORE
    return Adoption.ADOPT if labels.get("labdesk.spec-hash") == identity.spec_hash else Adoption.REPLACE
