"""What the New lab panel would create: which labs, how they are called and reached, and whether they could start."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labdesk.labs.resolve import AccessDefaults, link_host, resolve_access
from labdesk.labs.template import LabTemplate
from labdesk.ui.panels.new_lab.forecast import Forecast
from labdesk.ui.panels.new_lab.wording import names_text, outlook_text
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.labels import ElidedLabel, Label


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
        self._outlook.setMinimumHeight(2 * theme.line_height("caption"))  # what comes and goes moves nothing
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
        """Whether they find room, and when."""
        return self._outlook.text()

    def set_summary(self, text: str) -> None:
        self._summary.set_text(text)

    def show_nothing(self) -> None:
        """There is no lab to be made yet."""
        self._names.set_text("")
        self._outlook.setText("")

    def show_forecast(self, found: Forecast, times: Times, now: datetime) -> None:
        """Say what becomes of the labs."""
        self._names.set_text(names_text(found))
        text, tone = outlook_text(found, times, now)
        self._outlook.setText(text)
        self._outlook.set_tone(tone)


def _tr(text: str) -> str:
    return QCoreApplication.translate("NewLab", text)
