"""Copies what students need to reach their labs, and says what that was."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.page import PageContext
from labdesk.ui.panels.export.growing_file import safe_cell


async def copy_links_async(context: PageContext, labs: Sequence[LabInstanceRequest]) -> None:
    """Put a line per link on the clipboard, tab-separated: name, e-mail, link; and the password if some lab has one."""
    lines: list[tuple[str, ...]] = []
    for lab in labs:
        links = await context.links_of(lab)
        lines += [(lab.student, lab.spec.student_email, link.url, links.password) for link in links.urls]
    if not lines:
        context.toasts.show(_tr("None of these labs has a link yet"))
        return
    guarded = any(password for *_, password in lines)
    cells = [map(safe_cell, line if guarded else line[:-1]) for line in lines]
    context.desktop.copy("".join("\t".join(line) + "\n" for line in cells))
    if len(lines) == 1:
        with_it = _tr("Copied {student}'s link with name, e-mail and password")
        text = with_it if guarded else _tr("Copied {student}'s link with name and e-mail")
    else:
        with_them = _tr("Copied {n} links with names, e-mails and passwords")
        text = with_them if guarded else _tr("Copied {n} links with names and e-mails")
    context.toasts.show(text.format(student=lines[0][0], n=len(lines)))


def _tr(text: str) -> str:
    return QCoreApplication.translate("LinkCopying", text)
