"""The form of a template: every part of its manifest that people change, with what is wrong beside it."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.pages.templates.controls import (
    CapabilitiesControl,
    ChoiceControl,
    CommandControl,
    FormControl,
    LinesControl,
    SwitchControl,
    TextControl,
)
from labdesk.ui.pages.templates.draft import Manifest, blank_manifest
from labdesk.ui.pages.templates.env_list import EnvList
from labdesk.ui.pages.templates.port_list import PortList
from labdesk.ui.pages.templates.probe_field import ProbeField
from labdesk.ui.pages.templates.row_list import RowList
from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import Field
from labdesk.ui.widgets.labels import Label

_WHOLE_SPEC = {"the probe's port": "spec.readinessProbe", "access.ports": "spec.access.ports"}
"""Problems of the spec as a whole, by how they begin, and the part they are about."""


class TemplateForm(QWidget):
    """`edited` tells of what a person changes. What the form does not show of a manifest stays as it was."""

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._base = blank_manifest()
        self._controls: list[FormControl] = []
        self.fields: dict[str, Field] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.space.gap)
        self._build_what()
        self._build_network()
        self._build_limits()
        self._build_files()
        self._column.addStretch()

    # --- building ---------------------------------------------------------------------------------------------

    def _build_what(self) -> None:
        theme = self._theme
        self.name = TextControl(theme, "metadata.name", self.tr("python-intro"), required=True)
        self.image = TextControl(theme, "spec.image", self.tr("nginx:1.27"), required=True)
        policies = [
            ("IfNotPresent", self.tr("When it is missing")),
            ("Always", self.tr("Before every lab")),
            ("Never", self.tr("Never")),
        ]
        self.pull_policy = ChoiceControl(theme, "spec.imagePullPolicy", policies)
        self.description = TextControl(theme, "spec.description", self.tr("What it is for"))
        self.command = CommandControl(theme, self.tr("as the image says"))
        self.env = EnvList(theme)
        self._add(self.tr("Name"), self.name, self.tr("Lower-case letters, digits and hyphens."))
        self._add(self.tr("Description"), self.description, self.tr("What its card in New lab says."))
        self._add(self.tr("Image"), self.image, self.tr("As for docker pull; a tag says which version."))
        self._add(self.tr("Pull the image"), self.pull_policy, self.tr("A pull delays the first labs that need it."))
        self._heading(self.tr("Program"))
        self._add(self.tr("Command"), self.command, self.tr("{{lab.password}} stands for each lab's own password."))
        self._add(self.tr("Environment"), self.env, self.tr("Variables the program finds when it starts."))

    def _build_network(self) -> None:
        theme = self._theme
        self.ports = PortList(theme)
        self.probe = ProbeField(theme)
        self.bind = TextControl(theme, "spec.access.bind", self.tr("as in Settings"))
        self.host = TextControl(theme, "spec.access.host", self.tr("as in Settings"))
        self._heading(self.tr("Ports and links"))
        self._add(self.tr("Ports"), self.ports, self.tr("Name, port in the container, and how its link is written."))
        self._add(self.tr("Ready when"), self.probe, self.tr("Until then a lab counts as being prepared."))
        self._add_row((self.tr("Listens on"), self.bind), (self.tr("Host in links"), self.host))

    def _build_limits(self) -> None:
        theme = self._theme
        self.cpu = TextControl(theme, "spec.resources.cpu", default="1")
        self.memory = TextControl(theme, "spec.resources.memory", default="512Mi")
        self.pids = PidsControl(theme, "spec.resources.pids", default="256")
        self._heading(self.tr("Limits of one lab"))
        self._add_row(
            (self.tr("Processors"), self.cpu), (self.tr("Memory"), self.memory), (self.tr("Processes"), self.pids)
        )

    def _build_files(self) -> None:
        theme = self._theme
        self.workspace = TextControl(theme, "spec.workspace", "/home/lab")
        self.writable = LinesControl(theme, "spec.writable", "/tmp\n/run")  # noqa: S108  (an example in a field)
        self.read_only = SwitchControl(
            theme, "spec.readOnlyRoot", self.tr("Everything else is read-only"), default=True
        )
        self.user = TextControl(theme, "spec.user", self.tr("as the image says"))
        self.capabilities = CapabilitiesControl(theme, self.tr("Choose extra rights"))
        self._heading(self.tr("Files and rights"))
        self._add(self.tr("Workspace"), self.workspace, self.tr("A folder that outlives the lab, for each student."))
        self._add(self.tr("Writable folders"), self.writable, self.tr("One a line; what is in them goes with the lab."))
        self._add(self.tr("The rest of its files"), self.read_only, self.tr("Safer; some programs need it off."))
        self._add(self.tr("User"), self.user, self.tr("A number, number:group or a name of the image."))
        self._add(self.tr("Extra rights"), self.capabilities, self.tr("Linux capabilities; most labs need none."))

    def _heading(self, text: str) -> None:
        self._column.addSpacing(self._theme.space.gap)
        self._column.addWidget(Label(self._theme, text, role="body_bold"))

    def _add(self, label: str, control: FormControl, hint: str = "") -> None:
        self._column.addWidget(self._field(label, control, hint))

    def _add_row(self, *parts: tuple[str, FormControl]) -> None:
        row = QHBoxLayout()
        row.setSpacing(self._theme.space.gap)
        for label, control in parts:
            row.addWidget(self._field(label, control, ""), 1, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(row)

    def _field(self, label: str, control: FormControl, hint: str) -> Field:
        assert isinstance(control, QWidget)  # noqa: S101  (what mypy cannot say of a protocol)
        field = Field(self._theme, label, control, hint)
        control.edited.connect(self.edited)
        self._controls.append(control)
        for path in control.paths:
            self.fields[path] = field
        return field

    # --- what others use --------------------------------------------------------------------------------------

    def show_manifest(self, manifest: Manifest, *, name_fixed: bool) -> None:
        """Show a valid manifest; `name_fixed` for a template that exists and so keeps its name."""
        self._base = manifest
        for control in self._controls:
            control.show_value(manifest)
        self.name.setReadOnly(name_fixed)
        self.name.setEnabled(not name_fixed)
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
        if path == "spec":
            path = next((home for begin, home in _WHOLE_SPEC.items() if problem.startswith(begin)), path)
        homes = [home for home in self.fields if path == home or path.startswith((f"{home}.", f"{home}["))]
        return max(homes, key=len, default="")


class PidsControl(TextControl):
    """A whole number, written as one."""

    def write(self, manifest: Manifest) -> None:
        super().write(manifest)
        limits = manifest.get("spec", {}).get("resources", {})
        if str(limits.get("pids", "")).isdecimal():
            limits["pids"] = int(limits["pids"])
