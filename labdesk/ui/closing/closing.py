"""What happens when somebody closes the window: at once, after a question, or with the labs handed over first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from PySide6.QtCore import QObject, Signal

from labdesk.config import OnClose
from labdesk.control.tasks import TaskOwner
from labdesk.desk import Desk, DeskMode
from labdesk.resource.errors import LabDeskError
from labdesk.ui.closing.outlook import Outlook, outlook_of
from labdesk.ui.closing.sheet import ClosingSheet
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.settings_keeper import SettingsKeeper

SETTING = "on_close"


class Closing(QObject):
    """`ended` says that the application may end now.

    `is_served_async` tells whether a service of the user's own looks after this store's labs anyway; `hand_over_async`
    lets `labdesk serve` do it, and raises LabDeskError where that is not possible.
    """

    ended = Signal()

    def __init__(
        self,
        desk: Desk,
        rows: Callable[[], Iterable[LabRow]],
        sheet: ClosingSheet,
        keeper: SettingsKeeper,
        tasks: TaskOwner,
        is_served_async: Callable[[], Awaitable[bool]],
        hand_over_async: Callable[[], Awaitable[None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows = rows
        self.sheet = sheet
        self._keeper = keeper
        self._tasks = tasks
        self._is_served_async = is_served_async
        self._hand_over_async = hand_over_async
        self._is_handing_over = False
        sheet.keep_wanted.connect(lambda: self._choose(OnClose.KEEP_RUNNING))
        sheet.close_wanted.connect(lambda: self._choose(OnClose.CLOSE))

    def ask(self) -> None:
        """Somebody wants to close the window. Where another process acts, or nothing is going on, it just closes."""
        if self._is_handing_over:
            return
        outlook = outlook_of(self._rows(), self._desk.clock.now().timestamp())
        if self._desk.mode is not DeskMode.ACTING or outlook.is_quiet:
            self.ended.emit()
        else:
            self._tasks.spawn(self._ask_async(outlook), "close the window")

    def use_choice(self, choice: OnClose) -> None:
        """Do what was chosen, without asking."""
        if choice is OnClose.CLOSE:
            self.ended.emit()
        elif not self._is_handing_over:
            self._is_handing_over = True
            self.sheet.show_busy()
            self._tasks.spawn(self._keep_async(), "hand the labs over")

    async def _ask_async(self, outlook: Outlook) -> None:
        if await self._is_served_async():
            self.ended.emit()
            return
        choice = self._remembered
        if choice is OnClose.ASK:
            self.sheet.ask(outlook)
        else:
            self.use_choice(choice)

    @property
    def _remembered(self) -> OnClose:
        if self._keeper.given_by(SETTING):
            return self._desk.settings.on_close
        return OnClose(self._keeper.value(SETTING))

    def _choose(self, choice: OnClose) -> None:
        if self.sheet.always.isChecked():
            try:
                self._keeper.put({SETTING: choice.value})
            except LabDeskError as error:  # the choice holds for this time
                self._tasks.report(self.tr("The choice could not be kept"), error)
        self.use_choice(choice)

    async def _keep_async(self) -> None:
        try:
            await self._hand_over_async()
        except LabDeskError as error:
            self.sheet.show_problem(error.message)
        else:
            self.ended.emit()
        finally:
            self._is_handing_over = False
