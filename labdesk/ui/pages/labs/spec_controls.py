"""Form controls of a lab's manifest that no template has: its template, its start and its times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labdesk.labs.request import MAX_MINUTES
from labdesk.ui.pages.templates.controls import get_path
from labdesk.ui.pages.templates.draft import Manifest
from labdesk.ui.panels.new_lab.draft import Problem, ProblemKind
from labdesk.ui.panels.new_lab.duration_field import DurationField
from labdesk.ui.panels.new_lab.local_time import WallClock, zone_text
from labdesk.ui.panels.new_lab.start_field import StartField
from labdesk.ui.panels.new_lab.wording import problem_text
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.fields import NumberField, Select

_MOST_EXTENSION = 7 * 24 * 60


class TemplateControl(Select):
    """One of the templates there are; the lab's own is there also when it is gone."""

    edited = Signal()
    paths = ("spec.labTemplate",)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.activated.connect(lambda _place: self.edited.emit())

    def set_choices(self, names: Iterable[str]) -> None:
        chosen = self.currentText()
        self.clear()
        self.addItems(sorted({*names, chosen} - {""}))
        self.setCurrentText(chosen)

    def show_value(self, manifest: Manifest) -> None:
        name = str(get_path(manifest, self.paths[0], ""))
        if self.findText(name) < 0:
            self.addItem(name)
        self.setCurrentText(name)

    def write(self, manifest: Manifest) -> None:
        manifest["spec"]["labTemplate"] = self.currentText()

    def complaint(self) -> str:
        return ""


class _Wrapped(QWidget):
    """A field of the New lab panel as a control of this form."""

    edited = Signal()

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(field)
        self.setFocusProxy(field)
        self._quiet = False

    def _tell(self) -> None:
        if not self._quiet:
            self.edited.emit()


class StartControl(_Wrapped):
    """When it starts, in the instructor's zone. What nobody touched stays to the second."""

    paths = ("spec.scheduledStart",)

    def __init__(self, theme: Theme, times: Times, now: Callable[[], datetime]) -> None:
        self.field = StartField(theme, times, now)
        super().__init__(self.field)
        self._times = times
        self._now = now
        self._chosen: str | None = None
        self.field.changed.connect(self._choose)

    @property
    def hint(self) -> str:
        """How far away the start is, in which zone."""
        value = self.field.value
        if value is None:
            return self.tr("The lab starts at once.")
        now, times = self._now(), self._times
        when = times.until(value.utc, now) if value.utc > now else times.relative(value.utc, now)
        return f"{when} · {zone_text(times.zone, value.utc)}"

    def show_value(self, manifest: Manifest) -> None:
        value = get_path(manifest, self.paths[0])
        self._quiet = True
        self._chosen = value if isinstance(value, str) else None
        if self._chosen is None:
            self.field.reset()
        else:
            local = self._times.local(datetime.fromisoformat(self._chosen)).replace(tzinfo=None, fold=0)
            self.field.set_wall_clock(local)
        self._quiet = False

    def write(self, manifest: Manifest) -> None:
        manifest["spec"]["scheduledStart"] = self._chosen

    def complaint(self) -> str:
        value = self.field.value
        if value is not None and value.clock is WallClock.NEVER:
            return problem_text(Problem(ProblemKind.SKIPPED_HOUR))
        return ""

    def _choose(self) -> None:
        if not self._quiet:
            value = self.field.value
            moment = self._now().replace(microsecond=0) if value is None else value.utc
            self._chosen = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        self._tell()


class DurationControl(_Wrapped):
    """How long it runs, in minutes."""

    paths = ("spec.durationMinutes",)

    def __init__(self, theme: Theme) -> None:
        self.field = DurationField(theme)
        super().__init__(self.field)
        self.field.changed.connect(self._tell)

    def show_value(self, manifest: Manifest) -> None:
        self._quiet = True
        self.field.set_minutes(int(get_path(manifest, self.paths[0], 60)))
        self._quiet = False

    def write(self, manifest: Manifest) -> None:
        manifest["spec"]["durationMinutes"] = self.field.minutes or 0

    def complaint(self) -> str:
        return ""


class ExtensionControl(NumberField):
    """Minutes given besides, or with a minus taken back."""

    edited = Signal()
    paths = ("spec.extensionMinutes",)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, -MAX_MINUTES, _MOST_EXTENSION)
        self.setSuffix(self.tr(" min"))
        self._quiet = False
        self.valueChanged.connect(self._tell)

    def show_value(self, manifest: Manifest) -> None:
        self._quiet = True
        self.setValue(int(get_path(manifest, self.paths[0], 0)))
        self._quiet = False

    def write(self, manifest: Manifest) -> None:
        manifest["spec"]["extensionMinutes"] = self.value()

    def complaint(self) -> str:
        return ""

    def _tell(self) -> None:
        if not self._quiet:
            self.edited.emit()
