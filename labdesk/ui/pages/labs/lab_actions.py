"""What can be done with labs: every action once, for buttons, menus, shortcuts and the command field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from labdesk.labs.commands import Outcome
from labdesk.resource.errors import LabDeskError, ResourceNotFoundError
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.desktop import command_text
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import PageContext
from labdesk.ui.pages.labs.back_to_plan import back_to_plan_async
from labdesk.ui.pages.labs.held import Command, HeldCommands
from labdesk.ui.pages.labs.link_copying import copy_links_async
from labdesk.ui.pages.labs.possible import ACTIVE, ANY, ENDED, LINKED, WAITING, PossibleActions
from labdesk.ui.pages.labs.workspace_deletion import WorkspaceDeletion
from labdesk.ui.widgets.toast import HOLD_MS

EXTENSIONS = (15, 30, 60)
LAB_ACTIONS = (
    "lab.start_now", *(f"lab.extend_{minutes}" for minutes in EXTENSIONS), "lab.stop", "lab.run_again",
    "lab.edit", "lab.copy_links", "lab.logs", "lab.shell", "lab.delete_workspace", "lab.delete",
)  # fmt: skip
"""In the order of menus."""
MANY = 500
"""From so many selected labs on, only those that changed are looked at again."""
Commit = Callable[[], Awaitable[Outcome]]


class LabActions(QObject):
    """`targets` gives the labs that actions take, in the order shown; `show_log` opens a lab's log in the inspector.

    `edit_wanted` asks for the spec of the chosen lab, to be changed.
    """

    edit_wanted = Signal()

    def __init__(
        self,
        context: PageContext,
        model: LabTableModel,
        targets: Callable[[], list[LabRow]],
        show_log: Callable[[], None],
        workspace_deletion: WorkspaceDeletion,
        hold_milliseconds: int = HOLD_MS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._targets = targets
        self._show_log = show_log
        self._workspace_deletion = workspace_deletion
        self._held = HeldCommands(context, model, self.refresh, hold_milliseconds)
        self._model = model
        self._offered = False
        self._possible = PossibleActions()
        self._declare()
        context.engine_monitor.add_listener(self.refresh)
        self.refresh()

    def close(self) -> None:
        """Listen to the engine no more."""
        self._context.engine_monitor.remove_listener(self.refresh)

    def _declare(self) -> None:
        add, group = self._context.actions.add, self.tr("Labs")
        harmless, inverse, held = Undoing.HARMLESS, Undoing.INVERSE, Undoing.HELD
        add(ActionSpec("lab.start_now", self.tr("Start now"), group, inverse, "S", "mdi6.play"), self.start_now)
        for minutes in EXTENSIONS:
            text = self.tr("Extend by {minutes} min").format(minutes=minutes)
            shortcut = "E" if minutes == EXTENSIONS[0] else ""
            spec = ActionSpec(f"lab.extend_{minutes}", text, group, inverse, shortcut, "mdi6.timer-plus-outline")
            add(spec, lambda minutes=minutes: self.extend(minutes))  # type: ignore[misc]
        add(ActionSpec("lab.stop", self.tr("Stop"), group, held, "X", "mdi6.stop"), self.stop)
        add(ActionSpec("lab.run_again", self.tr("Run again"), group, inverse, "R", "mdi6.restart"), self.run_again)
        edit_tip = self.tr("Change when, how long and for whom the lab runs, or its limits")
        spec = ActionSpec("lab.edit", self.tr("Edit …"), group, inverse, "F2", "mdi6.pencil-outline", edit_tip)
        add(spec, self.edit_wanted.emit)
        copy_tip = self.tr("Name, e-mail, link and, where it is asked for, password: a line for each link")
        spec = ActionSpec("lab.copy_links", self.tr("Copy links"), group, harmless, "C", "mdi6.link-variant", copy_tip)
        add(spec, self.copy_links)
        spec = ActionSpec("lab.logs", self.tr("Show log"), group, harmless, "L", "mdi6.text-box-outline")
        add(spec, self._show_log)
        shell_tip = self.tr("A shell in the lab's container, in a terminal of this computer")
        spec = ActionSpec("lab.shell", self.tr("Open terminal"), group, harmless, "T", "mdi6.console", shell_tip)
        add(spec, self.open_shell)
        workspace_tip = self.tr("Delete what students kept in the workspaces of labs that have ended")
        spec = ActionSpec(
            "lab.delete_workspace", self.tr("Delete workspace …"), group, Undoing.CONFIRMED,
            icon="mdi6.folder-remove-outline", tip=workspace_tip,
        )  # fmt: skip
        add(spec, self._workspace_deletion.begin)
        delete = self.tr("Delete")
        add(ActionSpec("lab.delete", delete, group, held, "Del", "mdi6.trash-can-outline"), self.delete)

    # --- which make sense now ---------------------------------------------------------------------------------

    def set_offered(self, offered: bool) -> None:
        """Offer actions only while the labs they take can be seen: a single letter must not stop one behind a form."""
        self._offered = offered
        self.refresh()

    def refresh(self) -> None:
        """Enable what makes sense for the selected labs."""
        rows = [row for row in self._targets() if not self._is_left_alone(row)]
        self._possible.take(rows if self._offered else (), self._context.clock.now().timestamp())
        self._enable(rows[0] if self._offered and len(rows) == 1 else None)

    def labs_changed(self, uids: Iterable[str]) -> None:
        """The same, with a look at no more labs than have changed where many are selected."""
        model = self._model
        if len(self._possible) < MANY:
            self.refresh()
            return
        now = self._context.clock.now().timestamp()
        for uid in uids:
            row = model.row(uid) if model.is_selected(uid) else None
            taken = row is not None and model.passes(row) and not self._is_left_alone(row)
            self._possible.note(uid, row if taken else None, now)
        self._enable(None)

    def _is_left_alone(self, row: LabRow) -> bool:
        return row.deleting or row.uid in self._model.texts.held

    def _enable(self, single: LabRow | None) -> None:
        has, reachable = self._possible.has, self._context.engine_monitor.reachable
        enabled = {
            "lab.start_now": has(WAITING),
            "lab.stop": has(ACTIVE),
            "lab.run_again": has(ENDED),
            "lab.copy_links": has(LINKED),
            "lab.edit": single is not None and not single.is_final,
            "lab.logs": single is not None and (single.phase == "RUNNING" or single.is_final),
            "lab.shell": single is not None and single.phase == "RUNNING" and reachable,
            "lab.delete_workspace": has(ENDED) and reachable,
            "lab.delete": has(ANY),
        } | {f"lab.extend_{minutes}": has(ACTIVE) for minutes in EXTENSIONS}
        reasons = self._reasons(single) if has(ANY) else {}
        first = self.tr("Choose a lab on the Labs page first")
        for identity, possible in enabled.items():
            self._context.actions.set_possible(identity, possible, reasons.get(identity, first))

    def _reasons(self, single: LabRow | None) -> dict[str, str]:
        """Why an action does not suit the labs that are chosen."""
        ended = self.tr("The chosen labs have ended or are being stopped")
        none_ended = self.tr("None of the chosen labs has ended")
        shell = self.tr("Choose one lab that is running")
        if single is not None and single.phase == "RUNNING":
            shell = self.tr("The engine does not answer; the terminal can be opened when it does")
        return {
            "lab.start_now": self.tr("None of the chosen labs waits for its start"),
            "lab.stop": ended,
            "lab.run_again": none_ended,
            "lab.copy_links": self.tr("None of the chosen labs has a link now"),
            "lab.edit": self.tr("Choose one lab that has not ended"),
            "lab.logs": self.tr("Choose one lab that has begun"),
            "lab.shell": shell,
            "lab.delete_workspace": self.tr("The engine does not answer; the workspace can be deleted when it does")
            if self._possible.has(ENDED)
            else none_ended,
        } | {f"lab.extend_{minutes}": ended for minutes in EXTENSIONS}

    def tell_why_not(self, keys: QKeySequence) -> bool:
        """Say why what these keys do must wait, if it must and labs are chosen for it."""
        actions = self._context.actions
        waiting = [one for one in LAB_ACTIONS if actions.why_not(one) and actions.action(one).shortcut() == keys]
        if not waiting or not self._possible.has(ANY):
            return False
        self._context.toasts.show(actions.why_not(waiting[0]))
        return True

    # --- commands ---------------------------------------------------------------------------------------------

    def start_now(self) -> None:
        now = self._context.clock.now().timestamp()
        rows = [row for row in self._targets() if row.phase == "PENDING" and row.start > now]
        planned = {row.uid: (row.key, datetime.fromtimestamp(row.start, UTC)) for row in rows}
        keys, commands = [row.key for row in rows], self._context.commands
        text = _told(rows, self.tr("Starting {student}'s lab now"), self.tr("Starting {n} labs now"))
        if not self._context.engine_monitor.reachable:
            one = self.tr("{student}'s lab starts as soon as the engine answers")
            text = _told(rows, one, self.tr("{n} labs start as soon as the engine answers"))
        self._do(
            text,
            lambda: commands.start_now_async(keys),
            lambda: back_to_plan_async(commands, self._model, planned),
        )

    def extend(self, minutes: int) -> None:
        rows = [row for row in self._targets() if not row.is_final]
        one = self.tr("Extended {student}'s lab by {minutes} min")
        text = _told(rows, one, self.tr("Extended {n} labs by {minutes} min"), minutes=minutes)
        keys, commands = [row.key for row in rows], self._context.commands
        self._do(
            text,
            lambda: commands.extend_async(keys, minutes),
            lambda: commands.extend_async(keys, -minutes),
        )

    def run_again(self) -> None:
        rows = [row for row in self._targets() if row.is_final]
        text = _told(rows, self.tr("Running {student}'s lab again"), self.tr("Running {n} labs again"))
        if not self._context.engine_monitor.reachable:
            one = self.tr("{student}'s lab runs again as soon as the engine answers")
            text = _told(rows, one, self.tr("{n} labs run again as soon as the engine answers"))
        keys, commands = [row.key for row in rows], self._context.commands
        self._do(text, lambda: commands.run_again_async(keys), lambda: commands.stop_async(keys))

    def stop(self) -> None:
        rows = [row for row in self._targets() if not row.is_final and not row.stopping]
        text = _told(rows, self.tr("Stopping {student}'s lab …"), self.tr("Stopping {n} labs …"))
        self._hold(rows, self.tr("Stopping …"), text, self._context.commands.stop_async)

    def delete(self) -> None:
        rows = [row for row in self._targets() if not row.deleting]
        text = _told(rows, self.tr("Deleting {student}'s lab …"), self.tr("Deleting {n} labs …"))
        self._hold(rows, self.tr("Deleting …"), text, self._context.commands.delete_async)

    def copy_links(self) -> None:
        labs = [lab for row in self._targets() if (lab := self._context.lab_of(row.uid)) is not None]
        self._context.tasks.spawn(copy_links_async(self._context, labs), "copy links")

    def open_shell(self) -> None:
        """Open a terminal with a shell in the lab's container, or copy the command and say so."""
        rows = self._targets()
        lab = self._context.lab_of(rows[0].uid) if rows else None
        if lab is None or not lab.status.container_id:
            return
        command = self._context.engine.shell_command(lab.status.container_id)
        if not self._context.desktop.open_terminal(command):
            self._context.desktop.copy(command_text(command))
            self._context.toasts.show(self.tr("No terminal could be opened; the command is on the clipboard"))

    # --- how they run -----------------------------------------------------------------------------------------

    def _do(self, text: str, command: Commit, undo: Commit) -> None:
        """Commit now and offer the inverse commit."""

        async def take_back() -> None:
            self._report(await undo())

        async def run() -> None:
            outcome = await command()
            self._report(outcome)
            if outcome.changed:
                spawn = self._context.tasks.spawn
                self._context.toasts.offer_undo(text, undo=lambda: spawn(take_back(), f"undo {text}"))

        self._context.tasks.spawn(run(), text)

    def _hold(self, rows: Sequence[LabRow], remark: str, text: str, command: Command) -> None:
        if rows:
            self._held.hold(rows, remark, text, command, self._report)
            self.refresh()

    def _report(self, outcome: Outcome) -> None:
        """Say what was refused, and why the first one was. Of a lab that is gone nothing was wanted any more."""
        errors = [error for _, error in outcome.refused if not isinstance(error, ResourceNotFoundError)]
        if errors:
            self._context.toasts.show(self._refusal(len(errors), errors[0]), tone="failed")

    def _refusal(self, count: int, error: LabDeskError) -> str:
        if count == 1:
            return error.message
        return self.tr("{n} labs could not be changed; the first: {reason}").format(n=count, reason=error.message)


def _told(rows: Sequence[LabRow], one: str, many: str, **particulars: object) -> str:
    """Say what is done: one lab by its student ({student}), more by their number ({n})."""
    student = rows[0].student if rows else ""
    return (one if len(rows) == 1 else many).format(student=student, n=len(rows), **particulars)
