"""While no engine answers: what needs it says why it waits, also in the command field; planning works on."""

from __future__ import annotations

from pathlib import Path

from labdesk.engines.service import EngineUnavailable
from labdesk.engines.simulation import Operation
from tests.gui.page_world import until
from tests.gui.window_world import WindowWorld, play

SENTENCE = "Docker is not running; start it."


def take_engine_away(world: WindowWorld) -> None:
    """Let every question fail until `bring_engine_back`."""
    world.engine.faults.probability = dict.fromkeys(Operation, 1.0)
    world.desk.engine_monitor.report_failure(EngineUnavailable(SENTENCE))


def bring_engine_back(world: WindowWorld) -> None:
    world.engine.faults.probability = {}
    world.desk.engine_monitor.retry_now()


def said_in_the_command_field(world: WindowWorld, text: str, title: str) -> str:
    found = {suggestion.title: suggestion for suggestion in world.window.finder.find(text)}
    assert not found[title].possible
    return found[title].remark


def test_a_terminal_waits_for_the_engine_and_says_so(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        shell = world.window.actions_registry.action("lab.shell")
        link = world.labs.inspector.details.shell_link
        assert shell.isEnabled()
        assert link.isEnabled()
        take_engine_away(world)
        await until(lambda: not shell.isEnabled())
        why = "The engine does not answer; the terminal can be opened when it does"
        assert world.window.actions_registry.why_not("lab.shell") == why
        assert said_in_the_command_field(world, "open terminal", "Open terminal") == why
        assert not link.isEnabled()
        assert link.toolTip() == why
        bring_engine_back(world)
        await until(shell.isEnabled)
        assert link.isEnabled()

    play(tmp_path, story)


def test_a_pull_waits_for_the_engine_and_says_so(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        world.window.show_page("templates", "default/web")
        pull = world.window.actions_registry.action("template.pull")
        await until(pull.isEnabled)
        take_engine_away(world)
        await until(lambda: not pull.isEnabled())
        why = "The engine does not answer; the image can be pulled when it does"
        assert said_in_the_command_field(world, "pull image", "Pull image") == why

    play(tmp_path, story)


def test_labs_are_planned_started_and_run_again_as_soon_as_it_answers(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        await world.desk.commands.stop_async([world.row("Ada Lovelace").key])
        await until(lambda: world.phase("Ada Lovelace") == "COMPLETED")
        take_engine_away(world)
        await until(world.window.banner.isVisible)
        await world.create("Grace Hopper", minutes_from_now=30)
        world.choose("Grace Hopper")
        world.trigger("lab.start_now")
        await until(lambda: "Grace Hopper's lab starts as soon as the engine answers" in world.toasts)
        world.choose("Ada Lovelace")
        world.trigger("lab.run_again")
        await until(lambda: "Ada Lovelace's lab runs again as soon as the engine answers" in world.toasts)
        bring_engine_back(world)
        await until(lambda: {world.phase("Ada Lovelace"), world.phase("Grace Hopper")} == {"RUNNING"})

    play(tmp_path, story)


def test_the_log_of_a_running_lab_stays_and_goes_on_when_it_answers(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        log = world.labs.inspector.details.log
        world.trigger("lab.logs")
        await until(log.text.toPlainText)
        shown = log.text.toPlainText()
        world.engine.faults.script(Operation.LOGS, EngineUnavailable(SENTENCE), times=1)
        lab = await world.lab("Ada Lovelace")
        log.show_lab(lab)
        await until(lambda: log.note == "The engine does not answer; the log goes on when it does")
        take_engine_away(world)
        bring_engine_back(world)
        await until(lambda: log.text.toPlainText().startswith(shown.splitlines()[0]))
        assert log.note == "The last 200 lines, following"

    play(tmp_path, story)
