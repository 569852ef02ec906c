"""Keep labs running with the desk closed: the user's own service, on or off."""

from __future__ import annotations

from PySide6.QtCore import Signal

from labdesk.control.tasks import TaskOwner
from labdesk.resource.errors import LabDeskError
from labdesk.ui.pages.settings.row import RESET_ROOM, PlainRow
from labdesk.ui.pages.settings.user_service import ServiceState, UserService
from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.switch import Switch


class ServiceRow(PlainRow):
    """Asks systemd when it is shown; `done` carries what was done, for a toast with the way back."""

    done = Signal(str, bool)  # what was done, and whether the service is on now

    def __init__(self, theme: Theme, service: UserService, tasks: TaskOwner) -> None:
        self.switch = Switch(theme)
        title = self.tr("Keep labs running with the desk closed")
        hint = self.tr("A service of your own systemd starts, watches and ends labs; this window then shows its work.")
        super().__init__(theme, title, hint, self.switch)
        self.switch.setAccessibleName(title)
        self.switch.setAccessibleDescription(hint)
        self.line.addSpacing(RESET_ROOM)
        self._service = service
        self._tasks = tasks
        self.switch.setEnabled(False)
        self.switch.clicked.connect(self.turn)

    def use(self, service: UserService) -> None:
        """Ask another one from now on."""
        self._service = service

    def ask(self) -> None:
        """Find out how it stands."""
        self._tasks.spawn(self._ask_async(), "ask for the service")

    def turn(self, on: bool) -> None:
        """Turn the service on or off."""
        self.switch.setEnabled(False)
        self._tasks.spawn(self._turn_async(on), "turn the service")

    async def _ask_async(self) -> None:
        self._show(await self._service.state_async())

    async def _turn_async(self, on: bool) -> None:
        self.set_note(self.tr("Asking systemd …"))
        try:
            await (self._service.enable_async() if on else self._service.disable_async())
        except LabDeskError as error:
            self._show(await self._service.state_async())
            self.set_note(as_sentence(error.message), "failed")
            return
        self._show(await self._service.state_async())
        said = self.tr("Labs go on while the desk is closed") if on else self.tr("Labs need this window again")
        self.done.emit(said, on)

    def _show(self, state: ServiceState) -> None:
        self.switch.setEnabled(not state.why_not)
        self.switch.setChecked(state.enabled)
        if state.why_not:
            self.set_note(as_sentence(state.why_not))
        elif state.enabled and not state.running:
            self.set_note(
                self.tr("It is on, but not running; see: systemctl --user status labdesk"), "provisioning"
            )  # fmt: skip
        elif state.enabled:
            self.set_note(self.tr("Running. To go on after signing out too: loginctl enable-linger"), "running")
        else:
            self.set_note("")
