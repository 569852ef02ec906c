"""Form controls that read and write one part of a manifest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import Signal, SignalInstance

from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import Select, TextArea, TextField
from labdesk.ui.widgets.switch import Switch

_TOLD_AMOUNT = re.compile(r"([0-9.]+)\s*([MGT])(i?)B", re.IGNORECASE)


class FormControl(Protocol):
    """A widget of the form, as the form knows it."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The parts of the manifest whose problems belong beside this control; the first is its own."""

    @property
    def edited(self) -> SignalInstance:
        """Emitted for what a person changes, not for `show_value`."""

    def show_value(self, manifest: Manifest) -> None:
        """Show what a valid manifest says."""

    def write(self, manifest: Manifest) -> None:
        """Put into the manifest what is shown; what is a default is left out."""

    def complaint(self) -> str:
        """What cannot even be written into a manifest, as a sentence; or nothing."""


def get_path(manifest: Manifest, path: str, default: Any = None) -> Any:
    """Return what a dotted path leads to, or the default."""
    found: Any = manifest
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            return default
        found = found[part]
    return found


def put_path(manifest: Manifest, path: str, value: Any) -> None:
    """Set what a dotted path leads to; None removes it, and mappings that are empty then."""
    first, _, rest = path.partition(".")
    if rest:
        inner = manifest.setdefault(first, {})
        put_path(inner, rest, value)
        if not inner:
            del manifest[first]
    elif value is None:
        manifest.pop(first, None)
    else:
        manifest[first] = value


class TextControl(TextField):
    """One line of text at a path; left out while empty, unless it is `required`."""

    edited = Signal()

    def __init__(
        self, theme: Theme, path: str, placeholder: str = "", *, required: bool = False, default: str = ""
    ) -> None:
        super().__init__(theme, placeholder)
        self.paths: tuple[str, ...] = (path,)
        self._required = required
        self._default = default
        self.textEdited.connect(lambda _text: self.edited.emit())

    def show_value(self, manifest: Manifest) -> None:
        text = str(get_path(manifest, self.paths[0], self._default))
        if text != self.text().strip():  # else somebody may be typing here while something else is shown anew
            self.setText(text)
            self.setCursorPosition(0)

    def write(self, manifest: Manifest) -> None:
        text = self.text().strip()
        left_out = text == self._default and not self._required
        put_path(manifest, self.paths[0], None if left_out else text)

    def complaint(self) -> str:
        return ""


class MemoryControl(TextControl):
    """An amount of memory; the way LabDesk writes it for people (`1.5 GiB`, `2 GB`) is understood too."""

    def write(self, manifest: Manifest) -> None:
        super().write(manifest)
        amount = get_path(manifest, self.paths[0])
        if amount is not None and (told := _TOLD_AMOUNT.fullmatch(amount)):
            number, letter, binary = told.groups()
            put_path(manifest, self.paths[0], f"{number}{letter.upper()}{binary.lower()}")


class PidsControl(TextControl):
    """A whole number, written as one."""

    def write(self, manifest: Manifest) -> None:
        super().write(manifest)
        limits = manifest.get("spec", {}).get("resources", {})
        if str(limits.get("pids", "")).isdecimal():
            limits["pids"] = int(limits["pids"])


class ChoiceControl(Select):
    """One of several values at a path; the first is the default and left out."""

    edited = Signal()

    def __init__(self, theme: Theme, path: str, choices: Sequence[tuple[str, str]]) -> None:
        """`choices` are (value, words)."""
        super().__init__(theme)
        self.paths = (path,)
        for value, words in choices:
            self.addItem(words, value)
        self.activated.connect(lambda _place: self.edited.emit())

    def show_value(self, manifest: Manifest) -> None:
        self.setCurrentIndex(max(self.findData(get_path(manifest, self.paths[0])), 0))

    def write(self, manifest: Manifest) -> None:
        put_path(manifest, self.paths[0], self.currentData() if self.currentIndex() > 0 else None)

    def complaint(self) -> str:
        return ""


class SwitchControl(Switch):
    """True or false at a path; the default is left out."""

    edited = Signal()

    def __init__(self, theme: Theme, path: str, text: str, *, default: bool) -> None:
        super().__init__(theme, text)
        self.paths = (path,)
        self._default = default
        self.clicked.connect(lambda _checked: self.edited.emit())

    def show_value(self, manifest: Manifest) -> None:
        self.setChecked(bool(get_path(manifest, self.paths[0], self._default)))

    def write(self, manifest: Manifest) -> None:
        put_path(manifest, self.paths[0], None if self.isChecked() == self._default else self.isChecked())

    def complaint(self) -> str:
        return ""


class LinesControl(TextArea):
    """A list of texts at a path, one a line."""

    edited = Signal()

    def __init__(self, theme: Theme, path: str, placeholder: str = "", lines: int = 2) -> None:
        super().__init__(theme, placeholder)
        self.paths = (path,)
        self._quiet = False
        self.setFixedHeight(theme.line_height("body") * lines + 22)
        self.textChanged.connect(self._changed)

    def show_value(self, manifest: Manifest) -> None:
        self._quiet = True
        self.setPlainText("\n".join(get_path(manifest, self.paths[0], ())))
        self._quiet = False

    def write(self, manifest: Manifest) -> None:
        lines = [line.strip() for line in self.toPlainText().splitlines() if line.strip()]
        put_path(manifest, self.paths[0], lines or None)

    def complaint(self) -> str:
        return ""

    def _changed(self) -> None:
        if not self._quiet:
            self.edited.emit()
