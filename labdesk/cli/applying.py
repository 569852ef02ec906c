"""`labdesk apply`: create or update everything the manifests hold, all or nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from labdesk.cli.acting_process import say_if_nobody_acts
from labdesk.cli.errors import UsageMistakeError
from labdesk.cli.invocation import Invocation
from labdesk.cli.storage import opened_store
from labdesk.labs.commands import LabCommands
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.manifest import MANIFEST_LIMIT, read_documents, write_documents

STDIN = "-"


async def apply(invocation: Invocation, manifest: str) -> None:
    """Commit all documents together and say what became of each."""
    async with opened_store(invocation, create=True) as store:
        applied = await LabCommands(store, invocation.clock).apply_async(manifest)
    for one in applied:
        typer.echo(f"{one.resource.kind.lower()}/{one.resource.metadata.name} {one.action}")
    if any(isinstance(one.resource, LabInstanceRequest) and one.action != "unchanged" for one in applied):
        say_if_nobody_acts(invocation)


def read_manifests(files: Sequence[str]) -> str:
    """Return the documents of all files as one manifest; every document is valid by itself. `-` is stdin. Blocks.

    Raises InvalidResourceError that names the file when there are several, and the document when the file has several.
    """
    if files.count(STDIN) > 1:
        raise UsageMistakeError("-f -: stdin can be read only once.")
    documents: list[dict[str, Any]] = []
    for file in files:
        try:
            documents += _valid_documents(_read(file))
        except InvalidResourceError as error:
            if len(files) == 1:
                raise
            raise InvalidResourceError("", f"{'stdin' if file == STDIN else file}: {error.message}") from None
    return write_documents(documents)


def _valid_documents(text: str) -> list[dict[str, Any]]:
    scheme = lab_scheme()
    documents = read_documents(text)
    for number, document in enumerate(documents, start=1):
        try:
            scheme.from_manifest(document)
        except InvalidResourceError as error:
            if len(documents) == 1:
                raise
            raise InvalidResourceError(error.field, f"{error.problem} (document {number})") from None
    return documents


def _read(file: str) -> str:
    try:
        if file == STDIN:
            if sys.stdin is None:  # closed by who called
                raise UsageMistakeError("-f: there is no input to read; give it a file, or a manifest on stdin.")
            content = sys.stdin.buffer.read(MANIFEST_LIMIT + 1)
        else:
            with Path(file).open("rb") as stream:
                content = stream.read(MANIFEST_LIMIT + 1)
    except IsADirectoryError:
        raise UsageMistakeError(f"-f: {file} is a directory; name the files in it.") from None
    except FileNotFoundError:
        raise UsageMistakeError(f"-f: there is no file {file}; check its name.") from None
    except OSError as error:
        raise UsageMistakeError(f"-f: {file} cannot be read: {error.strerror}.") from None
    if len(content) > MANIFEST_LIMIT:
        raise InvalidResourceError("", f"{file} is larger than {MANIFEST_LIMIT // 2**20} MiB; split it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidResourceError("", f"{file} is no text in UTF-8; save it as UTF-8 and apply it again") from None
