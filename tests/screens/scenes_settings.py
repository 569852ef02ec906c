"""The Settings page: as it is at first, changed, searched, and in trouble."""

from __future__ import annotations

from collections.abc import Sequence

from labdesk.engines.service import EngineInfo, EngineUnavailable
from labdesk.ui.pages.settings.inputs import TextInput, ZoneInput
from labdesk.ui.pages.settings.page import SettingsPage
from labdesk.ui.pages.settings.user_service import Run, UserService, unit_source
from tests.screens.scenes import scene
from tests.screens.stage import Stage


def _systemd(command: Sequence[str]) -> tuple[int, str]:
    return 0, {"is-enabled": "enabled", "is-active": "active"}.get(command[2], "")


def _no_systemd(_command: Sequence[str]) -> tuple[int, str]:
    return 1, "Failed to connect to bus: No medium found"


async def _settings(stage: Stage, run: Run = _systemd) -> SettingsPage:
    assert stage.assembly is not None
    page = stage.window.page("settings")
    assert isinstance(page, SettingsPage)
    page.service.use(UserService(unit_source(), page.context.settings.store.parent, [], run))
    page.keeper._defaults["store"] = page.keeper._at_start["store"] = "/home/ada/.local/share/labdesk/labdesk.db"
    page._show_all()
    stage.window.activateWindow()
    stage.window.show_page("settings")
    await stage.settle_async()
    return page


async def _docker(_address: str) -> EngineInfo:
    return EngineInfo("7F3A", "docker-desktop", "27.3.1", 11 * 2**30, 8)


async def _nobody(address: str) -> EngineInfo:
    raise EngineUnavailable(
        f"Docker is not running (nothing answers at {address}): start it with 'sudo systemctl start docker' or open "
        "Docker Desktop; LabDesk then goes on by itself."
    )


@scene("settings")
async def settings(stage: Stage) -> None:
    await _settings(stage)


@scene("settings-changed")
async def settings_changed(stage: Stage) -> None:
    page = await _settings(stage)
    page.keeper.put({"keep_days": 30, "reserve_memory": 2**30, "access_host": "lab.example.edu"})
    page.engine_test._ask = _docker
    page.settings["docker_host"].control.findChildren(type(page.store.open_button))[0].click()
    await stage.settle_async()
    page.show_target("reserve_memory")


@scene("settings-wrong")
async def settings_wrong(stage: Stage) -> None:
    page = await _settings(stage, _no_systemd)
    page.engine_test._ask = _nobody
    page.engine_test.test("tcp://nowhere:2375")
    zone = page.settings["time_zone"].control
    assert isinstance(zone, ZoneInput)
    zone.field.setText("Mars/Olympus")
    zone.typed.emit("Mars/Olympus")
    await stage.settle_async()


@scene("settings-trouble")
async def settings_trouble(stage: Stage) -> None:
    page = await _settings(stage, _no_systemd)
    page.engine_test._ask = _nobody
    page.engine_test.test("tcp://nowhere:2375")
    port = page.settings["first_port"].control
    assert isinstance(port, TextInput)
    port.field.setText("80")
    port.typed.emit(80)
    await stage.settle_async()
    page.show_target("last_port")


@scene("settings-zone")
async def settings_zone(stage: Stage) -> None:
    page = await _settings(stage)
    zone = page.settings["time_zone"].control
    assert isinstance(zone, ZoneInput)
    zone.list_zones()
    zone.field.setText("berl")
    completer = zone.field.completer()
    assert completer is not None
    completer.setCompletionPrefix("berl")
    completer.complete()
    stage.overlays.append(completer.popup())


@scene("settings-shortcuts")
async def settings_shortcuts(stage: Stage) -> None:
    page = await _settings(stage)
    page.search.set_text("shortcuts")


@scene("settings-end")
async def settings_end(stage: Stage) -> None:
    page = await _settings(stage)
    page.show_target("resync_interval")


@scene("settings-search")
async def settings_search(stage: Stage) -> None:
    page = await _settings(stage)
    page.search.set_text("start")


@scene("settings-none-found")
async def settings_none_found(stage: Stage) -> None:
    page = await _settings(stage)
    page.search.set_text("zebra")


@scene("settings-reset")
async def settings_reset(stage: Stage) -> None:
    page = await _settings(stage)
    page.keeper.put({"keep_days": 30, "access_host": "lab.example.edu"})
    page.reset_all_button.click()
    for toast in stage.window.toasts.toasts:
        toast.pause()
