"""A form over a manifest: controls that read and write parts of it, with what is wrong beside each."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labdesk.ui.panels.manifest.controls import FormControl
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.panels.manifest.row_list import RowList
from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.field import Field, FieldRow
from labdesk.ui.widgets.labels import Label


class ManifestForm(QWidget):
    """`edited` tells of what a person changes. What the form does not show of a manifest stays as it was.

    Subclasses add their fields, and say with `_part_of` where a problem of the whole belongs.
    """

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._base: Manifest = {}
        self._controls: list[FormControl] = []
        self.fields: dict[str, Field] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.space.gap)

    # --- for subclasses ---------------------------------------------------------------------------------------

    def _heading(self, text: str) -> None:
        self._column.addSpacing(self._theme.space.gap)
        self._column.addWidget(Label(self._theme, text, role="body_bold"))

    def _add(self, label: str, control: FormControl, hint: str = "") -> None:
        self._column.addWidget(self._field(label, control, hint))

    def _add_row(self, *parts: tuple[str, FormControl] | tuple[str, FormControl, str]) -> None:
        """Add fields beside each other: (label, control), perhaps with a hint."""
        fields = [self._field(label, control, "".join(hint)) for label, control, *hint in parts]
        self._column.addWidget(FieldRow(self._theme, fields))

    def _field(self, label: str, control: FormControl, hint: str) -> Field:
        assert isinstance(control, QWidget)  # noqa: S101  (what mypy cannot say of a protocol)
        field = Field(self._theme, label, control, hint)
        control.edited.connect(self.edited)
        self._controls.append(control)
        for path in control.paths:
            self.fields[path] = field
        return field

    # --- what others use --------------------------------------------------------------------------------------

    def show_values(self, manifest: Manifest) -> None:
        """Show a valid manifest."""
        self._base = manifest
        for control in self._controls:
            control.show_value(manifest)
        self.show_problems({})

    def manifest(self) -> Manifest:
        """Return the manifest as the form says it, right or wrong."""
        manifest = copy.deepcopy(self._base)
        for control in self._controls:
            control.write(manifest)
        manifest.setdefault("metadata", {})
        manifest.setdefault("spec", {})
        return manifest

    def complaints(self) -> dict[str, str]:
        """Return what cannot be written into a manifest at all, by path."""
        return {control.paths[0]: text for control in self._controls if (text := control.complaint())}

    def show_problems(self, problems: Mapping[str, str]) -> dict[str, str]:
        """Show each problem beside its field; return those that belong to none."""
        placed: dict[str, str] = {}
        homeless: dict[str, str] = {}
        for path, problem in problems.items():
            home = self._home_of(path, problem)
            if home:
                placed.setdefault(home, problem)
            else:
                homeless[path] = problem
        for field in dict.fromkeys(self.fields.values()):
            own = [
                as_sentence(placed[path]) for path, other in self.fields.items() if other is field and path in placed
            ]
            field.set_problem(own[0] if own else "")
        return homeless

    def focus_first_problem(self) -> Field | None:
        """Give the keyboard to the first field that is wrong, and return it."""
        field = next((field for field in self.fields.values() if field.problem), None)
        if field is not None:
            if isinstance(field.control, RowList):
                field.control.focus_first()
            else:
                field.control.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return field

    def _home_of(self, path: str, problem: str) -> str:
        """Return the path of the field a problem belongs to: its own or that of the part it lies in."""
        path = self._part_of(path, problem)
        homes = [home for home in self.fields if path == home or path.startswith((f"{home}.", f"{home}["))]
        return max(homes, key=len, default="")

    def _part_of(self, path: str, problem: str) -> str:
        """Return the path that a problem is really about."""
        return path
