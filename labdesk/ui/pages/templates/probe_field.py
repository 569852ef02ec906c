"""When a lab counts as ready: at once, when a port or a page answers, or when a command succeeds."""

from __future__ import annotations

import shlex
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.panels.manifest.controls import get_path, put_path
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import NumberField, Select, TextField, mark_invalid

_ACTIONS = ("tcpSocket", "httpGet", "exec")
_DEADLINE = 120
_FRAME = 24
"""What a number field needs beside its text, in pixels."""


class ProbeField(QWidget):
    """What the form does not show of a probe (its period and timeout) stays as it was."""

    edited = Signal()
    paths = ("spec.readinessProbe",)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._kept: dict[str, Any] = {}
        self.kind = Select(theme)
        self.kind.addItem(self.tr("It has started"), "")
        self.kind.addItem(self.tr("A port answers"), "tcpSocket")
        self.kind.addItem(self.tr("A web page answers"), "httpGet")
        self.kind.addItem(self.tr("A command succeeds"), "exec")
        self.port = TextField(theme, "http")
        self.path = TextField(theme, "/")
        self.command = TextField(theme, "pg_isready -q")
        self.deadline = NumberField(theme, 1, 3600, self.tr(" s"))
        self.deadline.setPrefix(self.tr("within "))
        self.deadline.setValue(_DEADLINE)
        self.port.setFixedWidth(90)
        longest = self.deadline.prefix() + "3600" + self.deadline.suffix()
        self.deadline.setFixedWidth(self.deadline.fontMetrics().horizontalAdvance(longest) + _FRAME)
        for control, name in (
            (self.kind, self.tr("When the lab is ready")),
            (self.port, self.tr("Name or number of the port that is asked")),
            (self.path, self.tr("Path of the page that is asked")),
            (self.command, self.tr("Command that must succeed")),
            (self.deadline, self.tr("Seconds it may take; then the lab has failed")),
        ):
            control.setAccessibleName(name)
            control.setToolTip(name)
        self.deadline.lineEdit().setAccessibleName(self.deadline.accessibleName())
        self._lay_out()
        self._connect()
        self._show_parts()
        self.setFocusProxy(self.kind)

    def _lay_out(self) -> None:
        first, self._second = QHBoxLayout(), QWidget()
        first.setSpacing(6)
        first.addWidget(self.kind, 1)
        first.addWidget(self.deadline)
        second = QHBoxLayout(self._second)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(6)
        for control in (self.port, self.path, self.command):
            second.addWidget(control)
        second.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(first)
        column.addWidget(self._second)

    def _connect(self) -> None:
        self.kind.activated.connect(self._kind_chosen)
        self.deadline.valueChanged.connect(lambda _value: self.edited.emit())
        for field in (self.port, self.path, self.command):
            field.textEdited.connect(lambda _text: self.edited.emit())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DynamicPropertyChange:
            for field in (self.port, self.path, self.command):
                mark_invalid(field, bool(self.property("invalid")))
        return super().event(event)

    def show_value(self, manifest: Manifest) -> None:
        probe = get_path(manifest, self.paths[0], {})
        self._kept = {key: value for key, value in probe.items() if key not in (*_ACTIONS, "deadlineSeconds")}
        action = next((name for name in _ACTIONS if name in probe), "")
        what = probe.get(action, {})
        self.kind.setCurrentIndex(self.kind.findData(action))
        self.port.setText(str(what.get("port", "")))
        self.path.setText(what.get("path", ""))
        self.command.setText(shlex.join(what.get("command", ())))
        blocked = self.deadline.blockSignals(True)
        self.deadline.setValue(round(probe.get("deadlineSeconds", _DEADLINE)))
        self.deadline.blockSignals(blocked)
        self._show_parts()

    def write(self, manifest: Manifest) -> None:
        action = self.kind.currentData()
        if not action:
            put_path(manifest, self.paths[0], None)
            return
        probe = {action: self._action(action), **self._kept}
        if self.deadline.value() != _DEADLINE:
            probe["deadlineSeconds"] = self.deadline.value()
        put_path(manifest, self.paths[0], probe)

    def complaint(self) -> str:
        if self.kind.currentData() != "exec":
            return (
                "" if self.port.text().strip() or not self.kind.currentData() else self.tr("Say which port is asked.")
            )
        try:
            words = shlex.split(self.command.text())
        except ValueError:
            return self.tr("A quote is not closed; each opening quote needs its closing one.")
        return "" if words else self.tr("Say which command must succeed.")

    def _action(self, action: str) -> dict[str, Any]:
        if action == "exec":
            return {"command": [] if self.complaint() else shlex.split(self.command.text())}
        port = self.port.text().strip()
        found: dict[str, Any] = {"port": int(port) if port.isdecimal() else port}
        if action == "httpGet" and (path := self.path.text().strip()) not in ("", "/"):
            found["path"] = path
        return found

    def _kind_chosen(self, _place: int) -> None:
        self._show_parts()
        self.edited.emit()

    def _show_parts(self) -> None:
        action = self.kind.currentData()
        self._second.setVisible(bool(action))
        self.deadline.setVisible(bool(action))
        self.port.setVisible(action in ("tcpSocket", "httpGet"))
        self.path.setVisible(action == "httpGet")
        self.command.setVisible(action == "exec")
