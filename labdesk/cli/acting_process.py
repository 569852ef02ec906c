"""Whether some process runs the labs of a store right now."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import typer

from labdesk.cli.invocation import Invocation
from labdesk.store.lock import ProcessLock

NOBODY_ACTS = "Stored; nothing runs labs right now: start `labdesk serve` or open the window."


def somebody_acts(store: Path) -> bool:
    """True while a window or `labdesk serve` holds the store's process lock.

    Only asked for shared and let go at once, never taken: a desk that starts in this very instant tries again.
    """
    try:
        descriptor = os.open(ProcessLock(store).path, os.O_RDONLY)
    except OSError:
        return False  # nobody has ever acted here
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def acting_process(store: Path) -> str:
    """Who runs the labs, in a few words for people; empty if nobody does."""
    return ProcessLock(store).describe_holder() if somebody_acts(store) else ""


def say_if_nobody_acts(invocation: Invocation) -> None:
    """Tell that a command waits for somebody to carry it out, if it does."""
    if not somebody_acts(invocation.settings.store):
        typer.echo(NOBODY_ACTS)
