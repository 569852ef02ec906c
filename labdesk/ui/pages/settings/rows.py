"""Every setting with its words and its control, in sections."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from PySide6.QtCore import QCoreApplication

from labdesk.config import AccessMode, OnClose
from labdesk.ui.pages.settings.engine_row import EngineInput
from labdesk.ui.pages.settings.engine_test import EngineTest
from labdesk.ui.pages.settings.inputs import (
    ChoiceInput,
    SettingInput,
    TextInput,
    ZoneInput,
    bytes_of_mib,
    mib_text,
    number_of,
    number_text,
)
from labdesk.ui.pages.settings.row import SettingRow
from labdesk.ui.pages.settings.store_input import StoreInput
from labdesk.ui.theme import Theme, ThemeMode

_NUMBER_WIDTH = 96


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)


@dataclass(frozen=True, slots=True)
class SettingControl:
    """A row and what it is changed with."""

    row: SettingRow
    control: SettingInput


def make_rows(
    theme: Theme, test: EngineTest, engine_place: str, open_folder: StoreInput
) -> Mapping[str, SettingControl]:
    """Return every setting by its key; `engine_place` says where the engine is while no address is set."""
    made: dict[str, SettingControl] = {}

    def add(key: str, title: str, hint: str, control: SettingInput) -> None:
        control.set_name(title, hint)
        made[key] = SettingControl(SettingRow(theme, key, title, hint, control, control.words), control)

    def seconds() -> TextInput:
        return TextInput(theme, unit=_tr("s"), width=_NUMBER_WIDTH, read=number_of, write=number_text)

    def number(unit: str = "") -> TextInput:
        return TextInput(theme, unit=unit, width=_NUMBER_WIDTH, read=number_of, write=number_text)

    add(
        "docker_host",
        _tr("Engine address"),
        _tr("Where Docker listens, like unix:///var/run/docker.sock or tcp://server:2375."),
        EngineInput(theme, test, engine_place),
    )
    add(
        "reserve_memory",
        _tr("Memory in reserve"),
        _tr("What the engine's computer keeps for itself, at most a quarter; labs get the rest."),
        TextInput(theme, unit=_tr("MiB"), width=_NUMBER_WIDTH, read=bytes_of_mib, write=mib_text),
    )
    add(
        "cpu_overcommit",
        _tr("CPU overcommit"),
        _tr("How many times its CPUs the engine's labs may book together; with 0 labs share them uncounted."),
        number(),
    )
    add("first_port", _tr("First port for labs"), _tr("Labs get ports of this computer from here on."), number())
    add("last_port", _tr("Last port for labs"), _tr("Each port of a lab takes one."), number())
    add(
        "access_mode",
        _tr("Who may open labs"),
        _tr("For labs that start from now on. On the network every lab has a password of its own."),
        ChoiceInput(
            theme,
            [(AccessMode.ONLY_ME.value, _tr("Only me")), (AccessMode.MY_NETWORK.value, _tr("My network"))],
            _tr("Who may open labs"),
        ),
    )
    add(
        "access_host",
        _tr("Host name in links"),
        _tr("How students reach this computer; empty is its own name."),
        TextInput(theme, _tr("as this computer is called")),
    )
    themes = [
        (ThemeMode.SYSTEM.value, _tr("System")),
        (ThemeMode.LIGHT.value, _tr("Light")),
        (ThemeMode.DARK.value, _tr("Dark")),
    ]
    add("theme", _tr("Theme"), _tr("System follows the desktop."), ChoiceInput(theme, themes, _tr("Theme")))
    densities = [("comfortable", _tr("Comfortable")), ("compact", _tr("Compact"))]
    add("density", _tr("Rows"), _tr("How high the rows of tables are."), ChoiceInput(theme, densities, _tr("Rows")))
    add(
        "time_zone",
        _tr("Time zone"),
        _tr("In which times are shown and typed; any part of its name finds it."),
        ZoneInput(theme, available_timezones, _tr("this computer's ({zone})").format(zone=_own_zone())),
    )
    choices = [
        (OnClose.ASK.value, _tr("Ask")),
        (OnClose.KEEP_RUNNING.value, _tr("Keep running")),
        (OnClose.CLOSE.value, _tr("Close")),
    ]
    add(
        "on_close",
        _tr("When the window is closed while labs run"),
        _tr("Keep running: “labdesk serve” goes on without a window. Close: nothing starts or ends labs meanwhile."),
        ChoiceInput(theme, choices, _tr("When the window is closed")),
    )
    add(
        "store",
        _tr("Store"),
        _tr("The file with everything LabDesk knows, on a disk of this computer. It is not moved by changing this."),
        open_folder,
    )
    add("keep_days", _tr("Keep events for"), _tr("Older ones are taken out of the store."), number(_tr("days")))
    add(
        "watch_interval",
        _tr("Look for changes"),
        _tr("How often, at the least, other programs' changes are looked for; this window's are seen at once."),
        seconds(),
    )
    add(
        "scheduler_interval",
        _tr("Look for due labs"),
        _tr("How often, at the least, the plan is gone through; labs start and end on time in any case."),
        seconds(),
    )
    add("cleanup_interval", _tr("Clean up"), _tr("How often leftovers of ended labs are looked for."), seconds())
    add(
        "resync_interval",
        _tr("Compare everything"),
        _tr("How often all of the store is read, in case a change was missed."),
        seconds(),
    )
    return made


SECTIONS: tuple[tuple[str, ...], ...] = (
    ("theme", "density", "time_zone"),
    ("access_mode", "access_host"),
    ("docker_host", "reserve_memory", "cpu_overcommit", "first_port", "last_port"),
    ("store", "keep_days"),
    ("watch_interval", "scheduler_interval", "cleanup_interval", "resync_interval"),
)
"""The keys of each section, in the order of `section_titles`."""


def section_titles() -> tuple[str, ...]:
    return (_tr("Appearance"), _tr("Access to labs"), _tr("Engine"), _tr("Storage"), _tr("Intervals"))


def _own_zone() -> str:
    """The computer's zone as far as it says: `Europe/Berlin`, else `CET`."""
    try:
        _, mark, zone = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
    except OSError:
        return time.tzname[0]
    return zone if mark else time.tzname[0]
