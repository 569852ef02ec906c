"""Closing the window while labs run: what is said, what can be chosen, and the hand-over to a real `labdesk serve`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from labdesk.config import OnClose
from labdesk.desk import Desk, DeskMode
from labdesk.store.lock import ProcessLock
from labdesk.ui.closing import hand_over
from labdesk.ui.closing.closing import Closing
from labdesk.ui.closing.hand_over import HandOver, HandOverError, serve_command
from labdesk.ui.closing.outlook import Outlook
from labdesk.ui.pages.settings.page import SettingsPage
from tests.gui.page_world import click, press, until
from tests.gui.window_world import WindowWorld, play


class Ends:
    """Counts how often the application was let end; `handed` how often the labs were to be handed over."""

    def __init__(self, world: WindowWorld, problem: str = "", served: bool = False) -> None:
        self.count = 0
        self.handed = 0
        self.closing = world.assembly.closing
        self._problem = problem
        self._served = served
        self.closing._hand_over_async = self._hand_over_async  # type: ignore[method-assign]
        self.closing._is_served_async = self._is_served_async  # type: ignore[method-assign]
        self.closing.ended.connect(self._ended)

    def _ended(self) -> None:
        self.count += 1

    async def _hand_over_async(self) -> None:
        self.handed += 1
        if self._problem:
            raise HandOverError(self._problem)

    async def _is_served_async(self) -> bool:
        return self._served


async def asked(world: WindowWorld) -> Closing:
    """Close the window; the sheet comes."""
    closing = world.assembly.closing
    closing.ask()
    await until(closing.sheet.isVisible)
    return closing


def test_with_nothing_going_on_it_closes_at_once(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=60 * 24 * 3)
        ends = Ends(world)
        ends.closing.ask()
        assert ends.count == 1
        assert not ends.closing.sheet.isVisible()

    play(tmp_path, story)


def test_with_labs_running_it_says_what_goes_on_and_escape_cancels(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace", "Grace Hopper")
        await world.create("Alan Turing", minutes_from_now=60)
        before = world.window.focusWidget()
        ends = Ends(world)
        sheet = (await asked(world)).sheet
        assert sheet.heading.text() == "2 labs are running"
        assert "Closing stops no lab, but while LabDesk is closed nothing ends them" in sheet.text.text()
        assert "Nor does anything start the lab that is planned for " in sheet.text.text()
        assert sheet.accessibleName() == "2 labs are running"
        press(QApplication.focusWidget() or sheet, Qt.Key.Key_N)
        assert not world.assembly.new_lab.isVisible()  # the page's keys rest meanwhile
        press(QApplication.focusWidget() or sheet, Qt.Key.Key_Escape)
        assert not sheet.isVisible()
        assert world.window.focusWidget() is before
        assert (ends.count, ends.handed) == (0, 0)

    play(tmp_path, story)


def test_labs_about_to_start_are_missed_too(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=90)
        sheet = (await asked(world)).sheet
        assert sheet.heading.text() == "1 lab is planned"
        assert "While LabDesk is closed nothing starts it; it is due " in sheet.text.text()
        sheet.dismiss()

    play(tmp_path, story)


def test_a_lab_that_waits_past_its_time_is_not_said_to_be_due_then(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        sheet = world.assembly.closing.sheet
        now = world.desk.clock.now().timestamp()
        sheet.ask(Outlook(planned=2, next_start=now - 60, starts_soon=True))
        assert "nothing starts them; the first has been waiting since " in sheet.text.text()
        sheet.ask(Outlook(running=1, planned=1, first_end=now + 60, next_start=now - 60, starts_soon=True))
        assert "nothing ends it; it is due " in sheet.text.text()
        assert "Nor does anything start the lab that has been waiting since " in sheet.text.text()
        sheet.dismiss()

    play(tmp_path, story)


def test_who_closes_in_the_evening_is_asked_about_tomorrow_s_class_and_told_of_all_that_is_planned(
    tmp_path: Path,
) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", "Grace Hopper", minutes_from_now=60 * 15)
        await world.create("Alan Turing", minutes_from_now=60 * 24 * 3)
        sheet = (await asked(world)).sheet
        assert sheet.heading.text() == "3 labs are planned"
        sheet.dismiss()
        await world.create_running("Barbara Liskov")
        assert "the 3 labs that are planned" in (await asked(world)).sheet.text.text()
        sheet.dismiss()

    play(tmp_path, story)


def test_enter_keeps_the_labs_running_without_a_window(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        ends = Ends(world)
        await asked(world)
        press(QApplication.focusWidget() or world.window, Qt.Key.Key_Return)
        await until(lambda: ends.count == 1)
        assert ends.handed == 1

    play(tmp_path, story)


def test_tab_goes_round_in_the_sheet_and_enter_takes_what_has_the_keyboard(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        ends = Ends(world)
        sheet = (await asked(world)).sheet
        reached = []
        for _ in range(4):
            focused = QApplication.focusWidget()
            assert focused is not None
            reached.append(focused.accessibleName())
            press(focused, Qt.Key.Key_Tab)
        assert reached == ["Keep running without a window", "Close", "Cancel", "Remember what I choose"]
        press(sheet.keep_button, Qt.Key.Key_Tab)
        press(sheet.close_button, Qt.Key.Key_Return)
        assert (ends.count, ends.handed) == (1, 0)

    play(tmp_path, story)


def test_always_do_this_is_remembered_and_changed_in_settings(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        ends = Ends(world)
        sheet = (await asked(world)).sheet
        click(sheet.always)
        click(sheet.close_button)
        assert ends.count == 1
        sheet.dismiss()
        ends.closing.ask()
        await until(lambda: ends.count == 2)
        world.window.frames["settings"].make()
        settings = world.window.page("settings")
        assert isinstance(settings, SettingsPage)
        assert settings.keeper.value("on_close") == "close"
        settings.settings["on_close"].control.chosen.emit(OnClose.KEEP_RUNNING.value)
        ends.closing.ask()
        await until(lambda: ends.count == 3)
        assert ends.handed == 1
        settings.settings["on_close"].control.chosen.emit(OnClose.ASK.value)
        await asked(world)

    play(tmp_path, story)


def test_where_another_process_acts_there_is_no_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        ends = Ends(world)
        with monkeypatch.context() as patch:
            patch.setattr(world.desk, "mode", DeskMode.OBSERVING)
            ends.closing.ask()
        assert ends.count == 1

    play(tmp_path, story)


def test_a_service_of_ones_own_makes_the_question_needless(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        ends = Ends(world, served=True)
        ends.closing.ask()
        await until(lambda: ends.count == 1)
        assert not ends.closing.sheet.isVisible()

    play(tmp_path, story)


def test_a_hand_over_that_fails_is_told_and_the_window_stays(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        ends = Ends(world, problem="“labdesk serve” did not come up: no disk.")
        sheet = (await asked(world)).sheet
        click(sheet.keep_button)
        await until(sheet.problem.isVisible)
        assert sheet.problem.text() == "“labdesk serve” did not come up: no disk."
        assert ends.count == 0
        click(sheet.cancel_button)
        assert not sheet.isVisible()

    play(tmp_path, story)


# --- with real processes --------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the processes' own."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    return tmp_path


def commanded(desk: Desk) -> list[str]:
    """The product's own command, on the simulated engine."""
    command = serve_command(desk.settings)
    return [*command[: command.index("--engine")], "--engine", "simulated"]


def has_ended(pid: int) -> bool:
    """True when a child process is no more; it is fetched, so that nothing is left of it."""
    return os.waitpid(pid, os.WNOHANG)[0] == pid


def test_labdesk_serve_really_takes_over_and_outlives_the_desk(home: Path) -> None:
    pids: list[int] = []

    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=60)
        lock = ProcessLock(world.desk.store.path)
        await HandOver(world.desk, commanded(world.desk)).run_async()
        holder = lock.holder()
        assert holder is not None
        assert holder.role == "serve"
        pids.append(holder.pid)
        assert world.desk.mode is DeskMode.OBSERVING
        # What this window still asks for, the other process does.
        await world.desk.commands.start_now_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") in ("PROVISIONING", "FAILED"), 60)

    try:
        play(home, story)
        assert not has_ended(pids[0])
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) in (0, 120)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('There is no room.')", "“labdesk serve” did not come up: There is no room."),
        ("", "“labdesk serve” did not come up."),
    ],
)
def test_a_process_that_does_not_come_up_changes_nothing(program: str, said: str, home: Path) -> None:
    async def story(world: WindowWorld) -> None:
        with pytest.raises(HandOverError) as caught:
            await HandOver(world.desk, [sys.executable, "-c", program]).run_async()
        assert caught.value.message == said
        assert world.desk.mode is DeskMode.ACTING
        await world.create_running("Ada Lovelace")

    play(home, story)


def test_a_program_that_is_not_there_changes_nothing(home: Path) -> None:
    async def story(world: WindowWorld) -> None:
        with pytest.raises(HandOverError) as caught:
            await HandOver(world.desk, [str(home / "no-program")]).run_async()
        assert caught.value.message == "No such file or directory; nothing was changed."
        assert world.desk.mode is DeskMode.ACTING

    play(home, story)


def test_where_nobody_takes_over_this_desk_acts_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: WindowWorld) -> None:
        monkeypatch.setattr(hand_over, "_TAKE_OVER_SECONDS", 0.3)
        idle = "import time; print('2026-11-23 10:00:00  LabDesk: Waits.', flush=True); time.sleep(600)"
        with pytest.raises(HandOverError) as caught:
            await HandOver(world.desk, [sys.executable, "-c", idle]).run_async()
        assert "did not take over" in caught.value.message
        assert world.desk.mode is DeskMode.ACTING
        await world.create_running("Ada Lovelace")

    play(home, story)


WINDOW = """
import sys
from pathlib import Path
from labdesk.config import DeskSettings, EngineKind
from labdesk.ui import app
from labdesk.ui.closing.closing import Closing
Closing.ask = lambda self: print("asked", flush=True)
begin = app._Application._start_async
async def start(self):
    await begin(self)
    print("stands", flush=True)
    if sys.argv[2] == "close":
        self._window.close()
app._Application._start_async = start
sys.exit(app.run_window(DeskSettings(store=Path(sys.argv[1]), engine=EngineKind.SIMULATED)))
"""


@pytest.mark.parametrize("how", ["close", "signal"])
def test_the_cross_asks_and_sigterm_closes_without_asking(how: str, home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WINDOW, str(home / "desk.db"), how], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == "stands\n"
        if how == "close":
            assert said.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        assert said.read() == ""
    assert process.wait(60) == 0
