"""The lower part of the inspector: one lab's events, log and spec, opened on demand."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.events import JournalEvent
from labdesk.store.journal_reads import EventQuery
from labdesk.ui.page import PageContext
from labdesk.ui.pages.labs.log_view import LogView
from labdesk.ui.pages.labs.spec_editor import LabSpecEditor
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.focus import holds_focus
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.marked_rows import MarkedRow, MarkedRows
from labdesk.ui.words import event_sentence

_EVENTS_SHOWN = 12
_TONES = {"error": "failed", "warning": "provisioning", "info": "running"}


class LabDetails(QWidget):
    """Words that open one section at a time; `Terminal` is the registered action."""

    opened = Signal()
    """Another section is open (it wants to be seen), or none."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._lab: LabInstanceRequest | None = None
        self._chosen = ""
        self._open = ""
        self._loading: asyncio.Task[None] | None = None
        theme = context.theme
        self.events_link = Button(theme, self.tr("Events"), kind=ButtonKind.LINK)
        self.log_link = Button(theme, self.tr("Log"), kind=ButtonKind.LINK)
        self.shell_link = Button(theme, self.tr("Terminal"), kind=ButtonKind.LINK)
        self.spec_link = Button(theme, self.tr("Spec"), kind=ButtonKind.LINK)
        links = QHBoxLayout()
        links.setSpacing(14)
        for link in (self.events_link, self.log_link, self.shell_link, self.spec_link):
            links.addWidget(link)
        links.addStretch()
        self._events = MarkedRows(theme, self.tr("Latest events of this lab"))
        self._all_events = Button(theme, self.tr("Show in the event log"), kind=ButtonKind.LINK)
        self._all_events.clicked.connect(self._open_event_log)
        self.log = LogView(context)
        self.spec = LabSpecEditor(context)
        self.spec.refreshed.connect(lambda: self._mark_edited(self.spec.is_dirty))
        self._sections: dict[str, QWidget] = {"events": self._events_section(), "log": self.log, "spec": self.spec}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        column.addWidget(Label(theme, self.tr("Details"), role="caption_bold", tone="text_muted"))
        column.addLayout(links)
        for name, section in self._sections.items():
            section.hide()
            column.addWidget(section, 0 if name == "events" else 1)
        column.addStretch(0)
        self._links = {"events": self.events_link, "log": self.log_link, "spec": self.spec_link}
        for name, link in self._links.items():
            link.setCheckable(True)
            link.clicked.connect(lambda _checked, name=name: self.toggle(name))
        shell = context.actions.action("lab.shell")
        self.shell_link.clicked.connect(shell.trigger)
        shell.changed.connect(self._follow_shell)

    def _events_section(self) -> QWidget:
        section = QWidget()
        column = QVBoxLayout(section)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._events)
        column.addWidget(self._all_events)
        return section

    def _open_event_log(self) -> None:
        if self._lab is not None:
            self._context.navigate("events", f"lab:{self._lab.metadata.name}")

    @property
    def chosen_section(self) -> str:
        """The section the instructor opened, or nothing; it is open where the lab has it."""
        return self._chosen

    @property
    def open_section(self) -> str:
        return self._open

    def show_lab(self, lab: LabInstanceRequest) -> None:
        """Show this lab; the chosen section is open as long as the lab has it."""
        before, self._lab = self._lab, lab
        self._follow_shell()
        self.log_link.setEnabled(_has_log(lab))
        self._stop_loading()
        self._loading = self._context.tasks.spawn(self._load_events_async(lab), "events of a lab")
        section = self._possible_section()
        if section != self._open:
            self._show_section(section)
        elif section == "spec":
            self.spec.show_lab(lab)
        elif section == "log" and (before is None or self.log.uid != lab.metadata.uid or _log_differs(before, lab)):
            self.log.show_lab(lab)
        self._mark_edited(lab.metadata.uid in self.spec.dirty_subjects())

    def _follow_shell(self) -> None:
        """The word says, as the action does, why it must wait."""
        actions = self._context.actions
        self.shell_link.setEnabled(actions.action("lab.shell").isEnabled())
        self.shell_link.setToolTip(actions.why_not("lab.shell") or actions.spec("lab.shell").tip)

    def toggle(self, section: str) -> None:
        """Open a section, or close it if it is open."""
        self.open("" if section == self._open else section)

    def open(self, section: str) -> None:
        """Open a section alone, or none, for this lab and those shown after it."""
        self._chosen = section
        self._show_section(self._possible_section())
        if self._open == "log" and self._lab is not None:
            self.log.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self.opened.emit()

    def _possible_section(self) -> str:
        """What was chosen, if this lab has it."""
        return self._chosen if self._has(self._chosen) else ""

    def _has(self, section: str) -> bool:
        """Whether the lab has such a section now."""
        return section != "log" or self.log_link.isEnabled()

    def _show_section(self, section: str) -> None:
        """Show a section alone, or none; its word is marked. The keyboard never stays in one that goes away."""
        going = self._sections.get(self._open)
        if going is not None and section != self._open and holds_focus(going):
            word = self._links[self._open] if self._has(self._open) else self.events_link
            word.setFocus(Qt.FocusReason.OtherFocusReason)
        self._open = section
        for name, link in self._links.items():
            link.setChecked(name == section)
        for name, widget in self._sections.items():
            widget.setVisible(name == section)
        if section == "log" and self._lab is not None:
            self.log.show_lab(self._lab)
        else:
            self.log.stop()
        if section == "spec" and self._lab is not None:
            self.spec.show_lab(self._lab)

    def edit(self) -> None:
        """Open the spec with the keyboard in what can be changed of it."""
        if self._lab is not None:
            self.open("spec")
            self.spec.take_focus()

    def close_streams(self) -> None:
        """Read nothing any more until a lab is shown again."""
        self._stop_loading()
        self.log.stop()

    def _stop_loading(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            self._loading = None

    async def _load_events_async(self, lab: LabInstanceRequest) -> None:
        query = EventQuery(labs=(lab.metadata.name,))
        journal = self._context.store.journal
        found = await journal.search_async(query, None, _EVENTS_SHOWN)
        count = len(found) if len(found) < _EVENTS_SHOWN else await journal.count_async(query)
        if self._lab is None or self._lab.metadata.uid != lab.metadata.uid:
            return
        self.events_link.set_text(self.tr("Events ({n})").format(n=count))
        self._events.set_rows([self._event_row(event) for event in found])

    def _event_row(self, event: JournalEvent) -> MarkedRow:
        now, times = self._context.clock.now(), self._context.times
        text = event_sentence(event, times, now)
        tip = f"{text}\n{event.type}\n{times.exact(event.time)}"
        today = times.local(event.time).date() == times.local(now).date()
        when = times.clock_seconds(event.time) if today else times.moment(event.time, now)
        return MarkedRow(text, when, _TONES.get(event.severity, "running"), tip=tip)

    def _mark_edited(self, edited: bool) -> None:
        self.spec_link.set_text(self.tr("Spec (edited)") if edited else self.tr("Spec"))


def _has_log(lab: LabInstanceRequest) -> bool:
    """As the action that opens it says of a row: before it runs, there is no log but that of a former run."""
    return lab.phase == LabPhase.RUNNING or lab.is_final


def _log_differs(before: LabInstanceRequest, after: LabInstanceRequest) -> bool:
    """True if another container's log is to be read; not at every change of the same one."""

    def source(lab: LabInstanceRequest) -> tuple[object, ...]:
        return lab.status.container_id, lab.phase, lab.status.cleaned_up

    return source(before) != source(after)
