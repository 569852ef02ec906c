"""LabDesk as a service of the user's own systemd: keeps labs running while no window is open."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from labdesk.paths import resource_path
from labdesk.resource.errors import LabDeskError

UNIT = "labdesk.service"
_SECONDS = 20.0
_EXEC = "ExecStart="

Run = Callable[[Sequence[str]], tuple[int, str]]
"""Runs a command line to its end and returns its exit code and what it said."""


class ServiceError(LabDeskError):
    """systemd refused; the message has its words."""

    reason = "Service"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """`why_not` says in a sentence why there can be no service here; then the others are False."""

    enabled: bool = False
    running: bool = False
    why_not: str = ""


class UserService:
    """`command` is what the unit starts, `folder` where systemd looks for a user's units."""

    def __init__(self, source: Path, folder: Path, command: Sequence[str], run: Run | None = None) -> None:
        self._source = source
        self._file = folder / UNIT
        self._command = command
        self._run_blocking = run or run_command

    async def state_async(self) -> ServiceState:
        """Ask systemd."""
        code, said = await self._run("show-environment")
        if code == NOT_THERE:
            return ServiceState(
                why_not=_tr("This computer has no systemd; keep “labdesk serve” running in a terminal instead.")
            )
        if code:
            silent = _tr(
                "This user's systemd does not answer ({reason}); keep “labdesk serve” running in a terminal instead."
            )
            return ServiceState(why_not=silent.format(reason=_first_line(said)))
        _, enabled = await self._run("is-enabled", UNIT)
        _, active = await self._run("is-active", UNIT)
        return ServiceState(enabled.strip() == "enabled", active.strip() == "active")

    async def serves_async(self) -> bool:
        """True while the unit runs, and runs the command that would be written into it now."""
        if not await asyncio.to_thread(self._is_written):
            return False
        return (await self.state_async()).running

    async def enable_async(self) -> None:
        """Install the unit and start it; raises ServiceError with systemd's words."""
        try:
            await asyncio.to_thread(self._write)
        except OSError as error:
            text = _tr("{file} cannot be written ({reason}); the service is off.")
            raise ServiceError(text.format(file=self._file, reason=error.strerror)) from None
        await self._must("daemon-reload")
        await self._must("enable", "--now", UNIT)

    async def disable_async(self) -> None:
        """Stop the service, now and at the next sign-in; raises ServiceError."""
        await self._must("disable", "--now", UNIT)

    def _write(self) -> None:
        text = unit_text(self._source.read_text("utf-8"), self._command)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(text, "utf-8")

    def _is_written(self) -> bool:
        try:
            return self._file.read_text("utf-8") == unit_text(self._source.read_text("utf-8"), self._command)
        except OSError:
            return False

    async def _must(self, *arguments: str) -> None:
        code, said = await self._run(*arguments)
        if code:
            text = _tr("systemd refused ({reason}); see: systemctl --user status labdesk")
            raise ServiceError(text.format(reason=_first_line(said)))

    async def _run(self, *arguments: str) -> tuple[int, str]:
        return await asyncio.to_thread(self._run_blocking, ["systemctl", "--user", *arguments])


NOT_THERE = 127
"""The exit code of a shell for a program that is not there."""


def run_command(command: Sequence[str]) -> tuple[int, str]:
    """Run a command line; a program that is not there, or does not end, counts as failed."""
    if shutil.which(command[0]) is None:
        return NOT_THERE, ""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, str(error)
    return ended.returncode, ended.stdout or ended.stderr


def unit_source() -> Path:
    """Where the unit is: in an installed wheel among the resources, in a checkout in packaging/."""
    shipped = resource_path("desktop", UNIT)
    return shipped if shipped.exists() else resource_path().parent / "packaging" / UNIT


def unit_text(source: str, command: Sequence[str]) -> str:
    """Return the unit with its command replaced, written as systemd reads it (quotes, doubled percent signs)."""
    words = " ".join(_quoted(word) for word in command)
    return "\n".join(f"{_EXEC}{words}" if line.startswith(_EXEC) else line for line in source.split("\n"))


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(letter.isspace() or letter in "\"'\\;" for letter in word) else escaped


def _first_line(text: str) -> str:
    lines = (line.strip().removesuffix(".") for line in text.splitlines() if line.strip())
    return next(lines, _tr("it said nothing"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("UserService", text)
