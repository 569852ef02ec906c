"""`labdesk get`: resources as a table, JSON or YAML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import typer

from labdesk.cli.columns import Viewpoint, table_of
from labdesk.cli.errors import FailedError
from labdesk.cli.invocation import Invocation
from labdesk.cli.passwords import Links
from labdesk.cli.selection import Selection
from labdesk.cli.storage import opened_store
from labdesk.cli.tables import Column, Row, TablePrinter
from labdesk.labs.kinds import lab_scheme
from labdesk.resource.errors import UnreadableResourceError
from labdesk.resource.resource import Resource


async def get(invocation: Invocation, selection: Selection, output: str, links: Links) -> None:
    """Print what is there now. What cannot be read hides nothing else, and makes the command fail in the end."""
    unreadable: list[UnreadableResourceError] = []
    async with opened_store(invocation) as store:
        resources, _ = await selection.list_async(store, unreadable.append)
    if output == "json":
        manifests = [links.filled_in(resource).to_manifest() for resource in resources]
        typer.echo(json.dumps(manifests, indent=2, ensure_ascii=False))
    elif output == "yaml":
        typer.echo(yaml_documents([links.filled_in(resource).to_manifest() for resource in resources]), nl=False)
    elif resources:
        columns, rows = table(invocation, selection, [links.filled_in(resource) for resource in resources])
        TablePrinter(columns).print(rows)
    elif not unreadable:
        typer.echo(nothing_found(selection), err=True)
    if unreadable:
        more = f" So it is with {len(unreadable) - 1} more." if len(unreadable) > 1 else ""
        raise FailedError(f"{unreadable[0].message}{more}")


def table(
    invocation: Invocation, selection: Selection, resources: Sequence[Resource]
) -> tuple[Sequence[Column], list[Row]]:
    """Return columns and rows, the namespace first when several may show."""
    kind = table_of(selection.kind)
    view = Viewpoint(invocation.clock.now(), invocation.zone)
    rows = [kind.row(resource, view) for resource in resources]
    if selection.namespace is not None:
        return kind.columns, rows
    spaced = [(resource.metadata.namespace, *row) for resource, row in zip(resources, rows, strict=True)]
    return (Column("NAMESPACE", 9), *kind.columns), spaced


def yaml_documents(manifests: list[dict[str, Any]]) -> str:
    from labdesk.resource.manifest import write_documents

    return write_documents(manifests) if manifests else ""


def nothing_found(selection: Selection) -> str:
    """Say that nothing is there, and where was looked."""
    plural = lab_scheme().type_of(selection.kind).PLURAL
    where = "any namespace" if selection.namespace is None else f"the namespace {selection.namespace}"
    matching = " with these labels" if selection.selector.requirements else ""
    return f"There are no {plural} in {where}{matching}."
