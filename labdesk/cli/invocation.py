"""What every command starts from: the settings in force, the clock, and the instructor's time zone."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from labdesk.cli.errors import OutputClosed
from labdesk.config import DeskSettings, load_settings
from labdesk.control.clock import SystemClock
from labdesk.labs.timekeeping import SteadyClock
from labdesk.resource.errors import InvalidResourceError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Invocation:
    """`zone` None is the computer's own zone. No time lies before what the store, once opened, has committed last."""

    settings: DeskSettings
    clock: SteadyClock
    zone: tzinfo | None

    @classmethod
    def of(cls, store: str | None, engine: str | None) -> Invocation:
        """Settings from file and environment, `--store` and `--engine` above them. Raises InvalidResourceError."""
        settings = load_settings(store=store or None, engine=engine)
        clock = SteadyClock(SystemClock())
        if settings.time_zone:
            return cls(settings, clock, ZoneInfo(settings.time_zone))
        _check_local_zone()
        return cls(settings, clock, None)


def _check_local_zone() -> None:
    """Raise InvalidResourceError for a TZ that no time can be told in."""
    try:
        datetime.now().astimezone()
    except ValueError:
        raise InvalidResourceError("TZ", "is no time zone; write it like Europe/Berlin, or leave it out") from None


def end_of_loading() -> None:
    """Collect garbage from now on, but never look again at what was loaded."""
    gc.freeze()
    gc.enable()


def carry_out(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work on a plain asyncio loop. Raises OutputClosed when nobody reads its output any more."""
    end_of_loading()
    try:
        return asyncio.run(work)
    except BrokenPipeError:
        raise OutputClosed from None
