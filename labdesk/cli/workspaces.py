"""`labdesk workspaces`: what students' labs left on the engine, and how it goes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import typer

from labdesk.cli.columns import NOTHING
from labdesk.cli.errors import FailedError
from labdesk.cli.invocation import Invocation
from labdesk.cli.listing import yaml_documents
from labdesk.cli.storage import opened_store
from labdesk.cli.tables import Column, TablePrinter
from labdesk.config import EngineKind
from labdesk.desk_engine import engine_factory
from labdesk.labs.commands import NotPossibleError
from labdesk.labs.workspaces import Workspace, Workspaces

COLUMNS = (Column("NAME"), Column("STUDENT"), Column("TEMPLATE"), Column("NAMESPACE"), Column("USED BY", wraps=True))


async def list_workspaces(invocation: Invocation, output: str) -> None:
    """Print those that are on the engine now."""
    async with _on_the_engine(invocation) as workspaces:
        found = await workspaces.list_async()
    manifests = [_manifest(workspace) for workspace in found]
    if output == "json":
        typer.echo(json.dumps(manifests, indent=2, ensure_ascii=False))
    elif output == "yaml":
        typer.echo(yaml_documents(manifests), nl=False)
    elif found:
        TablePrinter(COLUMNS).print([_row(workspace) for workspace in found])
    else:
        typer.echo("There are no workspaces of this desk on the engine.", err=True)


async def remove(invocation: Invocation, names: Sequence[str]) -> None:
    """Remove those that are named, all or none."""
    async with _on_the_engine(invocation) as workspaces:
        try:
            removed = await workspaces.remove_async(names)
        except NotPossibleError as error:
            raise FailedError(f"{error.message}; nothing was removed.") from None
    for workspace in removed:
        whose = f" of {workspace.student} for the template {workspace.template}" if workspace.student else ""
        typer.echo(f"The workspace {workspace.name}{whose} is removed.")


@asynccontextmanager
async def _on_the_engine(invocation: Invocation) -> AsyncIterator[Workspaces]:
    if invocation.settings.engine == EngineKind.SIMULATED:
        raise FailedError("Only the process that runs the simulated engine knows its workspaces.")
    async with opened_store(invocation) as store:
        engine = engine_factory(invocation.settings, invocation.clock)(store.desk_id)
        try:
            yield Workspaces(store, engine, invocation.clock, "command-line")
        finally:
            await engine.close_async()


def _row(workspace: Workspace) -> tuple[str, ...]:
    cells = (workspace.student, workspace.template, workspace.namespace, ", ".join(workspace.labs))
    return (workspace.name, *(cell or NOTHING for cell in cells))


def _manifest(workspace: Workspace) -> dict[str, Any]:
    return {
        "name": workspace.name,
        "student": workspace.student,
        "template": workspace.template,
        "namespace": workspace.namespace,
        "usedBy": list(workspace.labs),
    }
