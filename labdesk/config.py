"""Settings: defaults, then the settings file, then the environment, then what the command line says."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.model import first_problem

APP = "labdesk"


class EngineKind(StrEnum):
    DOCKER = "docker"
    SIMULATED = "simulated"


class AccessMode(StrEnum):
    """Who can open the links: only this computer, or everybody on the network (with the lab's password)."""

    ONLY_ME = "only-me"
    MY_NETWORK = "my-network"


class OnClose(StrEnum):
    """What closing the window means while labs run or are about to start."""

    ASK = "ask"
    KEEP_RUNNING = "keep-running"
    CLOSE = "close"


class NoHomeError(InvalidResourceError):
    """The user has no home directory, as a service may not have."""


def data_dir() -> Path:
    """Where this user's LabDesk keeps its data. Raises NoHomeError."""
    return _at_home(platformdirs.user_data_dir)


def settings_path() -> Path:
    """The settings file the window writes. Raises NoHomeError."""
    return _at_home(platformdirs.user_config_dir) / "settings.json"


def _at_home(folder: Callable[..., str]) -> Path:
    try:
        return Path(folder(APP, appauthor=False))
    except RuntimeError:
        raise NoHomeError("HOME", "is not set and this user has none; set it, or give --store a path") from None


class DeskSettings(BaseSettings):
    """Times in seconds, memory in bytes. `LABDESK_STORE`, `LABDESK_ENGINE` and so on override the settings file."""

    model_config = SettingsConfigDict(
        env_prefix="LABDESK_", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    store: Path = Field(default_factory=lambda: data_dir() / "labdesk.db")
    engine: EngineKind = EngineKind.DOCKER
    docker_host: Annotated[str, Field(validation_alias="DOCKER_HOST")] = ""
    watch_interval: float = Field(5.0, ge=0.5, le=60)
    scheduler_interval: float = Field(30.0, ge=1, le=300)
    cleanup_interval: float = Field(60.0, ge=5, le=3600)
    resync_interval: float = Field(600.0, ge=60, le=86400)
    time_zone: str = ""
    access_mode: AccessMode = AccessMode.ONLY_ME
    access_host: str = ""
    reserve_memory: int = Field(512 * 2**20, ge=0)
    cpu_overcommit: float = Field(0.0, ge=0, le=100)
    first_port: int = Field(20_000, ge=1024, le=65535)
    last_port: int = Field(29_999, ge=1024, le=65535)
    keep_days: int = Field(90, ge=1, le=3650)
    theme: str = "system"
    density: str = "comfortable"
    on_close: OnClose = OnClose.ASK

    @field_validator("store")
    @classmethod
    def _file(cls, value: Path) -> Path:
        try:
            path = value.expanduser()
            if path.is_dir():
                raise ValueError(f"{path} is a directory; name a file in it, like {path / 'labdesk.db'}")
            if path.exists() and not path.is_file():
                raise ValueError(f"{path} is a device; name a file")
        except (OSError, RuntimeError):
            return value  # opening it tells more
        return path

    @field_validator("last_port")
    @classmethod
    def _ports_in_order(cls, value: int, info: ValidationInfo) -> int:
        first = info.data.get("first_port", value)
        if value < first:
            raise ValueError(f"must not be below the first port ({first}), but is {value}")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value and value not in _time_zones():
            raise ValueError(f"'{value}' is no time zone; write it like Europe/Berlin")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic-settings' signature)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SettingsFile(settings_cls)

    @property
    def bind_address(self) -> str:
        """Where ports listen unless a template says otherwise."""
        return "127.0.0.1" if self.access_mode == AccessMode.ONLY_ME else "0.0.0.0"  # noqa: S104  (the instructor's choice)


@cache
def _time_zones() -> set[str]:
    """Python looks through the whole folder of zones at every call: 10 ms (measured)."""
    from zoneinfo import available_timezones

    return available_timezones()


class SettingsFile(PydanticBaseSettingsSource):
    """The settings file as the weakest source; an unreadable one is an error that names it."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        try:
            return read_settings_file(settings_path())
        except NoHomeError:
            return {}


def read_settings_file(path: Path) -> dict[str, Any]:
    """Return what the file holds, {} if there is none; raise InvalidResourceError if it cannot be understood."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InvalidResourceError(
            str(path), f"the settings file cannot be read ({error}); mend or remove it"
        ) from None
    if not isinstance(content, dict):
        raise InvalidResourceError(str(path), "the settings file must hold one JSON object; mend or remove it")
    return content


def write_settings_file(path: Path, changes: dict[str, Any]) -> None:
    """Merge `changes` into the file, atomically; None removes a setting."""
    content = {**read_settings_file(path), **changes}
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps({key: value for key, value in content.items() if value is not None}, indent=2), "utf-8")
    new.replace(path)


def load_settings(**overrides: Any) -> DeskSettings:
    """Return the settings in force; `overrides` that are None count as not given. Raises InvalidResourceError."""
    try:
        return DeskSettings(**{key: value for key, value in overrides.items() if value is not None})
    except ValidationError as error:
        problem = first_problem(error)
        raise InvalidResourceError(f"setting {problem.field}", problem.problem) from None
