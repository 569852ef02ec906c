"""The settings as the file has them: read, checked by the desk's own model, written, and put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from PySide6.QtCore import QObject, Signal

from labdesk.config import DeskSettings, read_settings_file, write_settings_file
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.model import first_problem

AT_ONCE = frozenset({"theme", "density", "time_zone", "access_mode", "on_close"})
"""Settings that hold from the moment they are set; the others from the next start."""


class _Given(DeskSettings):
    """The same settings and rules, out of what is given alone: no environment, no file."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  (pydantic-settings' signature)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class SettingsKeeper(QObject):
    """Keys are the names of DeskSettings' fields, values plain JSON. `changed` carries the keys that were set.

    `environ` says which settings are given from outside and so cannot be changed here.
    """

    changed = Signal(list)  # list[str]

    def __init__(self, file: Path, environ: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._environ = {name.upper() for name, text in environ.items() if text}
        self._content: dict[str, Any] = {}
        self._trouble = ""
        self._defaults = _Given().model_dump(mode="json")
        self._read()
        self._at_start = {key: self.value(key) for key in self._defaults}

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._defaults)

    @property
    def trouble(self) -> str:
        """Why the file cannot be read, or nothing."""
        return self._trouble

    def value(self, key: str) -> Any:
        """Return what the file says, else the default."""
        return self._content.get(key, self._defaults[key])

    def is_default(self, key: str) -> bool:
        return bool(self.value(key) == self._defaults[key])

    def given_by(self, key: str) -> str:
        """Return the environment variable that sets this instead of the file, or nothing."""
        name = DeskSettings.model_fields[key].validation_alias or f"LABDESK_{key.upper()}"
        return str(name) if str(name) in self._environ else ""

    def waits_for_start(self, key: str) -> bool:
        """True for what was changed since LabDesk was started and holds from the next start."""
        return key not in AT_ONCE and self.value(key) != self._at_start[key]

    def problem(self, key: str, value: Any) -> str:
        """Return what is wrong with a value, in the words of the model; or nothing."""
        try:
            _Given(**{**self._content, key: value})
        except ValidationError as error:
            return first_problem(error).problem
        return ""

    def put(self, values: Mapping[str, Any]) -> None:
        """Write checked values; one that is the default is taken out. Raises InvalidResourceError."""
        plain = _Given(**{**self._content, **values}).model_dump(mode="json")
        changes = {key: None if plain[key] == self._defaults[key] else plain[key] for key in values}
        self._write(changes)

    def reset(self, keys: Iterable[str]) -> dict[str, Any]:
        """Put settings back to their defaults; return what `restore` takes to undo it."""
        former = {key: self._content[key] for key in keys if key in self._content}
        self._write(dict.fromkeys(former))
        return former

    def restore(self, former: Mapping[str, Any]) -> None:
        """Undo a reset."""
        self._write(dict(former))

    def _write(self, changes: dict[str, Any]) -> None:
        try:
            write_settings_file(self._file, changes)
        except OSError as error:
            raise InvalidResourceError(
                "", f"{self._file} cannot be written ({error.strerror}); nothing was changed"
            ) from None
        self._read()
        if changes:
            self.changed.emit(list(changes))

    def _read(self) -> None:
        self._trouble = ""
        try:
            content = read_settings_file(self._file)
        except InvalidResourceError as error:
            self._trouble, content = error.message, {}
        names = {name: key for key in self._defaults for name in self._names(key)}
        self._content = {names[name]: value for name, value in content.items() if name in names}

    @staticmethod
    def _names(key: str) -> frozenset[str]:
        alias = DeskSettings.model_fields[key].validation_alias
        return frozenset({key, str(alias)} if alias else {key})
