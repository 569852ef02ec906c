"""The Settings page over a running desk and this computer."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs

from labdesk.config import DeskSettings
from labdesk.desk import Desk
from labdesk.desk_engine import docker_engine
from labdesk.engines.service import EngineInfo
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import PageContext
from labdesk.ui.pages.settings.page import SettingsPage
from labdesk.ui.pages.settings.refusals import refusal_text
from labdesk.ui.pages.settings.user_service import UserService, unit_source
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.settings_keeper import SettingsKeeper


def user_service(settings: DeskSettings, keeper: SettingsKeeper) -> UserService:
    """Return the service that would look after the store of this run."""
    command = [sys.executable, "-m", "labdesk", "serve"]
    if str(settings.store) != keeper.value("store"):  # given for this run: the service would not know of it
        command += ["--store", str(settings.store)]
    folder = Path(platformdirs.user_config_path()) / "systemd" / "user"
    return UserService(unit_source(), folder, command)


def make_settings_page(
    context: PageContext,
    desk: Desk,
    keeper: SettingsKeeper,
    service: UserService,
    labs: LabTableModel,
    shelf: TemplateShelf,
) -> SettingsPage:
    def refusals() -> str:
        return refusal_text(labs.rows(), shelf.template, desk.access)

    return SettingsPage(context, keeper, service, ask_engine_async, desk.use_access, refusals)


async def ask_engine_async(address: str) -> EngineInfo:
    """Ask the engine at an address who it is. Raises EngineUnavailable, EngineRequestError."""
    service = docker_engine("", address)
    try:
        return await service.get_engine_info_async()
    finally:
        await service.close_async()
