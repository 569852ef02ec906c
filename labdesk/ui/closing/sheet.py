"""The sheet that asks what closing the window should mean. It lies over the page; nothing waits for it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from labdesk.control.clock import Clock
from labdesk.ui.closing.outlook import Outlook
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.question_sheet import QuestionSheet
from labdesk.ui.widgets.switch import Switch
from labdesk.ui.words import counted


class ClosingSheet(QuestionSheet):
    """Enter takes the filled button or the one with the keyboard, Escape cancels."""

    keep_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, theme: Theme, times: Times, clock: Clock, window: QWidget) -> None:
        super().__init__(theme, window)
        self._times = times
        self._clock = clock
        self._is_busy = False
        self.problem = Label(theme, tone="failed", wrap=True, selectable=True)
        self.always = Switch(theme, self.tr("Remember what I choose"))
        self.always.setToolTip(self.tr("Do not ask again; the Settings page has this choice too"))
        self.keep_button = Button(
            theme, self.tr("Keep running without a window"), kind=ButtonKind.PRIMARY,
            tip=self.tr("“labdesk serve” starts and ends labs from then on; the next window shows its work"),
        )  # fmt: skip
        self.close_button = Button(
            theme, self.tr("Close"), tip=self.tr("Nothing starts or ends labs until LabDesk is opened again")
        )
        self.cancel_button = Button(
            theme, self.tr("Cancel"), kind=ButtonKind.QUIET, tip=self.tr("The window stays open"), hint=self.tr("Esc")
        )
        self._answers = (self.keep_button, self.close_button, self.cancel_button, self.always)
        self.arrange((self.keep_button, self.close_button, self.cancel_button), self.problem, self.always)
        self.keep_button.clicked.connect(self.keep_wanted)
        self.close_button.clicked.connect(self.close_wanted)
        self.cancel_button.clicked.connect(self.dismiss)

    # --- what it shows ----------------------------------------------------------------------------------------

    def ask(self, outlook: Outlook) -> None:
        """Say what goes on, and ask."""
        if self._is_busy:
            return
        if not self.isVisible():
            self.always.setChecked(False)
        self._show(self._heading(outlook), self._sentence(outlook))

    def show_busy(self) -> None:
        """Say that the labs are being handed over."""
        self._is_busy = True
        self._show(self.tr("Handing over …"), self.tr("“labdesk serve” is starting; then this window closes."))

    def show_problem(self, problem: str) -> None:
        """Say why that was not possible; everything can be chosen again."""
        self._is_busy = False
        text = self.tr("Your labs keep running, and this window goes on looking after them.")
        self._show(self.tr("The labs could not be handed over"), text, problem)

    def dismiss(self) -> None:
        """The window stays, and the keyboard is where it was."""
        if not self._is_busy:
            super().dismiss()

    def _show(self, heading: str, text: str, problem: str = "") -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        for widget in self._answers:
            widget.setEnabled(not self._is_busy)
        self.put(heading, text, problem)
        if not self._is_busy:
            self.keep_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _heading(self, outlook: Outlook) -> str:
        if outlook.running:
            return counted(outlook.running, self.tr("{n} lab is running"), self.tr("{n} labs are running"))
        return counted(outlook.planned, self.tr("{n} lab is planned"), self.tr("{n} labs are planned"))

    def _sentence(self, outlook: Outlook) -> str:
        """What becomes of them while the desk is closed, with the first moment that somebody misses it."""
        if not outlook.running:
            return self._about_planned(outlook)
        one = self.tr("Closing does not stop it, but while LabDesk is closed nothing ends it; it is due {time}.")
        many = self.tr("Closing stops no lab, but while LabDesk is closed nothing ends them; the first is due {time}.")
        text = (one if outlook.running == 1 else many).format(time=self._due(outlook.first_end))
        return f"{text} {self._about_planned_too(outlook)}" if outlook.planned else text

    def _about_planned(self, outlook: Outlook) -> str:
        if self._is_overdue(outlook):
            one = self.tr("While LabDesk is closed nothing starts it; it has been waiting since {time}.")
            many = self.tr("While LabDesk is closed nothing starts them; the first has been waiting since {time}.")
        else:
            one = self.tr("While LabDesk is closed nothing starts it; it is due {time}.")
            many = self.tr("While LabDesk is closed nothing starts them; the first is due {time}.")
        return (one if outlook.planned == 1 else many).format(time=self._due(outlook.next_start))

    def _about_planned_too(self, outlook: Outlook) -> str:
        if self._is_overdue(outlook):
            one = self.tr("Nor does anything start the lab that has been waiting since {time}.")
            many = self.tr(
                "Nor does anything start the {n} labs that are planned; the first has been waiting since {time}."
            )
        else:
            one = self.tr("Nor does anything start the lab that is planned for {time}.")
            many = self.tr("Nor does anything start the {n} labs that are planned; the first is due {time}.")
        text = one if outlook.planned == 1 else many
        return text.format(n=outlook.planned, time=self._due(outlook.next_start))

    def _is_overdue(self, outlook: Outlook) -> bool:
        return outlook.next_start <= self._clock.now().timestamp()

    def _due(self, seconds: float) -> str:
        return self._times.moment(datetime.fromtimestamp(seconds, UTC), self._clock.now())
