"""`labdesk backup` and `labdesk restore`: a copy of the store, and its way back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from labdesk.cli.errors import UsageMistakeError
from labdesk.cli.invocation import Invocation, carry_out
from labdesk.cli.moments import local_time
from labdesk.cli.storage import opened_store
from labdesk.labs.reasons import sentence
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.template import LabTemplate
from labdesk.resource.quantity import format_bytes
from labdesk.store import restore as restoring
from labdesk.store.backup import backup
from labdesk.store.errors import StoreCorruptError, StoreMissingError, StoreNewerError, corrupt
from labdesk.store.filesystem import is_there
from labdesk.store.store import ResourceStore
from labdesk.store.writes import NewEvent


def back_up(invocation: Invocation, file: str) -> None:
    """Write a consistent copy of the store, which others may be using, and read it once to be sure of it. Blocks.

    The store is not opened otherwise: one of an older or newer LabDesk is copied as it is.
    """
    source, target = invocation.settings.store, _new_file(file)
    if not is_there(source):
        raise StoreMissingError(f"There is no store at {source}; check --store.", path=str(source))
    backup(source, target)
    try:
        restoring.require_backup(target)
    except StoreNewerError:
        pass  # this program could not read it, the one that wrote it can
    except StoreCorruptError:
        target.unlink()
        raise corrupt(source) from None
    typer.echo(f"The store {source} is backed up in {target} ({format_bytes(target.stat().st_size)}).")


def restore(invocation: Invocation, file: str) -> None:
    """Put a backup in the store's place, keep what was there, and say what comes next."""
    source, store = _existing_file(file), invocation.settings.store
    if is_there(store) and source.samefile(store):
        raise UsageMistakeError(f"{file} is the store itself; name a backup of it.")
    now = invocation.clock.now()
    former = restoring.restore(source, store, now)
    carry_out(_tell(invocation, former))


async def _tell(invocation: Invocation, former: Path | None) -> None:
    async with opened_store(invocation) as store:
        until = await store.last_committed_async()
        await store.journal.append_async([_restored(until, invocation.clock.now(), former)])
        labs, templates = await _count(store, LabInstanceRequest.KIND), await _count(store, LabTemplate.KIND)
        when = local_time(until, invocation.clock.now(), invocation.zone)
        held = f"{_counted(labs, 'lab')} and {_counted(templates, 'template')}"
        typer.echo(f"The store {store.path} is as it was at {when}, with {held}.")
    if former is not None:
        typer.echo(f"What was there before is kept in {former}.")
    typer.echo("Containers made before are left alone until you confirm that they are this desk's: labdesk adopt.")


async def _count(store: ResourceStore, kind: str) -> int:
    return len((await store.list_async(kind)).images)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _restored(until: datetime, now: datetime, former: Path | None) -> NewEvent:
    parameters = {"end": until.isoformat(timespec="minutes"), "kept": str(former or "")}
    return NewEvent(
        type="desk.restored", subject="", time=now, severity="warning", reason="Restored",
        message=sentence("Restored", parameters), data={"parameters": parameters}, origin="command-line",
    )  # fmt: skip


def _new_file(file: str) -> Path:
    path = Path(file).expanduser()
    if path.is_dir():
        raise UsageMistakeError(f"{file} is a directory; name a file in it, like {path / 'labdesk.backup'}.")
    if path.exists():
        raise UsageMistakeError(f"There is a file {file} already, and a backup overwrites none; choose another name.")
    if not path.parent.is_dir():
        raise UsageMistakeError(f"There is no directory {path.parent}; make it first.")
    return path


def _existing_file(file: str) -> Path:
    path = Path(file).expanduser()
    if path.is_dir():
        raise UsageMistakeError(f"{file} is a directory; name a backup in it.")
    if not path.exists():
        raise UsageMistakeError(f"There is no file {file}; check its name.")
    return path
