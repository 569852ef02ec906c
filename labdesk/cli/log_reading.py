"""`labdesk logs`: from the container while there is one, else the log that was kept when it was removed."""

from __future__ import annotations

from contextlib import aclosing
from typing import cast

import typer

from labdesk.cli.errors import FailedError
from labdesk.cli.invocation import Invocation
from labdesk.cli.moments import local_time
from labdesk.cli.storage import opened_store
from labdesk.config import EngineKind
from labdesk.desk_engine import docker_engine
from labdesk.engines.service import ContainerService, ContainerState
from labdesk.labs.lineages import OwnLineages
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.resource import ResourceKey
from labdesk.store.logs import KeptLog
from labdesk.store.store import ResourceStore

SIMULATED_ID = "simulated"


async def logs(invocation: Invocation, key: ResourceKey, *, lines: int, follow: bool) -> None:
    """Print the last lines of a lab's output; with `follow` go on until its program ends.

    Which run of the lab they are from stands on stderr, so that stdout is the log alone.
    """
    async with opened_store(invocation) as store:
        lab = cast("LabInstanceRequest", await store.get_async(*key))
        if (
            lab.status.container_id
            and not lab.status.cleaned_up
            and await _from_container(invocation, store, lab, lines=lines, follow=follow)
        ):
            return
        kept = await store.logs.get_async(lab.metadata.uid)
    if kept is None:
        raise FailedError(_why_nothing(lab, invocation))
    _print_kept(invocation, lab, kept, lines)


async def _from_container(
    invocation: Invocation, store: ResourceStore, lab: LabInstanceRequest, *, lines: int, follow: bool
) -> bool:
    """Print from the container; False if there is none any more."""
    if SIMULATED_ID in (lab.status.engine_id, invocation.settings.engine.value):
        return False
    engine = docker_engine(store.desk_id, invocation.settings.docker_host)
    try:
        identity = OwnLineages(store, invocation.clock).identity_of(lab)
        found = await engine.get_container_status_async(identity)
        if found.state == ContainerState.NOT_FOUND:
            return False
        typer.echo(f"{lab.metadata.name}, run {lab.status.incarnation}, {found.state.value}:", err=True)
        if follow:
            await _follow(engine, found.container_id, lines)
        else:
            text = await engine.get_logs_async(found.container_id, lines)
            typer.echo(text, nl=bool(text) and not text.endswith("\n"))
    finally:
        await engine.close_async()
    return True


async def _follow(engine: ContainerService, container_id: str, lines: int) -> None:
    async with aclosing(engine.follow_logs(container_id, lines)) as stream:
        async for line in stream:
            typer.echo(line.rstrip("\n"))


def _print_kept(invocation: Invocation, lab: LabInstanceRequest, kept: KeptLog, lines: int) -> None:
    when = local_time(kept.saved_at, invocation.clock.now(), invocation.zone)
    typer.echo(f"{lab.metadata.name}, run {kept.incarnation}, kept when it ended ({when}):", err=True)
    for line in kept.text.splitlines()[-lines:]:
        typer.echo(line)


def _why_nothing(lab: LabInstanceRequest, invocation: Invocation) -> str:
    name, phase = lab.metadata.name, lab.phase.value
    if lab.status.engine_id == SIMULATED_ID and not lab.status.cleaned_up:
        return f"{name} runs on the simulated engine, whose logs only the process that runs it can show."
    if invocation.settings.engine == EngineKind.SIMULATED and lab.status.engine_id:
        return f"{name} runs on Docker; leave out --engine simulated to read its log."
    return f"There is no log of {name} yet: it is {phase}."
