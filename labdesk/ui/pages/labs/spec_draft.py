"""What a lab was asked to be, as a manifest to edit, and what is wrong with a changed one. Pure.

Every rule is the one the command that saves it goes by; here it is only told earlier, and beside its field.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from pydantic import ValidationError

from labdesk.labs.commands import check_not_past
from labdesk.labs.entering import merge
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.model import all_problems
from labdesk.ui.panels.manifest.draft import Manifest, manifest_with


class Editable(StrEnum):
    """How much of a lab can still be changed."""

    ALL = "all"  # until it is prepared
    TIME = "time"  # from then on only how long it runs
    NOTHING = "nothing"  # it has ended, or is being deleted


def editable(lab: LabInstanceRequest) -> Editable:
    if lab.is_final or lab.is_deleting:
        return Editable.NOTHING
    return Editable.ALL if lab.phase == LabPhase.PENDING else Editable.TIME


def manifest_of_lab(lab: LabInstanceRequest) -> Manifest:
    """Return what one would apply to have this lab as it is: without what the store and the control plane set.

    Fields that commands set too are always written: what a manifest does not name of them stays as it is.
    """
    spec = lab.spec.model_dump(mode="json", by_alias=True)
    overrides = {name: value for name, value in (spec.pop("resources") or {}).items() if value is not None}
    if overrides:
        spec["resources"] = overrides
    return manifest_with(lab, spec)


def is_shaped(manifest: Manifest) -> bool:
    """True if it is a lab's manifest at all, so that a form can show it."""
    try:
        LabInstanceRequest.model_validate(manifest)
    except ValidationError:
        return False
    return True


def check_lab(manifest: Manifest, lab: LabInstanceRequest, templates: Collection[str], now: datetime) -> dict[str, str]:
    """Return what is wrong by path (`spec.durationMinutes`; empty: the whole); `templates` are names, if known."""
    try:
        wanted = LabInstanceRequest.model_validate(manifest)
    except ValidationError as error:
        return all_problems(error)
    if wanted.key != lab.key:
        return {"metadata.name": f"cannot be changed ({lab.key.subject}); create another lab with New lab"}
    if wanted.spec.desired != lab.spec.desired:
        return {"spec.desired": "cannot be changed here; Stop and Run again are buttons, and can be undone"}
    if wanted.spec.lab_template != lab.spec.lab_template and templates and wanted.spec.lab_template not in templates:
        known = ", ".join(sorted(templates))
        return {"spec.labTemplate": f"there is no template '{wanted.spec.lab_template}'; known: {known}"}
    return _refusal(lab, wanted, now)


def _refusal(lab: LabInstanceRequest, wanted: LabInstanceRequest, now: datetime) -> dict[str, str]:
    try:
        merged = merge(lab, wanted)
        if merged == lab:
            return {}
        if lab.is_deleting:
            return {"": f"{lab.metadata.name} is being deleted; create another lab with New lab"}
        merged.check_update(lab)
        if lab.is_final and merged.spec != lab.spec:
            return {"spec.extensionMinutes": f"cannot change any more: the lab is {lab.phase.value}; run it again"}
        if lab.phase == LabPhase.PENDING and isinstance(merged, LabInstanceRequest):
            check_not_past(merged.spec, now)
    except InvalidResourceError as error:
        return {error.field: error.problem}
    return {}


def merged_edit(mine: Manifest, base: Manifest, theirs: Manifest) -> Manifest:
    """Return what `mine` changed of `base`, and for everything else what `theirs` says now."""
    parts = {name: _merged(mine.get(name), base.get(name), theirs.get(name)) for name in theirs | mine}
    return {name: part for name, part in parts.items() if part is not None or theirs.get(name, part) is None}


def _merged(mine: object, base: object, theirs: object) -> object:
    if isinstance(mine, dict) and isinstance(base, dict) and isinstance(theirs, dict):
        return merged_edit(mine, base, theirs)
    return theirs if mine == base else mine
