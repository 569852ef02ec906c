"""The Settings page, as an instructor uses it."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from labdesk.config import AccessMode, read_settings_file
from labdesk.engines.service import EngineInfo, EngineUnavailable
from labdesk.labs.students import Student
from labdesk.ui.pages.settings.engine_row import EngineInput
from labdesk.ui.pages.settings.inputs import ChoiceInput, TextInput
from labdesk.ui.pages.settings.page import SettingsPage
from labdesk.ui.pages.settings.row import PlainRow
from labdesk.ui.pages.settings.user_service import UserService, unit_source
from labdesk.ui.theme import ThemeMode
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.scroll_column import ScrollColumn
from tests.gui.page_world import at_rest, click, focusable, press, until, write
from tests.gui.test_settings_service import Systemd
from tests.gui.window_world import WindowWorld, play


@pytest.fixture(autouse=True)
def _no_engine_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tests' own engine listens is no setting of this desk's."""
    monkeypatch.delenv("DOCKER_HOST", raising=False)


async def open_page(world: WindowWorld, systemd: Systemd | None = None) -> SettingsPage:
    world.window.frames["settings"].make()
    page = world.window.page("settings")
    assert isinstance(page, SettingsPage)
    folder = world.desk.settings.store.parent / "units"
    page.service.use(UserService(unit_source(), folder, ["labdesk", "serve"], (systemd or Systemd()).run))
    world.window.show_page("settings")
    await until(page.service.switch.isEnabled)
    return page


def stored(tmp_path: Path) -> dict[str, Any]:
    return read_settings_file(tmp_path / "settings.json")


def field(page: SettingsPage, key: str) -> QWidget:
    control = page.settings[key].control
    assert isinstance(control, TextInput)
    return control.field


def retype(page: SettingsPage, key: str, text: str) -> None:
    """Replace what a field says by typing, and go on with Tab."""
    edit = field(page, key)
    edit.setFocus()
    press(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(edit, Qt.Key.Key_Delete)
    write(edit, text)
    press(edit, Qt.Key.Key_Return)


def choose(page: SettingsPage, key: str, value: str) -> None:
    control = page.settings[key].control
    assert isinstance(control, ChoiceInput)
    click(control.tabs.button(value))


def note(page: SettingsPage, key: str) -> str:
    return page.settings[key].row.note


def every_row(page: SettingsPage) -> list[PlainRow]:
    return [row for section in page.sections for row in section.rows]


def shown_rows(page: SettingsPage) -> list[str]:
    return [row.title for row in every_row(page) if row.isVisibleTo(page)]


def test_theme_rows_zone_and_access_hold_at_once_and_are_kept(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        page = await open_page(world)
        context = page.context
        choose(page, "theme", "dark")
        assert context.theme.mode is ThemeMode.DARK
        choose(page, "density", "compact")
        assert context.theme.is_compact
        choose(page, "access_mode", "my-network")
        assert world.desk.settings.access_mode is AccessMode.MY_NETWORK
        before = world.labs.model.data(world.labs.model.index(0, 3))
        retype(page, "time_zone", "Asia/Tokyo")
        world.window.show_page("labs")
        assert world.labs.model.data(world.labs.model.index(0, 3)) != before
        assert stored(tmp_path) == {
            "theme": "dark", "density": "compact", "access_mode": "my-network", "time_zone": "Asia/Tokyo",
        }  # fmt: skip
        assert not page.banner.isVisible()
        rows = page.findChild(ScrollColumn)
        assert rows is not None
        assert rows.geometry().bottom() == page.rect().bottom()  # no bare strip where nothing is told

    play(tmp_path, story)


def test_who_may_open_labs_is_shown_as_it_was_chosen_in_the_welcome(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        world.window.show_page("labs")
        await world.desk.commands.delete_async([template.key for template in world.assembly.shelf.templates])
        welcome = world.assembly.welcome
        await until(lambda: welcome.isVisible() and bool(welcome.sample_cards))
        click(welcome.access_cards[AccessMode.MY_NETWORK])
        click(welcome.add_button)
        await until(lambda: world.labs.isVisible() and not world.labs.is_welcoming)
        assert world.desk.settings.access_mode is AccessMode.MY_NETWORK
        assert stored(tmp_path) == {"access_mode": "my-network"}
        world.window.show_page("settings")
        control = page.settings["access_mode"].control
        assert isinstance(control, ChoiceInput)
        assert control.tabs.current == "my-network"
        click(page.settings["access_mode"].row.reset_button)
        assert world.desk.settings.access_mode is AccessMode.ONLY_ME

    play(tmp_path, story)


def test_another_zone_holds_at_once_in_all_that_the_window_shows(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        await world.create("Ada Lovelace", minutes_from_now=30)
        world.window.show_page("labs", world.row("Ada Lovelace").uid)
        world.labs.inspector.details.open("spec")
        spec = world.labs.inspector.details.spec
        lab, (event,) = await world.lab("Ada Lovelace"), await world.desk.store.journal.latest_async(1)
        assert lab.spec.scheduled_start is not None

        def strip_texts() -> set[str]:
            return {label.text() for label in world.labs.strip.findChildren(Label)}

        times, clock = world.assembly.context.times, world.desk.clock
        await until(lambda: times.clock_seconds(event.time) in strip_texts())
        page, before = await open_page(world), clock.now()
        retype(page, "time_zone", "Asia/Tokyo")
        labels = {label.text() for label in world.window.findChildren(Label)}
        assert {times.date_and_clock(before), times.date_and_clock(clock.now())} & labels
        assert times.clock_seconds(event.time) in strip_texts()
        assert spec.form.start.text == times.wall_clock(times.local(lab.spec.scheduled_start).replace(tzinfo=None))
        assert "Asia/Tokyo" in spec.form.fields["spec.scheduledStart"].hint
        assert not spec.is_dirty

    play(tmp_path, story)


def test_opening_access_tells_how_many_planned_labs_would_fail_and_the_way_out(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        choose(page, "access_mode", "my-network")
        assert note(page, "access_mode") == ""
        choose(page, "access_mode", "only-me")
        await world.desk.commands.apply_async(
            "apiVersion: labdesk/v1\nkind: LabTemplate\nmetadata: {name: tiny-web}\n"
            "spec: {image: 'busybox:1.36', ports: [{name: http, containerPort: 80}]}"
        )
        people = [Student("ada@example.edu"), Student("grace@example.edu")]
        start = world.clock.now() + timedelta(hours=20)
        await world.desk.commands.create_labs_async("tiny-web", people, start, 60)
        await world.create("Alan Turing", minutes_from_now=30)
        await until(lambda: len(world.labs.model.rows()) == 3 and world.assembly.shelf.template("default/tiny-web"))
        choose(page, "access_mode", "my-network")
        assert note(page, "access_mode") == (
            "2 planned labs would fail at their start: their template asks for no password (tiny-web). Use "
            "{{lab.password}} in its env or command before then, or choose Only me."
        )
        choose(page, "access_mode", "only-me")
        assert note(page, "access_mode") == ""

    play(tmp_path, story)


def test_another_zone_holds_at_once_for_the_steps_of_a_lab_s_life(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        def hours() -> set[str]:
            told = " ".join(row.remark for row in world.labs.inspector.life.rows)
            return set(re.findall(r"\b(\d\d):\d\d", told))

        await world.create_running("Ada Lovelace")
        world.choose("Ada Lovelace")
        await until(lambda: bool(hours()))
        page = await open_page(world)
        before = hours()
        retype(page, "time_zone", "Asia/Tokyo")
        assert not hours() & before

    play(tmp_path, story)


def test_a_zone_is_found_by_a_part_of_its_name(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        zone = page.settings["time_zone"].control
        assert isinstance(zone, TextInput)
        zone.field.setFocus()
        completer = zone.field.completer()
        assert completer is not None
        write(zone.field, "okyo")
        assert completer.currentCompletion() == "Asia/Tokyo"
        completer.activated.emit("Asia/Tokyo")
        assert stored(tmp_path) == {"time_zone": "Asia/Tokyo"}

    play(tmp_path, story)


def test_what_needs_a_new_start_says_so(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        retype(page, "keep_days", "30")
        assert stored(tmp_path) == {"keep_days": 30}
        assert note(page, "keep_days") == "Takes effect when LabDesk is started again."
        assert page.banner.text == "1 change takes effect when LabDesk is started again."
        retype(page, "reserve_memory", "1024")
        assert stored(tmp_path)["reserve_memory"] == 2**30
        assert page.banner.text.startswith("2 changes")

    play(tmp_path, story)


def test_a_wrong_value_is_told_while_it_is_typed_and_never_kept(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        edit = field(page, "keep_days")
        edit.setFocus()
        write(edit, "x")
        assert note(page, "keep_days") == "Must be a whole number, not 'x90'."
        press(edit, Qt.Key.Key_Return)
        assert stored(tmp_path) == {}
        retype(page, "keep_days", "0")
        assert note(page, "keep_days") == "Must be at least 1, not 0."
        retype(page, "keep_days", "90")
        assert note(page, "keep_days") == ""
        retype(page, "last_port", "100")
        assert "Must be at least 1024" in note(page, "last_port")

    play(tmp_path, story)


def test_a_wrong_value_stays_to_be_mended_while_others_are_changed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        retype(page, "keep_days", "0")
        retype(page, "cleanup_interval", "30")
        assert stored(tmp_path) == {"cleanup_interval": 30.0}
        assert (field(page, "keep_days").text(), note(page, "keep_days")) == ("0", "Must be at least 1, not 0.")
        world.trigger("settings.reset_all")
        assert (field(page, "keep_days").text(), note(page, "keep_days")) == ("90", "")

    play(tmp_path, story)


def test_both_ports_can_be_raised_in_any_order(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        retype(page, "first_port", "40000")
        assert "must not be below the first port" in note(page, "first_port").lower()
        retype(page, "last_port", "50000")
        assert stored(tmp_path) == {"first_port": 40000, "last_port": 50000}

    play(tmp_path, story)


def test_one_setting_and_all_of_them_are_reset_with_a_way_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        row = page.settings["keep_days"].row
        assert not row.reset_button.isVisible()
        assert not page.reset_all_button.isEnabled()
        retype(page, "keep_days", "30")
        choose(page, "theme", "dark")
        click(row.reset_button)
        assert world.toasts == ["Keep events for reset"]
        assert stored(tmp_path) == {"theme": "dark"}
        world.click_undo()
        assert stored(tmp_path) == {"theme": "dark", "keep_days": 30}
        click(page.reset_all_button)
        assert world.toasts == ["All settings reset"]
        assert stored(tmp_path) == {}
        assert page.context.theme.mode is ThemeMode.SYSTEM
        world.click_undo()
        assert page.context.theme.mode is ThemeMode.DARK
        assert field(page, "keep_days").text() == "30"  # type: ignore[attr-defined]

    play(tmp_path, story)


def test_rows_made_compact_elsewhere_are_the_same_setting(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        page.context.theme.set_compact(True)
        control = page.settings["density"].control
        assert isinstance(control, ChoiceInput)
        assert control.tabs.current == "compact"
        assert stored(tmp_path) == {"density": "compact"}

    play(tmp_path, story)


def test_the_engine_s_address_is_tested_before_it_is_kept(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        asked: list[str] = []

        async def ask(address: str) -> EngineInfo:
            asked.append(address)
            if "nowhere" in address:
                raise EngineUnavailable("there is no connection to Docker at tcp://nowhere:1")
            return EngineInfo("id", "server", "27.3.1", 2 * 2**30, 4)

        page = await open_page(world)
        page.engine_test._ask = ask
        control = page.settings["docker_host"].control
        assert isinstance(control, EngineInput)
        click(control.button)
        await until(lambda: note(page, "docker_host").startswith("server answers"))
        assert note(page, "docker_host") == "server answers: version 27.3.1, 4 processors, 2 GiB of memory."
        write(control.field, "tcp://nowhere:1")
        click(control.button)
        assert note(page, "docker_host") == "Asking …"
        await until(lambda: "no connection" in note(page, "docker_host"))
        assert asked == ["", "tcp://nowhere:1"]

    play(tmp_path, story)


def test_a_test_that_is_given_up_says_nothing_later(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        ended: list[bool] = []

        async def ask(_address: str) -> EngineInfo:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(True)
            raise AssertionError

        page = await open_page(world)
        page.engine_test._ask = ask
        page.engine_test.test("tcp://slow:1")
        await asyncio.sleep(0)
        world.window.show_page("labs")
        await until(lambda: ended == [True])

    play(tmp_path, story)


def test_what_the_environment_gives_cannot_be_changed_here(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        page.keeper._environ = {"LABDESK_KEEP_DAYS"}
        page._in_force["keep_days"] = 7
        page.keeper.put({"theme": "dark"})
        assert not field(page, "keep_days").isEnabled()
        assert page.settings["keep_days"].control.field.text() == "7"
        assert note(page, "keep_days") == "Given by LABDESK_KEEP_DAYS in the environment; change it there."

    play(tmp_path, story)


def test_an_address_given_by_the_environment_can_be_tested_all_the_same(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        asked: list[str] = []

        async def ask(address: str) -> EngineInfo:
            asked.append(address)
            return EngineInfo("id", "server", "27.3.1", 2 * 2**30, 4)

        page = await open_page(world)
        page.engine_test._ask = ask
        page.keeper._environ = {"DOCKER_HOST", "LABDESK_STORE"}
        page._in_force["docker_host"] = "tcp://given:2375"
        page.keeper.put({"theme": "dark"})
        control = page.settings["docker_host"].control
        assert isinstance(control, EngineInput)
        assert not control.field.isEnabled()
        click(control.button)
        await until(lambda: note(page, "docker_host").startswith("server answers"))
        assert asked == ["tcp://given:2375"]
        assert not page.store.choose_button.isEnabled()
        click(page.store.open_button)
        assert world.desktop.opened == [f"file://{tmp_path}"]

    play(tmp_path, story)


def test_searching_leaves_only_what_matches(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        write(page.search.edit, "zone")
        press(page.search.edit, Qt.Key.Key_Return)
        assert shown_rows(page) == ["Time zone"]
        page.search.set_text("ctrl k")
        assert [row.title for row in page.shortcuts.rows if row.isVisibleTo(page)] == ["Search or run a command"]
        page.search.set_text("zebra")
        assert page.none_found.isVisible()
        button = page.none_found.findChild(QAbstractButton)
        assert isinstance(button, QAbstractButton)
        button.click()
        assert len(shown_rows(page)) == len(page.settings) + 1

    play(tmp_path, story)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Down])
def test_enter_and_down_lead_from_the_search_to_the_first_match_and_down_and_up_from_one_to_the_next(
    tmp_path: Path, key: Qt.Key
) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)

        def name() -> str:
            focused = world.window.focusWidget()
            return next((row.title for row in every_row(page) if focused and row.isAncestorOf(focused)), "")

        def onward(key: Qt.Key) -> str:
            press(world.window.focusWidget() or page, key)
            return name()

        world.window.activateWindow()
        await until(world.window.isActiveWindow)
        page.take_focus()
        write(page.search.edit, "network")
        assert onward(key) == "Who may open labs"
        assert stored(tmp_path) == {}
        assert onward(Qt.Key.Key_Escape) == ""
        assert page.search.edit.hasFocus()
        page.search.set_text("keep")
        found = ["When the window is closed while labs run", "Keep labs running with the desk closed"]
        found += ["Memory in reserve", "Keep events for"]
        assert [onward(Qt.Key.Key_Down) for _ in found] == found
        assert onward(Qt.Key.Key_Down) == found[-1]
        assert [onward(Qt.Key.Key_Up) for _ in found] == [*reversed(found[:-1]), ""]
        assert page.search.edit.hasFocus()
        page.search.set_text("ctrl k")
        assert onward(key) == ""

    play(tmp_path, story)


def test_a_wide_page_has_the_shortcuts_beside_the_settings_and_a_search_leaves_no_empty_column(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)

        def places() -> tuple[QPoint, QPoint]:
            return tuple(part.mapTo(page, QPoint(0, 0)) for part in (page.sections[0], page.shortcuts))  # type: ignore[return-value]

        settings, shortcuts = await at_rest(places)
        assert settings.x() == shortcuts.x()
        world.window.resize(2_560, 1_440)
        settings, shortcuts = await at_rest(places)
        assert settings.y() == shortcuts.y()
        assert shortcuts.x() > page.sections[0].width()
        assert page.shortcuts.mapTo(page, page.shortcuts.rect().bottomRight()).x() > 0.9 * page.width()
        page.search.set_text("ctrl k")
        assert (await at_rest(places))[1] == settings
        page.search.set_text("")
        assert await at_rest(places) == (settings, shortcuts)
        world.window.resize(1_024, 768)
        settings, shortcuts = await at_rest(places)
        assert settings.x() == shortcuts.x()
        assert page.columns.width() <= page.width()

    play(tmp_path, story)


@pytest.mark.parametrize("width", [1_024, 1_366, 2_560])
def test_what_stands_above_the_cards_ends_where_they_end_with_a_scroll_bar_and_without(
    tmp_path: Path, width: int
) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)

        def ends(part: QWidget) -> int:
            return part.mapTo(page, part.rect().topRight()).x()

        world.window.resize(width, 768)
        await until(lambda: ends(page.reset_all_button) == ends(page.shortcuts))
        if width < 2_560:  # there, one column is left of two
            page.search.set_text("zone")
            await until(lambda: ends(page.reset_all_button) == ends(page.sections[0]))

    play(tmp_path, story)


def test_a_simulated_engine_has_no_address_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        control = page.settings["docker_host"].control
        assert isinstance(control, EngineInput)
        assert (control.field.text(), control.field.placeholderText()) == ("", "none: the engine is simulated")
        assert not control.field.isEnabled()
        assert not control.button.isEnabled()
        said = "This run works on a simulated engine, which is nowhere: it has no address."
        assert note(page, "docker_host") == said

    monkeypatch.setenv("LABDESK_ENGINE", "simulated")
    monkeypatch.setenv("DOCKER_HOST", "tcp://nowhere:2375")
    play(tmp_path, story)


def test_the_command_field_finds_a_setting_and_goes_there(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        press(world.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        edit = world.window.top_bar.field.edit
        write(edit, "keep events")
        press(edit, Qt.Key.Key_Return)
        assert world.window.current_page == "settings"
        page = world.window.page("settings")
        assert isinstance(page, SettingsPage)
        assert field(page, "keep_days").hasFocus()

    play(tmp_path, story, every_page=True)


def test_every_shortcut_of_the_window_is_listed(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        registry = world.window.actions_registry
        wanted = {spec.text for spec, _ in registry if spec.shortcut} | {note.text for note in registry.noted_keys}
        assert {row.title for row in page.shortcuts.rows} == wanted

    play(tmp_path, story, every_page=True)


def test_the_service_is_turned_on_and_off_and_taken_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        systemd = Systemd()
        page = await open_page(world, systemd)
        click(page.service.switch)
        await until(lambda: world.toasts == ["Labs go on while the desk is closed"])
        assert systemd.enabled
        assert page.service.note.startswith("Running.")
        world.click_undo()
        await until(lambda: "Labs need this window again" in world.toasts)
        assert not systemd.enabled
        systemd.refuses["enable"] = "Unit is masked."
        click(page.service.switch)
        await until(lambda: "systemd refused (Unit is masked)" in page.service.note.replace("Systemd", "systemd"))
        assert not page.service.switch.isChecked()

    play(tmp_path, story)


def test_without_systemd_the_switch_says_why(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        page.service.use(UserService(unit_source(), tmp_path, [], lambda _command: (127, "")))
        page.service.ask()
        await until(lambda: not page.service.switch.isEnabled())
        assert page.service.note.startswith("This computer has no systemd;")

    play(tmp_path, story)


def test_the_store_s_folder_is_opened_and_another_place_is_for_the_next_start(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        click(page.store.open_button)
        assert world.desktop.opened == [f"file://{tmp_path}"]
        click(page.store.choose_button)
        assert page.store.dialog is not None
        page.store.dialog.fileSelected.emit(str(tmp_path / "other.db"))
        page.store.dialog.close()
        assert stored(tmp_path) == {"store": str(tmp_path / "other.db")}
        assert note(page, "store") == "Takes effect when LabDesk is started again."

    play(tmp_path, story)


def test_a_file_that_cannot_be_written_is_told_and_the_old_value_comes_back(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        (tmp_path / "settings.json").write_text("{", "utf-8")
        choose(page, "theme", "dark")
        assert "settings file cannot be read" in world.toasts[0]
        control = page.settings["theme"].control
        assert isinstance(control, ChoiceInput)
        assert control.tabs.current == "system"

    play(tmp_path, story)


def test_tab_reaches_every_part_and_every_part_has_a_name(tmp_path: Path) -> None:
    async def story(world: WindowWorld) -> None:
        page = await open_page(world)
        page.keeper.put({"keep_days": 30})
        nameless = [type(widget).__name__ for widget in focusable(page) if not widget.accessibleName()]
        assert nameless == []
        wanted = set(focusable(page))
        reached: set[QWidget | None] = set()
        for _ in range(3 * len(wanted)):
            current = world.window.focusWidget()
            reached.add(current)
            press(current or world.window, Qt.Key.Key_Tab)
        assert {widget.accessibleName() for widget in wanted - reached} == set()

    play(tmp_path, story)
