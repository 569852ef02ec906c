"""Checks of the computer: Python, Qt, display, disk, time zone."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from labdesk.cli.display import display_problem
from labdesk.cli.doctor.findings import Finding, note, ok, wrong
from labdesk.cli.invocation import Invocation
from labdesk.resource.quantity import format_bytes

LEAST_PYTHON = (3, 11)
LEAST_FREE, LITTLE_FREE = 200 * 2**20, 2 * 2**30
WINDOW_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
}
"""What Qt's windows need on Linux, with the Debian package that holds it."""


def check_machine(invocation: Invocation) -> Iterator[Finding]:
    """Yield one finding per check."""
    yield check_python()
    yield check_qt()
    yield check_display()
    yield check_disk(Path(invocation.settings.store))
    yield check_time_zone(invocation)


def check_python() -> Finding:
    found = platform.python_version()
    if sys.version_info < LEAST_PYTHON:
        return wrong("Python", f"Python {found} is too old; LabDesk needs 3.11 or later.")
    return ok("Python", f"Python {found} on {platform.system()} {platform.release()}.")


def check_qt() -> Finding:
    """Whether Qt could be loaded, without loading it."""
    missing = [package for package in ("PySide6", "qasync") if find_spec(package) is None]
    if missing:
        return wrong("Qt", f"{' and '.join(missing)} not installed: install LabDesk with its dependencies again.")
    try:
        found = version("PySide6-Essentials")
    except PackageNotFoundError:
        found = "of unknown version"
    return ok("Qt", f"PySide6 {found} is installed.")


def check_display(problem: Callable[[], str] = display_problem, platform_name: str = sys.platform) -> Finding:
    """A computer without a display is fine: it runs `labdesk serve`."""
    trouble = problem()
    if trouble:
        return note("Display", f"{trouble}: the window cannot be opened; `labdesk serve` does the same job.")
    missing = [package for library, package in WINDOW_LIBRARIES.items() if not _loads(library)]
    if platform_name == "linux" and missing:
        return wrong("Display", f"Qt's windows need more system libraries: sudo apt-get install {' '.join(missing)}")
    return ok("Display", "A window can be opened.")


def check_disk(store: Path, usage: Callable[[Path], tuple[int, int, int]] = shutil.disk_usage) -> Finding:
    """Room for the store; images need theirs where the engine keeps them."""
    place = next((folder for folder in store.absolute().parents if os.path.isdir(folder)), Path("/"))
    free = usage(place)[2]
    told = f"{format_bytes(free)} free under {place}"
    if free < LEAST_FREE:
        return wrong("Disk", f"Only {told}; make room, or the store cannot be written.")
    if free < LITTLE_FREE:
        return note("Disk", f"{told}; that is little, think of making room.")
    return ok("Disk", f"{told}.")


def check_time_zone(invocation: Invocation) -> Finding:
    now = invocation.clock.now().astimezone(invocation.zone)
    name = invocation.settings.time_zone or now.tzname() or "local time"
    source = "chosen in the settings" if invocation.settings.time_zone else "this computer's own"
    return ok("Time zone", f"{name} (UTC{now:%z}), {source}; it is {now:%H:%M} there.")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
