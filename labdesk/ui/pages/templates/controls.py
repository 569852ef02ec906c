"""Form controls for what only a template has: its command and the rights of its containers."""

from __future__ import annotations

import shlex

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from labdesk.labs.template import ALLOWED_CAPABILITIES
from labdesk.ui.panels.manifest.controls import get_path, put_path
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.fields import TextField
from labdesk.ui.widgets.menus import open_below


class CommandControl(TextField):
    """A command line, split into words as a shell does."""

    edited = Signal()
    paths = ("spec.command",)

    def __init__(self, theme: Theme, placeholder: str = "") -> None:
        super().__init__(theme, placeholder)
        self.textEdited.connect(lambda _text: self.edited.emit())

    def show_value(self, manifest: Manifest) -> None:
        text = shlex.join(get_path(manifest, self.paths[0], ()))
        if text != self.text():  # else somebody may be typing here while something else is shown anew
            self.setText(text)
            self.setCursorPosition(0)

    def write(self, manifest: Manifest) -> None:
        if not self.complaint():
            put_path(manifest, self.paths[0], shlex.split(self.text()) or None)

    def complaint(self) -> str:
        try:
            shlex.split(self.text())
        except ValueError:
            return self.tr("A quote is not closed; each opening quote needs its closing one.")
        return ""


class CapabilitiesControl(Button):
    """The extra rights a container may have, chosen in a menu."""

    edited = Signal()
    paths = ("spec.capabilities",)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, icon="mdi6.shield-plus-outline", at_left=True, tip=name, parent=parent)
        self._chosen: set[str] = set()
        self.menu = QMenu(self)
        theme.dress(self.menu)
        for capability in sorted(ALLOWED_CAPABILITIES):
            action = self.menu.addAction(capability)
            action.setCheckable(True)
            action.triggered.connect(lambda on, name=capability: self._choose(name, on))
        self.clicked.connect(self._open)

    def show_value(self, manifest: Manifest) -> None:
        self._chosen = {name.removeprefix("CAP_") for name in get_path(manifest, self.paths[0], ())}
        self._refresh()

    def write(self, manifest: Manifest) -> None:
        put_path(manifest, self.paths[0], sorted(self._chosen) or None)

    def complaint(self) -> str:
        return ""

    def _open(self) -> None:
        for action in self.menu.actions():
            action.setChecked(action.text() in self._chosen)
        open_below(self.menu, self)

    def _choose(self, name: str, on: bool) -> None:
        self._chosen = self._chosen | {name} if on else self._chosen - {name}
        self._refresh()
        self.edited.emit()

    def _refresh(self) -> None:
        self.setText(", ".join(sorted(self._chosen)) or self.tr("None"))
        self._restyle()
