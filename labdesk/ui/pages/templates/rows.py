"""One template as the table shows it, and how its labs stand. Pure, apart from words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QCoreApplication

from labdesk.resource.quantity import format_bytes
from labdesk.ui.models.lab_columns import NOTHING
from labdesk.ui.models.lab_row import FINAL_PHASES, LabRow
from labdesk.ui.panels.image_book import ImageState, Presence
from labdesk.ui.panels.template_facts import TemplateFacts


def _tr(text: str) -> str:
    return QCoreApplication.translate("Templates", text)


class TemplateColumn(IntEnum):
    NAME = 0
    ON_ENGINE = 1
    IMAGE = 2
    LABS = 3
    MEMORY = 4


@dataclass(frozen=True, slots=True)
class Usage:
    """Labs of a template by how they stand; `waiting` are also those being prepared."""

    running: int = 0
    waiting: int = 0
    ended: int = 0

    @property
    def active(self) -> int:
        return self.running + self.waiting


NO_USE = Usage()


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """`edited` tells of changes that are not saved yet, `remark` of what is being done with it."""

    facts: TemplateFacts
    image: ImageState
    usage: Usage
    edited: bool = False
    remark: str = ""

    @property
    def search(self) -> str:
        """All that can be found, in lower case."""
        return f"{self.facts.subject} {self.facts.description} {self.facts.image}".lower()


def usage_of(labs: Iterable[LabRow]) -> dict[str, Usage]:
    """Count labs by the template (`namespace/name`) they use."""
    counts: dict[str, list[int]] = {}
    # Counted first, sorted out then: there may be 100,000 labs, but few templates in few phases.
    for (namespace, template, phase), count in Counter(
        (lab.namespace, lab.template, lab.phase) for lab in labs
    ).items():
        place = 2 if phase in FINAL_PHASES else 0 if phase == "RUNNING" else 1
        counts.setdefault(f"{namespace}/{template}", [0, 0, 0])[place] += count
    return {subject: Usage(*numbers) for subject, numbers in counts.items()}


def cell_text(row: TemplateRow, column: int) -> str:
    """Return what a cell says; also what screen readers read."""
    match column:
        case TemplateColumn.NAME:
            return row.facts.title
        case TemplateColumn.ON_ENGINE:
            return presence_word(row.image)
        case TemplateColumn.IMAGE:
            return row.facts.image
        case TemplateColumn.LABS:
            return usage_text(row.usage)
        case _:
            return row.facts.memory


def state_words(row: TemplateRow) -> str:
    """Return what is being done with a template, or that it has unsaved changes; else nothing."""
    return row.remark or (_tr("Edited, not saved") if row.edited else "")


def usage_text(usage: Usage) -> str:
    """`3 running, 2 waiting`, without what there is none of."""
    parts = []
    if usage.running:
        parts.append(_tr("{n} running").format(n=usage.running))
    if usage.waiting:
        parts.append(_tr("{n} waiting").format(n=usage.waiting))
    return ", ".join(parts) or NOTHING


def usage_tip(usage: Usage) -> str:
    """Return the whole count, for a tooltip."""
    return _tr("Labs: {running} running, {waiting} waiting, {ended} ended").format(
        running=usage.running, waiting=usage.waiting, ended=usage.ended
    )


def presence_word(state: ImageState) -> str:
    """Return what the pill says."""
    match state.presence:
        case Presence.PRESENT:
            return _tr("Present")
        case Presence.MISSING:
            return _tr("Missing")
        case Presence.REFUSED:
            return _tr("Pull failed")
        case Presence.PULLING if state.percent is not None:
            return _tr("Pulling {percent} %").format(percent=state.percent)
        case Presence.PULLING:
            return _tr("Pulling …")
        case Presence.UNKNOWN:
            return _tr("Unknown")


def presence_look(state: ImageState) -> tuple[str, str]:
    """Return the icon and the tone of the pill."""
    return {
        Presence.PRESENT: ("mdi6.check-circle", "running"),
        Presence.MISSING: ("mdi6.download-outline", "pending"),
        Presence.REFUSED: ("mdi6.alert-circle", "failed"),
        Presence.PULLING: ("mdi6.progress-download", "provisioning"),
        Presence.UNKNOWN: ("mdi6.help-circle-outline", "pending"),
    }[state.presence]


def presence_sentence(state: ImageState, reachable: bool) -> str:
    """Return what the state of an image means, in a sentence."""
    match state.presence:
        case Presence.PRESENT if state.message:
            return _tr("The image is on the engine; pulling it again failed: {why}").format(why=state.message)
        case Presence.PRESENT:
            return _tr("The image is on the engine; labs start without a download.")
        case Presence.MISSING:
            return _tr("The image is not on the engine. The first lab pulls it, or do it now.")
        case Presence.REFUSED:
            return state.message
        case Presence.PULLING if state.interrupted:
            return _tr("The registry does not answer; the engine tries again.")
        case Presence.PULLING if state.for_labs and state.total:
            text = _tr("{done} of {total}, for the labs that wait for it.")
            return text.format(done=format_bytes(state.current), total=format_bytes(state.total))
        case Presence.PULLING if state.for_labs:
            return _tr("Asking the registry, for the labs that wait for it …")
        case Presence.PULLING if state.total:
            return _tr("{done} of {total}").format(
                done=format_bytes(state.current), total=format_bytes(state.total)
            )  # fmt: skip
        case Presence.PULLING:
            return _tr("Asking the registry …")
        case Presence.UNKNOWN if not reachable:
            return _tr("The engine does not answer; whether it has the image shows when it does.")
        case Presence.UNKNOWN:
            return _tr("Asking the engine …")
