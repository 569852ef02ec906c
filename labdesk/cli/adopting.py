"""`labdesk adopt`: the instructor's word that containers made before a restore or copy are this desk's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import typer

from labdesk.cli.acting_process import say_if_nobody_acts, somebody_acts
from labdesk.cli.errors import FailedError, UsageMistakeError
from labdesk.cli.invocation import Invocation, carry_out
from labdesk.cli.storage import opened_store
from labdesk.cli.tables import Column, TablePrinter
from labdesk.labs.lineages import FormerContainers
from labdesk.labs.request import LabInstanceRequest

NOBODY_LOOKS = "nothing runs labs right now that could have looked: start `labdesk serve` or open the window"
COLUMNS = (Column("NAMESPACE"), Column("NAME"), Column("PHASE"), Column("STUDENT"), Column("TEMPLATE"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many containers wait for the word, and the labs among whose are known here."""

    count: int
    labs: Sequence[LabInstanceRequest]


def adopt(invocation: Invocation, *, yes: bool) -> None:
    """Show what waits, ask unless `yes` was said, and confirm it."""
    waiting = carry_out(_look(invocation))
    if not waiting.count:
        looked = "" if somebody_acts(invocation.settings.store) else f"; {NOBODY_LOOKS}"
        typer.echo(f"No containers made before a restore or copy are known to wait{looked}.")
        return
    _show(waiting)
    if not yes:
        _ask()
    freed = carry_out(_confirm(invocation))
    typer.echo(f"{_containers(freed)} taken over.")
    say_if_nobody_acts(invocation)


async def _look(invocation: Invocation) -> Waiting:
    async with opened_store(invocation) as store:
        count = await FormerContainers(store, invocation.clock).count_async()
        images = (await store.list_async(LabInstanceRequest.KIND)).images if count else []
    labs = [cast("LabInstanceRequest", image.decode()) for image in images]
    return Waiting(count, [lab for lab in labs if lab.lacks("Owned")])


async def _confirm(invocation: Invocation) -> int:
    async with opened_store(invocation) as store:
        return await FormerContainers(store, invocation.clock).confirm_async()


def _show(waiting: Waiting) -> None:
    if waiting.labs:
        TablePrinter(COLUMNS).print(
            [
                (lab.metadata.namespace, lab.metadata.name, lab.phase.value, lab.student, lab.spec.lab_template)
                for lab in waiting.labs
            ]
        )
    rest = waiting.count - len(waiting.labs)
    if rest > 0:
        typer.echo(f"{_containers(rest)} of no lab that this store knows, which will be removed.")
    typer.echo("If another desk still runs on the store this one was copied from, it loses them.")


def _ask() -> None:
    if not sys.stdin.isatty():
        raise UsageMistakeError("Nothing was taken over: say --yes to do it without being asked.")
    typer.echo("Take them over? [y/N] ", nl=False)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise FailedError("Nothing was taken over.")


def _containers(count: int) -> str:
    return f"{count} container{'' if count == 1 else 's'}"
