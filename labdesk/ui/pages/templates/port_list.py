"""Ports: a name, the port in the container, and how its link is written."""

from __future__ import annotations

from typing import Any, cast

from labdesk.labs.template import AccessScheme
from labdesk.ui.panels.manifest.controls import get_path, put_path
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.panels.manifest.row_list import FormRow, RowList
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import Select, TextField

_NAME_WIDTH, _PORT_WIDTH, _SCHEME_WIDTH = 84, 64, 78


class PortRow(FormRow):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, self.tr("Remove this port"))
        self.name = TextField(theme, "http")
        self.number = TextField(theme, "8080")
        self.scheme = Select(theme)
        for scheme in AccessScheme:
            self.scheme.addItem(scheme.value)
        self.path = TextField(theme, "/")
        for control, width in ((self.name, _NAME_WIDTH), (self.number, _PORT_WIDTH), (self.scheme, _SCHEME_WIDTH)):
            control.setFixedWidth(width)
        self.add(self.name, self.tr("Name of the port"))
        self.add(self.number, self.tr("Port in the container, 1 to 65535"))
        self.add(self.scheme, self.tr("How the link is written; tcp is a plain address and port"))
        self.add(self.path, self.tr("Path of the link, such as /lab?token={{lab.password}}"), 1)
        for field in (self.name, self.number, self.path):
            field.textEdited.connect(lambda _text: self.edited.emit())
        self.scheme.activated.connect(self._scheme_chosen)
        self._follow_scheme()

    def show_port(self, port: dict[str, Any], access: dict[str, Any]) -> None:
        self.name.setText(str(port.get("name", "")))
        self.number.setText(str(port.get("containerPort", "")))
        self.scheme.setCurrentText(str(access.get("scheme", AccessScheme.HTTP.value)))
        self.path.setText(str(access.get("path", "")))
        for field in (self.name, self.number, self.path):
            field.setCursorPosition(0)
        self._follow_scheme()

    @property
    def is_empty(self) -> bool:
        """True while nobody has typed anything: such a row is none yet."""
        return not (self.name.text() or self.number.text() or self.path.text())

    @property
    def port(self) -> dict[str, Any]:
        number = self.number.text().strip()
        return {"name": self.name.text().strip(), "containerPort": int(number) if number.isdecimal() else number}

    @property
    def access(self) -> dict[str, Any]:
        """What the manifest says about the link; nothing where all is as usual."""
        shown: dict[str, Any] = {}
        if (scheme := self.scheme.currentText()) != AccessScheme.HTTP.value:
            shown["scheme"] = scheme
        if (path := self.path.text().strip()) and scheme != AccessScheme.TCP.value:
            shown["path"] = path
        return {"name": self.port["name"], **shown} if shown else {}

    def _scheme_chosen(self, _place: int) -> None:
        self._follow_scheme()
        self.edited.emit()

    def _follow_scheme(self) -> None:
        """A plain address has no path."""
        self.path.setEnabled(self.scheme.currentText() != AccessScheme.TCP.value)


class PortList(RowList):
    """Writes both the ports and how they are shown."""

    paths = ("spec.ports", "spec.access.ports")

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, self.tr("Add a port"), lambda: PortRow(theme))

    def show_value(self, manifest: Manifest) -> None:
        ports = get_path(manifest, self.paths[0], [])
        shown = {access["name"]: access for access in get_path(manifest, self.paths[1], [])}
        for row, port in zip(self.resize_to(len(ports)), ports, strict=True):
            cast("PortRow", row).show_port(port, shown.get(port["name"], {}))

    def write(self, manifest: Manifest) -> None:
        rows = [row for row in cast("list[PortRow]", self.rows) if not row.is_empty]
        put_path(manifest, self.paths[0], [row.port for row in rows] or None)
        put_path(manifest, self.paths[1], [row.access for row in rows if row.access] or None)

    def complaint(self) -> str:
        return ""
