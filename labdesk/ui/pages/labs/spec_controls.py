"""Form controls of a lab's manifest that no template has: its template, its start and its times."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from PySide6.QtCore import Signal

from labdesk.labs.request import MAX_MINUTES
from labdesk.ui.panels.manifest.controls import get_path
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.panels.new_lab.draft import Problem, ProblemKind
from labdesk.ui.panels.new_lab.duration_field import DurationField
from labdesk.ui.panels.new_lab.local_time import WallClock, zone_text
from labdesk.ui.panels.new_lab.start_field import StartField
from labdesk.ui.panels.new_lab.wording import problem_text, start_examples
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


class StartControl(StartField):
    """When it starts, in the instructor's zone. What nobody touched stays to the second."""

    edited = Signal()
    paths = ("spec.scheduledStart",)

    def __init__(self, theme: Theme, times: Times, now: Callable[[], datetime]) -> None:
        super().__init__(theme, times, now)
        self._chosen: str | None = None
        self._quiet = False
        self.changed.connect(self._take)
        theme.changed.connect(self._follow_zone)

    @property
    def hint(self) -> str:
        """How far away the start is, in which zone."""
        value = self.value
        if self.unread is not None:
            return start_examples()
        if value is None:
            return self.tr("The lab starts at once.") if self.isEnabled() else self.tr("It was to start at once.")
        now, times = self._now(), self._times
        when = times.until(value.utc, now) if value.utc > now else times.relative(value.utc, now)
        day = "" if self.is_written_out else f"{times.date_and_clock(value.utc)} · "
        return f"{day}{when} · {zone_text(times.zone, value.utc)}"

    def show_value(self, manifest: Manifest) -> None:
        value = get_path(manifest, self.paths[0])
        self._chosen = value if isinstance(value, str) else None
        self._show_chosen()

    def _show_chosen(self) -> None:
        self._quiet = True
        if self._chosen is None:
            self.reset()
        else:
            local = self._times.local(datetime.fromisoformat(self._chosen)).replace(tzinfo=None, fold=0)
            self.set_wall_clock(local)
        self._quiet = False

    def write(self, manifest: Manifest) -> None:
        manifest["spec"]["scheduledStart"] = self._chosen

    def complaint(self) -> str:
        value = self.value
        if self.unread is not None:
            return problem_text(Problem(ProblemKind.UNREAD_START))
        if value is not None and value.clock is WallClock.NEVER:
            return problem_text(Problem(ProblemKind.SKIPPED_HOUR))
        return ""

    def _follow_zone(self) -> None:
        """Another zone has other clocks for the same moment; what is being typed is meant as it stands."""
        if not self.is_being_typed:
            self._show_chosen()

    def _take(self) -> None:
        if not self._quiet:
            value = self.value
            if self.unread is None:
                moment = self._now().replace(microsecond=0) if value is None else value.utc
                self._chosen = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
            self.edited.emit()


class DurationControl(DurationField):
    """How long it runs, in minutes."""

    edited = Signal()
    paths = ("spec.durationMinutes",)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._quiet = False
        self.changed.connect(self._tell)

    def show_value(self, manifest: Manifest) -> None:
        self._quiet = True
        self.set_minutes(int(get_path(manifest, self.paths[0], 60)))
        self._quiet = False

    def write(self, manifest: Manifest) -> None:
        manifest["spec"]["durationMinutes"] = self.minutes or 0

    def complaint(self) -> str:
        return ""

    def _tell(self) -> None:
        if not self._quiet:
            self.edited.emit()


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
