"""What the New lab panel would create: which labs, how they are called and reached, and whether they could start."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labdesk.labs.resolve import AccessDefaults, link_host, resolve_access
from labdesk.labs.template import LabTemplate
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.labels import ElidedLabel, Label

_TONES = ("text_muted", "running", "provisioning", "failed")
"""From what needs nobody to what must be mended."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The host in a template's links (empty without ports), and whether only this computer can open them."""

    host: str
    is_local: bool


def reach_of(template: LabTemplate, access: AccessDefaults) -> Reach:
    """Return how labs of a template would be reached if they began now, by the rules that make their links."""
    bind = template.spec.access.bind or access.bind
    host = link_host(resolve_access(template, access), bind) if template.spec.ports else ""
    return Reach(host, ipaddress.ip_address(bind).is_loopback)


def reach_text(reach: Reach) -> str:
    """Return where the links will lead."""
    if not reach.host:
        return ""
    text = _tr("Links lead to {host}, for this computer only.") if reach.is_local else _tr("Links lead to {host}.")
    return text.format(host=reach.host)


class LabPreview(QWidget):
    """Lines above the button that creates; each is empty while there is nothing to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = ElidedLabel(theme, role="caption_medium")
        self._names = ElidedLabel(theme, role="caption", tone="text_muted")
        self._outlook = Label(theme, role="caption", wrap=True)
        self._outlook.setMinimumHeight(3 * theme.line_height("caption"))  # what comes and goes moves nothing
        self._outlook.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for line in (self._summary, self._names, self._outlook):
            column.addWidget(line)

    @property
    def names_text(self) -> str:
        """How the labs will be called."""
        return self._names.text

    @property
    def outlook_text(self) -> str:
        """Whether their image is there and they find room, and when."""
        return self._outlook.text()

    def set_summary(self, text: str) -> None:
        self._summary.set_text(text)

    def show_nothing(self) -> None:
        """There is no lab to be made yet."""
        self.show_outlook("", ())

    def show_outlook(self, names: str, told: Sequence[tuple[str, str]]) -> None:
        """Say how the labs are called and what becomes of them: texts with their tones; the gravest tone is used."""
        self._names.set_text(names)
        said = [(text, tone) for text, tone in told if text]
        self._outlook.setText(" ".join(text for text, _ in said))
        self._outlook.set_tone(max((tone for _, tone in said), key=_TONES.index, default=_TONES[0]))


def _tr(text: str) -> str:
    return QCoreApplication.translate("NewLab", text)
