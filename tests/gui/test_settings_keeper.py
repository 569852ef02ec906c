"""The settings file as the Settings page reads and writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labdesk.config import DeskSettings, read_settings_file, write_settings_file
from labdesk.resource.errors import InvalidResourceError
from labdesk.ui.app import _settings_file
from labdesk.ui.pages.settings.inputs import bytes_of_mib, mib_text, number_of
from labdesk.ui.settings_keeper import SettingsKeeper


def keeper_of(tmp_path: Path, **environ: str) -> SettingsKeeper:
    return SettingsKeeper(tmp_path / "settings.json", environ)


def test_without_a_file_everything_is_its_default(tmp_path: Path) -> None:
    keeper = keeper_of(tmp_path)
    assert set(keeper.keys) == set(DeskSettings.model_fields)
    assert all(keeper.is_default(key) for key in keeper.keys)


def test_what_is_put_is_in_the_file_and_what_is_the_default_is_not(tmp_path: Path) -> None:
    keeper = keeper_of(tmp_path)
    told: list[list[str]] = []
    keeper.changed.connect(told.append)
    keeper.put({"keep_days": 30})
    keeper.put({"docker_host": "tcp://server:2375"})
    assert read_settings_file(tmp_path / "settings.json") == {"keep_days": 30, "docker_host": "tcp://server:2375"}
    keeper.put({"keep_days": 90})
    assert read_settings_file(tmp_path / "settings.json") == {"docker_host": "tcp://server:2375"}
    assert told == [["keep_days"], ["docker_host"], ["keep_days"]]


def test_what_others_wrote_into_the_file_stays(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"future": 1, "keep_days": 7}', "utf-8")
    keeper = keeper_of(tmp_path)
    assert keeper.value("keep_days") == 7
    keeper.put({"theme": "dark"})
    assert json.loads((tmp_path / "settings.json").read_text("utf-8")) == {
        "future": 1, "keep_days": 7, "theme": "dark",
    }  # fmt: skip


def test_the_desk_reads_what_is_put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labdesk.config.settings_path", lambda: tmp_path / "settings.json")
    for name in ("DOCKER_HOST", "LABDESK_KEEP_DAYS", "LABDESK_STORE"):
        monkeypatch.delenv(name, raising=False)
    keeper = keeper_of(tmp_path)
    keeper.put({"docker_host": "tcp://server:2375", "keep_days": 30, "store": str(tmp_path / "other.db")})
    settings = DeskSettings()
    assert (settings.docker_host, settings.keep_days, settings.store) == (
        "tcp://server:2375", 30, tmp_path / "other.db",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("keep_days", "soon", "must be a whole number, not 'soon'"),
        ("keep_days", 0, "must be at least 1, not 0"),
        ("watch_interval", 100, "must be at most 60, not 100"),
        ("time_zone", "Mars/Olympus", "is no time zone; write it like Europe/Berlin"),
        ("first_port", 80, "must be at least 1024, not 80"),
        ("last_port", 19_000, "must not be below the first port (20000), but is 19000"),
        ("first_port", 40_000, "must not be below the first port (40000), but is 29999"),
        ("access_mode", "everybody", "must be 'only-me' or 'my-network', not 'everybody'"),
    ],
)
def test_a_wrong_value_is_refused_in_the_words_of_the_model(tmp_path: Path, key: str, value: Any, said: str) -> None:
    assert said in keeper_of(tmp_path).problem(key, value)


def test_a_right_value_has_no_problem(tmp_path: Path) -> None:
    keeper = keeper_of(tmp_path)
    assert keeper.problem("time_zone", "Europe/Berlin") == ""
    assert keeper.problem("watch_interval", 0.5) == ""


def test_a_reset_is_taken_back_exactly(tmp_path: Path) -> None:
    keeper = keeper_of(tmp_path)
    keeper.put({"keep_days": 30, "theme": "dark"})
    former = keeper.reset(keeper.keys)
    assert keeper.is_default("keep_days")
    assert keeper.is_default("theme")
    keeper.restore(former)
    assert (keeper.value("keep_days"), keeper.value("theme")) == (30, "dark")


def test_what_holds_from_the_next_start_is_told_until_it_is_back(tmp_path: Path) -> None:
    keeper = keeper_of(tmp_path)
    keeper.put({"keep_days": 30, "theme": "dark"})
    assert keeper.waits_for_start("keep_days")
    assert not keeper.waits_for_start("theme")
    keeper.reset(["keep_days"])
    assert not keeper.waits_for_start("keep_days")


def test_what_the_environment_sets_is_known_by_its_variable(tmp_path: Path) -> None:
    keeper = keeper_of(tmp_path, DOCKER_HOST="tcp://a:1", LABDESK_STORE="/x.db", LABDESK_THEME="")
    assert keeper.given_by("docker_host") == "DOCKER_HOST"
    assert keeper.given_by("store") == "LABDESK_STORE"
    assert keeper.given_by("theme") == ""


def test_a_file_that_cannot_be_read_or_written_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{", "utf-8")
    keeper = keeper_of(tmp_path)
    assert "settings file cannot be read" in keeper.trouble
    with pytest.raises(InvalidResourceError, match="cannot be read"):
        keeper.put({"theme": "dark"})
    assert file.read_text("utf-8") == "{"
    lost = SettingsKeeper(tmp_path / "settings.json" / "below.json", {})
    with pytest.raises(InvalidResourceError):
        lost.put({"theme": "dark"})


def test_memory_is_typed_in_mib_and_kept_in_bytes() -> None:
    assert bytes_of_mib("512") == 512 * 2**20
    assert bytes_of_mib("lots") == "lots"
    assert mib_text(2**29) == "512"
    assert number_of("0.5") == 0.5
    assert number_of("30") == 30


def test_the_demo_forgets_the_settings_that_are_changed_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labdesk.ui.app.settings_path", lambda: tmp_path / "mine.json")
    write_settings_file(tmp_path / "mine.json", {"density": "compact"})
    (tmp_path / "demo").mkdir()
    settings = DeskSettings(store=tmp_path / "demo" / "demo.db")
    demo = SettingsKeeper(_settings_file(settings, demo=True), {})
    assert demo.value("density") == "compact"
    demo.put({"theme": "dark"})
    assert read_settings_file(tmp_path / "mine.json") == {"density": "compact"}
    SettingsKeeper(_settings_file(settings, demo=False), {}).put({"theme": "dark"})
    assert read_settings_file(tmp_path / "mine.json") == {"density": "compact", "theme": "dark"}
