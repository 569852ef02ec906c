"""The welcome: sample templates, who may open links, the engine's state, and one button for a first lab."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from labdesk.config import AccessMode
from labdesk.engines.monitor import EngineState
from labdesk.labs.students import Student, is_email
from labdesk.resource.errors import LabDeskError
from labdesk.resource.quantity import format_bytes
from labdesk.ui.page import PageContext
from labdesk.ui.panels.first_run.choice_card import ChoiceCard
from labdesk.ui.panels.first_run.samples import Sample, manifest_of_missing, read_samples_async
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.field import Field
from labdesk.ui.widgets.fields import TextField
from labdesk.ui.widgets.focus import stop_at_the_chosen
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.scroll_column import ScrollColumn

ChooseAccess = Callable[[AccessMode], None]
"""Makes the choice hold from now on: for this desk and for the next start. Raises LabDeskError where it cannot."""

_WIDTH = 960
_SAMPLE_COLUMNS = 3
_FIRST_CHOICE = "shell"
_SAMPLE_ICONS = {
    "database": "mdi6.database-outline",
    "notebook": "mdi6.notebook-outline",
    "shell": "mdi6.console",
    "web-ide": "mdi6.code-braces",
    "web-server": "mdi6.web",
}
_MINUTES = 60


class FirstRun(QWidget):
    """`finished` carries the labs that were created (none where only the samples were added)."""

    finished = Signal(list)  # list[LabInstanceRequest]
    demo_wanted = Signal()

    def __init__(
        self,
        context: PageContext,
        shelf: TemplateShelf,
        samples_folder: Path,
        choose_access: ChooseAccess,
        instructor: Student,
        parent: QWidget | None = None,
    ) -> None:
        """`instructor` is proposed as the first student; `samples_folder` is read when this is first shown."""
        super().__init__(parent)
        self._context = context
        self._shelf = shelf
        self._folder = samples_folder
        self._choose_access = choose_access
        self._samples: list[Sample] = []
        self.sample_cards: dict[str, ChoiceCard] = {}
        self._is_reading = False
        self._is_busy = False
        self._is_listening = False
        self.setAccessibleName(self.tr("Welcome to LabDesk"))
        self._build(instructor)
        self._show_engine()

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self, instructor: Student) -> None:
        theme = self._context.theme
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(theme.space.gap)
        column.addWidget(Label(theme, self.tr("Welcome to LabDesk"), role="page_title"))
        intro = self.tr(
            "Pick a template, students and a time. Every lab starts by itself, is watched, and ends on time."
        )
        column.addWidget(Label(theme, intro, tone="text_muted", wrap=True))
        column.addSpacing(4)
        self._add_samples(column)
        column.addSpacing(4)
        self._add_access(column)
        column.addSpacing(4)
        self._add_instructor(column, instructor)
        column.addStretch()
        footer = QWidget()
        end = QVBoxLayout(footer)
        end.setContentsMargins(0, 0, 0, 16)
        end.setSpacing(theme.space.gap)
        self._add_engine(end)
        self._add_buttons(end)
        self._wrap(body, footer)

    def _add_samples(self, column: QVBoxLayout) -> None:
        theme = self._context.theme
        note = Label(
            theme, self.tr("All of them are added; you can change or delete them at any time."),
            role="caption", tone="text_muted",
        )  # fmt: skip
        heading = QHBoxLayout()
        heading.addWidget(Label(theme, self.tr("Make your first lab from"), role="section"))
        heading.addStretch()
        heading.addWidget(note, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(heading)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.space.gap)
        for place in range(_SAMPLE_COLUMNS):
            self._grid.setColumnStretch(place, 1)
        self._group = QButtonGroup(self)
        column.addLayout(self._grid)

    def _add_access(self, column: QVBoxLayout) -> None:
        theme = self._context.theme
        column.addWidget(Label(theme, self.tr("Who may open the labs?"), role="section"))
        only_me = ChoiceCard(
            theme,
            "mdi6.laptop",
            self.tr("Only me"),
            self.tr("Links open on this computer and nowhere else."),
        )
        my_network = ChoiceCard(
            theme,
            "mdi6.lan",
            self.tr("My network"),
            self.tr("Students open the links; every lab has its own password."),
        )
        self.access_cards = {AccessMode.ONLY_ME: only_me, AccessMode.MY_NETWORK: my_network}
        self._access_group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(theme.space.gap)
        for card in self.access_cards.values():
            self._access_group.addButton(card)
            row.addWidget(card, 1)
        self.access_cards[self._context.settings.access_mode].setChecked(True)
        column.addLayout(row)

    def _add_instructor(self, column: QVBoxLayout, instructor: Student) -> None:
        theme = self._context.theme
        self.name_edit = TextField(theme, self.tr("Ada Lovelace"))
        self.name_edit.setText(instructor.name)
        self.email_edit = TextField(theme, self.tr("ada@example.edu"))
        self.email_edit.setText(instructor.email)
        self._email_field = Field(
            theme, self.tr("Your e-mail"), self.email_edit, self.tr("Tells your labs apart; nothing is sent there.")
        )
        self.email_edit.textChanged.connect(lambda _text: self._email_field.set_problem(""))
        row = QHBoxLayout()
        row.setSpacing(theme.space.gap)
        row.addWidget(Field(theme, self.tr("Your name"), self.name_edit), 1)
        row.addWidget(self._email_field, 1)
        column.addLayout(row)

    def _add_engine(self, column: QVBoxLayout) -> None:
        theme = self._context.theme
        self.engine_banner = Banner(theme, "provisioning")
        self.engine_banner.setMinimumHeight(2 * theme.line_height("body") + 16)  # whatever is said, nothing moves
        self.retry_button = self.engine_banner.add_action(self.tr("Retry"), self.tr("Ask the engine at once"))
        self.demo_button = self.engine_banner.add_action(
            self.tr("Try the demo"), self.tr("A sample course on a simulated engine, in a window of its own")
        )
        self.retry_button.clicked.connect(self._context.engine_monitor.retry_now)
        self.demo_button.clicked.connect(lambda _checked=False: self.demo_wanted.emit())
        column.addWidget(self.engine_banner)

    def _add_buttons(self, column: QVBoxLayout) -> None:
        theme = self._context.theme
        self.problem = Banner(theme, "failed")
        self.problem.hide()
        self.start_button = Button(
            theme,
            self.tr("Add the samples and start my first lab"),
            icon="mdi6.play",
            kind=ButtonKind.PRIMARY,
            tip=self.tr("Adds the sample templates and starts one lab for you, for an hour"),
        )
        self.add_button = Button(theme, self.tr("Only add the samples"), tip=self.tr("Adds them and starts nothing"))
        self.start_button.clicked.connect(lambda _checked=False: self._begin(with_lab=True))
        self.add_button.clicked.connect(lambda _checked=False: self._begin(with_lab=False))
        row = QHBoxLayout()
        row.setSpacing(theme.space.gap)
        row.addWidget(self.start_button)
        row.addWidget(self.add_button)
        row.addStretch()
        column.addWidget(self.problem)
        column.addLayout(row)

    def _wrap(self, body: QWidget, footer: QWidget) -> None:
        """Centre the column; it scrolls where it is too low, while the buttons stay in sight."""
        scroll = _ContentScroll(self._context.theme, _centred(body))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addStretch(1)
        outer.addWidget(scroll, 1_000)
        end = _centred(footer)
        outer.addWidget(end)
        outer.addStretch(2)
        bar = scroll.verticalScrollBar()
        bar.rangeChanged.connect(lambda low, high: _leave_room(end, bar.sizeHint().width() if high > low else 0))

    # --- showing ----------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._listen(True)
        self._show_engine()
        if not self._samples and not self._is_reading:
            self._is_reading = True
            self._context.tasks.spawn(self._read_async(), "read samples")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._listen(False)

    def _listen(self, wanted: bool) -> None:
        """Follow the engine while shown; hiding is told of without a showing before it."""
        if wanted == self._is_listening:
            return
        self._is_listening = wanted
        monitor = self._context.engine_monitor
        (monitor.add_listener if wanted else monitor.remove_listener)(self._show_engine)

    async def _read_async(self) -> None:
        try:
            self._show_samples(await read_samples_async(self._folder))
        except LabDeskError as error:
            self._show_problem(error)
        finally:
            self._is_reading = False

    def _show_samples(self, samples: list[Sample]) -> None:
        self._samples = samples
        for place, sample in enumerate(samples):
            facts = sample.facts
            icon = _SAMPLE_ICONS.get(facts.name, "mdi6.flask-outline")
            card = ChoiceCard(
                self._context.theme, icon, facts.name, facts.description, footnote=f"{facts.image} · {facts.memory}"
            )
            self.sample_cards[facts.name] = card
            self._group.addButton(card)
            self._grid.addWidget(card, place // _SAMPLE_COLUMNS, place % _SAMPLE_COLUMNS)
        if samples:
            first = self.sample_cards.get(_FIRST_CHOICE, self.sample_cards[samples[0].facts.name])
            first.setChecked(True)
            self._order_tabs()
            for group in (self._group, self._access_group):  # only now: Qt orders nothing that Tab does not go to
                stop_at_the_chosen(group)

    def _order_tabs(self) -> None:
        """The samples come late, and first."""
        below = (
            self.name_edit,
            self.email_edit,
            self.retry_button,
            self.demo_button,
            self.start_button,
            self.add_button,
        )
        for before, after in pairwise((*self.sample_cards.values(), *self.access_cards.values(), *below)):
            QWidget.setTabOrder(before, after)

    @property
    def chosen_sample(self) -> str:
        """The name of the template the first lab is made from."""
        return next((name for name, card in self.sample_cards.items() if card.isChecked()), "")

    @property
    def email_problem(self) -> str:
        """What is wrong with the address, or nothing."""
        return self._email_field.problem

    def _show_engine(self) -> None:
        monitor = self._context.engine_monitor
        info = monitor.info
        if monitor.state is EngineState.REACHABLE and info is not None:
            text = self.tr("{name} {version} answers, with {memory} of memory for labs.")
            free = self._context.capacity.limits.memory or info.memory
            self.engine_banner.set_text(text.format(name=info.name, version=info.version, memory=format_bytes(free)))
            self.engine_banner.set_tone("running")
        elif monitor.state is EngineState.CONNECTING:
            self.engine_banner.set_text(self.tr("Looking for a container engine …"))
            self.engine_banner.set_tone("accent")
        else:
            reason = monitor.last_error.message if monitor.last_error else self.tr("No container engine answers.")
            after = self.tr("Your lab waits until then and starts by itself.")
            self.engine_banner.set_text(f"{reason} {after}")
            self.engine_banner.set_tone("provisioning")
        is_missing = monitor.state is EngineState.UNREACHABLE
        self.retry_button.setVisible(is_missing)
        self.demo_button.setVisible(is_missing)

    # --- beginning --------------------------------------------------------------------------------------------

    def _begin(self, *, with_lab: bool) -> None:
        if self._is_busy or not self._samples:
            return
        student = Student(self.email_edit.text().strip(), self.name_edit.text().strip())
        if with_lab and not is_email(student.email):
            self._email_field.set_problem(self.tr("This is no e-mail address. Write it like ada@example.edu."))
            self.email_edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.problem.hide()
        self._set_busy(True)
        self._context.tasks.spawn(self._begin_async(student if with_lab else None), "first run")

    async def _begin_async(self, student: Student | None) -> None:
        commands = self._context.commands
        labs = []
        try:
            mode = next(mode for mode, card in self.access_cards.items() if card.isChecked())
            self._choose_access(mode)
            manifest = manifest_of_missing(self._samples, {facts.subject for facts in self._shelf.facts})
            if manifest:
                await commands.apply_async(manifest)
            if student is not None:
                labs = await commands.create_labs_async(self.chosen_sample, [student], None, _MINUTES)
        except LabDeskError as error:
            self._show_problem(error)
            return
        finally:
            self._set_busy(False)
        self.finished.emit(labs)

    def _show_problem(self, error: LabDeskError) -> None:
        self.problem.set_text(error.message)
        self.problem.show()

    def _set_busy(self, busy: bool) -> None:
        self._is_busy = busy
        self.start_button.setEnabled(not busy)
        self.add_button.setEnabled(not busy)


class _ContentScroll(ScrollColumn):
    """Never higher than what it holds."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        handled = super().eventFilter(watched, event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return handled

    def _fit(self) -> None:
        if (content := self.widget()) is not None:
            self.setMaximumHeight(max(content.heightForWidth(self.width()), content.sizeHint().height()))


def _leave_room(host: QWidget, right: int) -> None:
    """Keep what stands below a scrolling column in line with it."""
    host.setContentsMargins(0, 0, right, 0)


def _centred(widget: QWidget) -> QWidget:
    widget.setMaximumWidth(_WIDTH)
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(24, 0, 24, 0)
    row.addStretch(1)
    row.addWidget(widget, 1_000)
    row.addStretch(1)
    return host
