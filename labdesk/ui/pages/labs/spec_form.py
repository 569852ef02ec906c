"""The form of a lab: what may still be changed of it; what may not is shown and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QWidget

from labdesk.labs.labels import COURSE_LABEL
from labdesk.ui.pages.labs.spec_controls import DurationControl, ExtensionControl, StartControl, TemplateControl
from labdesk.ui.pages.labs.spec_draft import Editable
from labdesk.ui.panels.manifest.controls import MemoryControl, PidsControl, TextControl
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.panels.manifest.form import ManifestForm
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.labels import Label


class LabSpecForm(ManifestForm):
    """Controls that cannot be used any more stay in their place, disabled: nothing moves when a lab begins."""

    def __init__(self, theme: Theme, times: Times, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._fixed = Label(theme, role="caption", tone="text_muted", wrap=True)
        self._column.addWidget(self._fixed)
        self.template = TemplateControl(theme)
        self.student_name = TextControl(theme, "spec.studentName", self.tr("Ada Lovelace"), required=True)
        self.student_email = TextControl(theme, "spec.studentEmail", "ada@example.edu", required=True)
        self.course = TextControl(theme, f"metadata.labels.{COURSE_LABEL}", self.tr("none"))
        self.course.paths += ("metadata.labels",)
        self.start = StartControl(theme, times, now)
        self.duration = DurationControl(theme)
        self.extension = ExtensionControl(theme)
        as_template = self.tr("as template")
        self.cpu = TextControl(theme, "spec.resources.cpu", as_template)
        self.memory = MemoryControl(theme, "spec.resources.memory", as_template)
        self.pids = PidsControl(theme, "spec.resources.pids", as_template)
        self._add(self.tr("Template"), self.template)
        self._add_row((self.tr("Student"), self.student_name), (self.tr("E-mail"), self.student_email))
        self._add(self.tr("Course"), self.course)
        self._add(self.tr("Start"), self.start)
        self._add(self.tr("Duration"), self.duration)
        self._add(self.tr("Extension"), self.extension, self.tr("Minutes more; with a minus, less."))
        self._add_row(
            (self.tr("Processors"), self.cpu), (self.tr("Memory"), self.memory), (self.tr("Processes"), self.pids)
        )
        theme.changed.connect(self.show_start_hint)  # it names the zone

    def show_manifest(self, manifest: Manifest, may_change: Editable) -> None:
        """Show a valid manifest, and let that be changed which may."""
        self.show_values(manifest)
        for field in self.fields.values():
            field.control.setEnabled(may_change is Editable.ALL)
        self.extension.setEnabled(may_change is not Editable.NOTHING)
        self.show_start_hint()
        self._fixed.setText(self._why_fixed(may_change))
        self._fixed.setVisible(may_change is not Editable.ALL)

    def show_start_hint(self) -> None:
        """Say how far away the start is as chosen now."""
        self.fields["spec.scheduledStart"].set_hint(self.start.hint)

    def _why_fixed(self, may_change: Editable) -> str:
        if may_change is Editable.TIME:
            return self.tr("Its container is made: only its time can still be changed.")
        return self.tr("It has ended: run it again, or create another lab.")
