"""LabDesk as a service of the user's own systemd."""

from __future__ import annotations

import asyncio
import configparser
from collections.abc import Sequence
from pathlib import Path

import pytest

from labdesk.ui.pages.settings.user_service import (
    NOT_THERE,
    ServiceError,
    ServiceState,
    UserService,
    run_command,
    unit_source,
    unit_text,
)


class Systemd:
    """Answers as systemd does for a user; `refuses` names commands that fail."""

    def __init__(self) -> None:
        self.enabled = False
        self.commands: list[str] = []
        self.refuses: dict[str, str] = {}

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        assert command[:2] == ["systemctl", "--user"]
        self.commands.append(" ".join(command[2:]))
        word = command[2]
        if word in self.refuses:
            return 1, self.refuses[word]
        if word in ("enable", "disable"):
            self.enabled = word == "enable"
        if word == "is-enabled":
            return 0, "enabled\n" if self.enabled else "disabled\n"
        if word == "is-active":
            return 0, "active\n" if self.enabled else "inactive\n"
        return 0, ""


def service_of(tmp_path: Path, systemd: Systemd) -> UserService:
    return UserService(unit_source(), tmp_path / "user", ["/opt/my python", "-m", "labdesk", "serve"], systemd.run)


def test_turning_it_on_installs_the_unit_and_starts_it(tmp_path: Path) -> None:
    async def main() -> None:
        systemd = Systemd()
        service = service_of(tmp_path, systemd)
        assert await service.state_async() == ServiceState()
        await service.enable_async()
        assert systemd.commands[-2:] == ["daemon-reload", "enable --now labdesk.service"]
        assert await service.state_async() == ServiceState(enabled=True, running=True)
        await service.disable_async()
        assert systemd.commands.count("disable --now labdesk.service") == 1
        assert await service.state_async() == ServiceState()

    asyncio.run(main())


def test_the_installed_unit_is_the_shipped_one_with_this_program_in_it(tmp_path: Path) -> None:
    asyncio.run(service_of(tmp_path, Systemd()).enable_async())
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.read_string((tmp_path / "user" / "labdesk.service").read_text("utf-8"))
    assert parser["Service"]["ExecStart"] == '"/opt/my python" -m labdesk serve'
    assert parser["Service"]["Restart"] == "on-failure"


def test_a_command_is_written_as_systemd_reads_it() -> None:
    assert unit_text("ExecStart=old\nRestart=no", ["a b", "50%", "$x"]) == 'ExecStart="a b" 50%% $$x\nRestart=no'


def test_without_systemd_it_says_so_in_a_sentence(tmp_path: Path) -> None:
    async def main() -> None:
        service = UserService(unit_source(), tmp_path, [], lambda _command: (NOT_THERE, ""))
        state = await service.state_async()
        assert state.why_not.startswith("This computer has no systemd;")
        service = UserService(unit_source(), tmp_path, [], lambda _command: (1, "Failed to connect to bus\nmore"))
        state = await service.state_async()
        assert "does not answer (Failed to connect to bus);" in state.why_not

    asyncio.run(main())


def test_what_systemd_refuses_is_said_in_its_words(tmp_path: Path) -> None:
    systemd = Systemd()
    systemd.refuses["enable"] = "Unit is masked."
    with pytest.raises(ServiceError, match=r"systemd refused \(Unit is masked\)"):
        asyncio.run(service_of(tmp_path, systemd).enable_async())
    (tmp_path / "file").write_text("", "utf-8")
    service = UserService(unit_source(), tmp_path / "file" / "user", [], systemd.run)
    with pytest.raises(ServiceError, match="cannot be written"):
        asyncio.run(service.enable_async())


def test_commands_really_run() -> None:
    assert run_command(["sh", "-c", "echo said; exit 3"]) == (3, "said\n")
    assert run_command(["labdesk-no-such-program"]) == (NOT_THERE, "")
