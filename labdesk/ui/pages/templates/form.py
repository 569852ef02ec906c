"""The form of a template: every part of its manifest that people change, with what is wrong beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from labdesk.ui.pages.templates.controls import CapabilitiesControl, CommandControl
from labdesk.ui.pages.templates.draft import blank_manifest
from labdesk.ui.pages.templates.env_list import EnvList
from labdesk.ui.pages.templates.port_list import PortList
from labdesk.ui.pages.templates.probe_field import ProbeField
from labdesk.ui.panels.manifest.controls import (
    ChoiceControl,
    LinesControl,
    MemoryControl,
    PidsControl,
    SwitchControl,
    TextControl,
)
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.panels.manifest.form import ManifestForm
from labdesk.ui.theme import Theme

_WHOLE_SPEC = {"the probe's port": "spec.readinessProbe", "access.ports": "spec.access.ports"}
"""Problems of the spec as a whole, by how they begin, and the part they are about."""


class TemplateForm(ManifestForm):
    """Every part of a template that people change."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._base = blank_manifest()
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
        self._name_hint = self.tr("Lower-case letters, digits and hyphens.")
        self._add(self.tr("Name"), self.name, self._name_hint)
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
        self._add_row(
            (self.tr("Listens on"), self.bind, self.tr("The address its ports open at.")),
            (self.tr("Host in links"), self.host, self.tr("What students reach it by.")),
        )

    def _build_limits(self) -> None:
        theme = self._theme
        self.cpu = TextControl(theme, "spec.resources.cpu", default="1")
        self.memory = MemoryControl(theme, "spec.resources.memory", default="512Mi")
        self.pids = PidsControl(theme, "spec.resources.pids", default="256")
        self._heading(self.tr("Limits of one lab"))
        self._add_row(
            (self.tr("Processors"), self.cpu, self.tr("1, or 500m for a half.")),
            (self.tr("Memory"), self.memory, self.tr("Like 512 MiB.")),
            (self.tr("Processes"), self.pids, self.tr("At most this many.")),
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

    # --- what others use --------------------------------------------------------------------------------------

    def show_manifest(self, manifest: Manifest, *, name_fixed: bool) -> None:
        """Show a valid manifest; `name_fixed` for a template that exists and so keeps its name."""
        self.show_values(manifest)
        self.name.setReadOnly(name_fixed)
        self.name.setEnabled(not name_fixed)
        kept = self.tr("A template keeps its name; a duplicate can have another one.")
        self.fields["metadata.name"].set_hint(kept if name_fixed else self._name_hint)

    def _part_of(self, path: str, problem: str) -> str:
        if path == "spec":
            return next((home for begin, home in _WHOLE_SPEC.items() if problem.startswith(begin)), path)
        return path
