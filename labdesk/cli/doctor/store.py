"""Checks of the store: where it is, whether it can be written, whether it is whole, who works on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from labdesk.cli.acting_process import acting_process
from labdesk.cli.doctor.findings import Finding, note, ok, wrong
from labdesk.store.driver import connect_reader, dbapi
from labdesk.store.errors import StoreError, explain
from labdesk.store.filesystem import check_local_filesystem, is_there
from labdesk.store.identity import SCHEMA, read_identity


def check_store(path: Path) -> Iterator[Finding]:
    """Yield one finding per check; a store that is not there yet is fine. Blocks."""
    try:
        check_local_filesystem(path)
        there, trouble = is_there(path), _not_writable(path)
    except StoreError as error:
        yield wrong("Store", error.message)
        return
    if trouble:
        yield wrong("Store", trouble)
        return
    if not there:
        yield note("Store", f"There is no store at {path} yet; the window, serve or apply makes it.")
    else:
        yield check_content(path)
    yield check_holder(path)


def check_content(path: Path) -> Finding:
    """Ask SQLite whether the file is whole. Reads all of it."""
    try:
        connection = connect_reader(path)
        try:
            identity = read_identity(connection, path)
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except dbapi.Error as error:
        return wrong("Store", str(explain(error, path)))
    except StoreError as error:
        return wrong("Store", error.message)
    if found != "ok":
        return wrong("Store", f"{path} is damaged ({found}); restore a backup of it.")
    if identity is not None and identity.schema > SCHEMA:
        return wrong("Store", f"{path} was written by a newer LabDesk; use that one, or another --store.")
    return ok("Store", f"{path}, whole and writable, SQLite {dbapi.sqlite_version}.")


def check_holder(path: Path) -> Finding:
    """Who runs labs here."""
    who = acting_process(path)
    if not who:
        return note("Desk", "Nothing runs labs on this store right now: start `labdesk serve` or open the window.")
    return ok("Desk", f"Labs are run by {who}.")


def _not_writable(path: Path) -> str:
    folder = next((parent for parent in path.absolute().parents if parent.exists()), Path("/"))
    for place in (path, folder):
        if place.exists() and not os.access(place, os.W_OK):
            return f"{place} cannot be written by this user; change its permissions, or choose another --store."
    return ""
