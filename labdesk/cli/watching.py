"""`labdesk get --watch`: what is there, then a row for every change, until interrupted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime

import typer

from labdesk.cli.columns import Viewpoint, table_of
from labdesk.cli.invocation import Invocation
from labdesk.cli.listing import yaml_documents
from labdesk.cli.passwords import Links
from labdesk.cli.selection import Selection
from labdesk.cli.storage import opened_store
from labdesk.cli.tables import Column, Row, TablePrinter
from labdesk.control.difference import find_differences
from labdesk.resource.errors import RevisionExpired
from labdesk.resource.events import ResourceChangeType
from labdesk.resource.resource import Resource, ResourceKey
from labdesk.store.store import ResourceStore
from labdesk.store.views import Listing, ResourceChange

PAGE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource as it came into view or changed; `gone` when this was its last state."""

    resource: Resource
    gone: bool = False


async def watch(invocation: Invocation, selection: Selection, output: str, links: Links) -> None:
    """Print what is there and go on with every change. Ends by being cancelled."""
    async with opened_store(invocation) as store:
        resources, listing = await selection.list_async(store)
        show = _printer(invocation, selection, output)
        show([Seen(links.filled_in(resource)) for resource in resources])
        async for change in follow(store, selection, listing, invocation.clock.now):
            show([replace(change, resource=links.filled_in(change.resource))])


async def follow(
    store: ResourceStore, selection: Selection, listing: Listing, now: Callable[[], datetime]
) -> AsyncIterator[Seen]:
    """Yield every change after a listing, in the order of revisions. Sleeps until the store tells of a commit."""
    committed = asyncio.Event()
    store.add_commit_listener(committed.set)
    known = {image.key: image for image in listing.images}  # so that a lost log can be bridged by comparing
    revision, lineage = listing.revision, listing.lineage
    try:
        while True:
            committed.clear()
            try:
                changes = await store.changes_after_async(revision, PAGE, lineage)
                revision = changes[-1].revision if changes else revision
            except RevisionExpired:
                listing = await store.list_async(selection.kind, selection.namespace)
                revision, lineage = listing.revision, listing.lineage
                changes = await find_differences(known, listing.images, revision, now())
            for change in changes:
                if change.change_type is ResourceChangeType.DELETED:
                    known.pop(change.image.key, None)
                else:
                    known[change.image.key] = change.image
                if (seen := what_is_seen(change, selection)) is not None:
                    yield seen
            if not changes:
                await committed.wait()
    finally:
        store.remove_commit_listener(committed.set)


def what_is_seen(change: ResourceChange, selection: Selection) -> Seen | None:
    """Return what a change means to a watcher of the selection; leaving it shows the last state that was in it."""
    deleted = change.change_type == ResourceChangeType.DELETED
    if selection.includes(change.image):
        return Seen(change.image.decode(), gone=deleted)
    if change.old_image is not None and selection.includes(change.old_image):
        return Seen(change.old_image.decode(), gone=True)
    return None


def _printer(invocation: Invocation, selection: Selection, output: str) -> Callable[[list[Seen]], None]:
    if output == "json":
        return _print_json
    if output == "yaml":
        return _print_yaml
    return _RowPrinter(invocation, selection).show


def _print_json(seen: list[Seen]) -> None:
    for one in seen:
        typer.echo(json.dumps(one.resource.to_manifest(), ensure_ascii=False))


def _print_yaml(seen: list[Seen]) -> None:
    for one in seen:
        typer.echo("---\n" + yaml_documents([one.resource.to_manifest()]), nl=False)


class _RowPrinter:
    """Rows under one header. A change that no column shows is no row: it would look like the one before."""

    def __init__(self, invocation: Invocation, selection: Selection) -> None:
        self._invocation = invocation
        self._kind = table_of(selection.kind)
        self._with_namespace = selection.namespace is None
        namespace = (Column("NAMESPACE", 12),) if self._with_namespace else ()
        self._printer = TablePrinter((*namespace, *self._kind.columns), goes_on=True)
        self._shown: dict[ResourceKey, Seen] = {}

    def show(self, seen: list[Seen]) -> None:
        view = Viewpoint(self._invocation.clock.now(), self._invocation.zone)
        self._printer.print([self._row(one, view) for one in seen if self._is_news(one, view)])

    def _is_news(self, one: Seen, view: Viewpoint) -> bool:
        """Compare with what was shown as it would look now, so that passing time alone makes no row."""
        before = self._shown.get(one.resource.key)
        self._shown[one.resource.key] = one
        return before is None or self._row(before, view) != self._row(one, view)

    def _row(self, one: Seen, view: Viewpoint) -> Row:
        row = self._kind.row(one.resource, view)
        if one.gone:
            row = (*row[:-1], "Is gone.")
        return (one.resource.metadata.namespace, *row) if self._with_namespace else row
