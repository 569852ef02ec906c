"""Labs that are planned and would be refused at their start as access is set. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication

from labdesk.labs.resolve import AccessDefaults, needs_password
from labdesk.labs.template import LabTemplate
from labdesk.ui.models.lab_row import LabRow


def refusal_text(
    rows: Iterable[LabRow], template_of: Callable[[str], LabTemplate | None], access: AccessDefaults
) -> str:
    """Say how many waiting labs would fail because nobody is asked for a password, and the way out; or nothing."""
    waiting = [row for row in rows if row.phase == "PENDING" and not row.deleting and not row.stopping]
    subjects = dict.fromkeys(f"{row.namespace}/{row.template}" for row in waiting)
    found = {subject: template_of(subject) for subject in subjects}
    refused = {subject for subject, template in found.items() if template and needs_password(template, access)}
    count = sum(f"{row.namespace}/{row.template}" in refused for row in waiting)
    if not count:
        return ""
    one = _tr(
        "{n} planned lab would fail at its start: its template {templates} asks for no password. Use "
        "{{{{lab.password}}}} in its env or command before then, or choose Only me."
    )
    many = _tr(
        "{n} planned labs would fail at their start: their template asks for no password ({templates}). Use "
        "{{{{lab.password}}}} in its env or command before then, or choose Only me."
    )
    names = ", ".join(sorted(subject.partition("/")[2] for subject in refused))
    return (one if count == 1 else many).format(n=count, templates=names)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
