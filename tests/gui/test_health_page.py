"""The Health page over a whole desk."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics

from labdesk.desk import METRICS_KEY, DeskMode
from labdesk.engines.service import EngineUnavailable
from labdesk.labs.students import Student
from labdesk.store.errors import StoreError
from labdesk.ui.pages.health.cards import MetricsCard
from labdesk.ui.pages.health.fact_rows import FactRows
from labdesk.ui.pages.health.page import HealthPage
from labdesk.ui.pages.health.snapshot import RecordedError
from labdesk.ui.pages.health.source import DeskHealth
from labdesk.ui.pages.health.wording import controller_labels, scheduler_labels, watcher_labels
from labdesk.ui.theme import ThemeMode
from tests.gui.page_world import PageWorld, click, play, press, show, until

pytestmark = pytest.mark.usefixtures("qtbot")

METRICS = [
    "watch_loop_iterations",
    "changes_detected",
    "events_published",
    "cache_hit_ratio",
    "average_poll_duration",
    "reconciliations_total",
    "reconciliations_successful",
    "reconciliations_failed",
    "reconciliations_requeued",
    "average_reconciliation_time",
    "scheduler_loop_iterations",
    "resources_processed",
    "state_transitions",
    "cleanup_operations",
    "average_loop_duration",
]


async def open_page(world: PageWorld) -> HealthPage:
    page = HealthPage(world.context, DeskHealth(world.desk))
    await show(world, page)
    page.activate()
    await until(lambda: page.snapshot is not None)
    return page


def facts(rows: FactRows) -> dict[str, str]:
    return {fact.name: fact.value for fact in rows.facts}


def test_every_metric_has_a_name_that_people_read(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        labels = [*watcher_labels(), *controller_labels(), *scheduler_labels()]
        assert sorted(label.name for label in labels) == sorted(METRICS)
        shown = [fact for card in page.metrics for fact in card.facts.facts]
        assert len(shown) == len(METRICS)
        assert all(fact.value != "—" for fact in shown)

    play(tmp_path, story)


def test_what_happens_is_counted_while_one_looks(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        await world.add_templates("shell")
        await world.desk.commands.create_labs_async("shell", [Student("ada@example.edu")], None, 60)
        watcher: MetricsCard = page.metrics[0]
        await until(lambda: int(facts(watcher.facts)["Changes seen"]) >= 4)
        assert int(facts(page.store.facts)["Revision"]) >= 4
        assert page.store.pill.word == "This window acts"
        assert facts(page.store.facts)["File"].endswith("desk.db")
        assert [row.text for row in page.loops.beats.rows] == ["Watcher", "Scheduler", "Controller"]
        assert facts(page.engine.facts)["Memory booked"].startswith("512 MiB of ")

    play(tmp_path, story)


def test_it_is_read_only_while_it_is_shown(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        page.deactivate()
        before = page.snapshot
        await world.add_templates("shell")
        assert page.snapshot is before
        page.activate()
        await until(lambda: page.snapshot is not before)
        page.close_page()

    play(tmp_path, story)


def test_an_engine_that_is_gone_is_said_first(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        await until(lambda: page.engine.pill.word == "Reachable")
        assert page.verdict == "Everything works."
        world.desk.engine_monitor.report_failure(EngineUnavailable("The engine does not answer; start Docker."))
        page.activate()
        await until(lambda: page.engine.pill.word == "Not reachable")
        assert page.verdict == "Needs attention: the engine does not answer."
        world.desk.engine_monitor.retry_now()
        await until(lambda: page.engine.pill.word == "Reachable")

    play(tmp_path, story)


def test_diagnostics_are_copied_without_the_password_of_any_lab(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        await world.add_templates("shell")
        (lab,) = await world.desk.commands.create_labs_async("shell", [Student("ada@example.edu")], None, 60)
        await until(lambda: world.desk.secrets.password_for(lab.metadata.uid))
        click(page.copy_button)
        await until(lambda: world.desktop.copied)
        world.context.actions.action("health.copy_diagnostics").trigger()
        await until(lambda: len(world.desktop.copied) == 2)
        text = world.desktop.copied[-1]
        assert "reconciliations_total" in text
        assert "simulated engine" in text
        assert (world.desk.secrets.password_for(lab.metadata.uid) or "?") not in text
        assert "ada@example.edu" not in text

    play(tmp_path, story)


def test_an_observer_says_whose_numbers_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        monkeypatch.setattr(world.desk, "mode", DeskMode.OBSERVING)
        page.activate()
        await until(lambda: page.store.pill.word == "Observing")
        assert "Counted by the process that acts" in page.verdict
        booked = next(fact for fact in page.engine.facts.facts if fact.name == "Memory booked")
        assert booked.value == "the acting process knows"
        monkeypatch.undo()

    play(tmp_path, story)


def test_a_store_that_cannot_be_read_is_told_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)

        async def refuse() -> object:
            raise StoreError("The store cannot be read; check the disk.")

        with monkeypatch.context() as patch:
            patch.setattr(world.desk.store, "statistics_async", refuse)
            page.activate()
            await until(lambda: page.problem.isVisible())
        assert page.problem.text == "The store cannot be read; check the disk."
        await until(lambda: not page.problem.isVisible())

    play(tmp_path, story)


def tell(world: PageWorld, *samples: dict[str, float]) -> None:
    """Let the acting desk tell its metrics, one sample every five seconds from now."""
    now = world.desk.clock.now()
    for place, values in enumerate(samples):
        world.desk.tell_metrics(now + timedelta(seconds=5 * place + 5), values)


async def with_plot(world: PageWorld) -> HealthPage:
    page = await open_page(world)
    await until(lambda: page.chart.plot is not None)
    return page


def test_every_metric_has_its_recent_course_beside_it(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        tell(world, *(dict.fromkeys(METRICS, 10.0 * step) for step in range(3)))
        page.activate()
        await until(lambda: page.metrics[0].facts.courses["watch_loop_iterations"].known[-1:] == (120.0,))
        shown = {name: course for card in page.metrics for name, course in card.facts.courses.items()}
        assert sorted(shown) == sorted(METRICS)
        assert all(len(course.known) >= 2 for course in shown.values())
        said = page.metrics[1].facts.accessibleDescription()
        assert "Reconciliations: 0. Now 120 a minute · lowest " in said

    play(tmp_path, story)


def test_what_is_there_when_the_page_is_first_seen_fits_into_it(tmp_path: Path) -> None:
    """What the cards need is known only once they have rows: the chart had taken it all, and made the page scroll."""

    async def story(world: PageWorld) -> None:
        world.window.resize(1_200, 740)
        page = await open_page(world)
        await until(lambda: page.body.height() == page.height() >= page.body.minimumSizeHint().height())

    play(tmp_path, story)


def test_the_chart_takes_what_a_high_page_has_left_and_says_only_its_ends_where_it_is_low(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await with_plot(world)
        plot = page.chart.plot
        assert plot is not None
        tell(world, *({"reconciliations_total": 10.0 * step} for step in range(3)))
        page.activate()
        await until(plot.isVisible)
        world.window.resize(1_600, 1_400)
        page.resize(1_600, 1_180)
        await until(lambda: plot.height() > 500)
        assert page.body.height() == page.height()
        assert plot.scale_words == ["0", "100", "200"]
        page.resize(1_600, 500)
        await until(lambda: plot.scale_words == ["0", "", "200"])
        page.resize(1_600, 1_180)
        await until(lambda: plot.scale_words == ["0", "100", "200"])

    play(tmp_path, story)


def test_a_simulated_engine_has_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        assert facts(page.engine.facts)["Address"] == "none: it is simulated"

    monkeypatch.setenv("LABDESK_ENGINE", "simulated")
    monkeypatch.setenv("DOCKER_HOST", "tcp://nowhere:2375")
    play(tmp_path, story)


def test_names_are_cut_last_where_there_is_little_room(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        rows = page.metrics[0].facts
        await until(lambda: rows.courses)
        metrics = QFontMetrics(world.context.theme.fonts.body)
        widest = max(metrics.horizontalAdvance(fact.name) for fact in rows.facts)
        rows.resize(widest + 140, rows.height())
        narrow = rows.line_room
        rows.resize(widest + 300, rows.height())
        assert 24 <= narrow < rows.line_room == 72

    play(tmp_path, story)


def test_a_long_error_is_told_whole(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        assert page.snapshot is not None
        message = "The container ended before it answered at its port; look at its log to see what it said last."
        errors = tuple(RecordedError(page.snapshot.taken_at, f"loop {n}", message) for n in range(7))
        page.show_snapshot(replace(page.snapshot, errors=errors))
        assert page.errors.rows.texts == [message] * 5
        await until(lambda: page.errors.rows.height() > 5 * 3 * world.context.theme.line_height("body"))
        page.show_snapshot(replace(page.snapshot, errors=()))
        assert page.errors.rows.texts == []

    play(tmp_path, story)


def test_there_are_no_axes_around_nothing(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await with_plot(world)
        assert page.snapshot is not None
        page.deactivate()
        page.show_snapshot(replace(page.snapshot, samples=()))
        assert page.chart.plot is not None
        assert not page.chart.plot.isVisible()
        assert page.chart.said == "Its course appears here within half a minute."

    play(tmp_path, story)


def test_the_queue_has_a_course_too(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        tell(world, {}, {})
        page.activate()
        await until(lambda: len(page.loops.queue.courses) == 3)
        page.choose("ready")
        assert page.chart.accessibleName() == "Queue: Ready to be looked at"
        await until(lambda: page.chart.said.startswith("Now "))

    play(tmp_path, story)


def test_a_click_and_the_arrow_keys_choose_what_is_drawn_large(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await with_plot(world)
        assert page.chart.accessibleName() == "Controller: Reconciliations"
        rows = page.metrics[0].facts
        click(rows, QPoint(20, rows.height() // 10))
        assert page.chart.accessibleName() == "Watcher: Passes"
        press(rows, Qt.Key.Key_Down)
        assert page.chart.accessibleName() == "Watcher: Changes seen"
        press(page.chart, Qt.Key.Key_Up)
        press(page.chart, Qt.Key.Key_Up)
        assert page.chart.accessibleName() == "Queue: Waiting for their time"
        assert world.context.memory.get("health.metric", "") == "delayed"

    play(tmp_path, story)


def test_the_chart_says_and_draws_the_chosen_course(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await with_plot(world)
        page.choose("average_poll_duration")
        tell(world, *({"average_poll_duration": value} for value in (0.004, 0.25, 0.012)))
        page.activate()
        await until(lambda: page.chart.said.endswith("· highest 250 ms"))  # the desk's own may be 12 ms too
        assert page.chart.said.startswith("Now 12 ms · lowest ")
        assert page.chart.accessibleDescription() == page.chart.said
        plot = page.chart.plot
        assert plot is not None
        ages, values = plot.points
        assert values[-3:] == [0.004, 0.25, 0.012]
        assert ages[-3:] == pytest.approx([-10, -5, 0], abs=0.1)

    play(tmp_path, story)


def test_the_chart_has_the_themes_colours(tmp_path: Path) -> None:
    async def story(world: PageWorld) -> None:
        page = await with_plot(world)
        plot = page.chart.plot
        assert plot is not None
        for mode in (ThemeMode.DARK, ThemeMode.LIGHT):
            world.theme.set_mode(mode)
            colors = world.theme.colors
            assert plot.ground == colors.surface
            picture = plot.grab().toImage()
            assert picture.pixelColor(picture.width() // 2, 14) == colors.surface

    play(tmp_path, story)


def test_an_observer_draws_what_the_acting_process_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: PageWorld) -> None:
        page = await open_page(world)
        page.choose("average_loop_duration")
        page.deactivate()
        with monkeypatch.context() as patch:
            patch.setattr(world.desk, "mode", DeskMode.OBSERVING)
            for step, value in enumerate((0.5, 0.75)):
                at = world.desk.clock.now() + timedelta(seconds=60 + 5 * step)
                left = {"at": at.isoformat(), "values": {"average_loop_duration": value}}
                await world.desk.store.meta.set_async(METRICS_KEY, left)
                page.activate()
                await until(lambda value=value: f"Now {value * 1000:g} ms" in page.chart.said)
            page.deactivate()
        assert page.chart.said.endswith("highest 750 ms")

    play(tmp_path, story)


def test_the_library_of_the_charts_is_not_loaded_before_the_page_is_shown() -> None:
    """It costs a third of a second and 50 MiB."""
    program = (
        "import sys, labdesk.resource.model, PySide6.QtCore, labdesk.ui.app, labdesk.ui.assembly\n"
        "assert 'labdesk.ui.pages.health.page' in sys.modules\n"
        "sys.exit('pyqtgraph' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
