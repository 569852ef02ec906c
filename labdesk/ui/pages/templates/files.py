"""Templates out of files and into them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from labdesk.labs.template import LabTemplate
from labdesk.paths import resource_path
from labdesk.resource.errors import InvalidResourceError, LabDeskError
from labdesk.resource.manifest import MANIFEST_LIMIT, read_documents
from labdesk.resource.model import first_problem
from labdesk.store.in_use import require_no_store
from labdesk.ui.page import PageContext
from labdesk.ui.pages.templates.changes import TemplateChanges
from labdesk.ui.pages.templates.draft import manifest_of
from labdesk.ui.panels.export.growing_file import FileForm, export_async
from labdesk.ui.panels.first_run.samples import manifest_of_missing, read_samples_async
from labdesk.ui.panels.manifest.draft import Manifest, yaml_of
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.sentences import as_sentence
from labdesk.ui.widgets.file_dialog import ask_where, ask_which


class TemplateFiles(QObject):
    """Imports, exports, and the samples that come with the program. What goes wrong is told in a toast."""

    read = Signal(dict)
    """The one manifest of a file: it is shown before it is saved. Several are applied at once, all or none."""

    def __init__(self, context: PageContext, shelf: TemplateShelf, changes: TemplateChanges, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._shelf = shelf
        self._changes = changes
        self._parent = parent
        self.dialog: QFileDialog | None = None

    def ask_import(self) -> None:
        """Ask for a file to read."""
        title, spawn = self.tr("Import templates"), self._context.tasks.spawn
        self.dialog = ask_which(
            self._context.theme, self._parent, title, self._form(),
            lambda path: spawn(self._import_async(path), "import templates"),
        )  # fmt: skip

    def ask_export(self, subject: str) -> None:
        """Ask where to write a template."""
        template = self._shelf.template(subject)
        if template is not None:
            title, name = self.tr("Export template"), f"{template.metadata.name}.yaml"
            text = yaml_of(manifest_of(template))
            self.dialog = ask_where(
                self._context.theme, self._parent, title, name, self._form(),
                lambda path: self._context.tasks.spawn(self._export_async(path, text), "export a template"),
            )  # fmt: skip

    def add_samples(self) -> None:
        """Add the samples that are missing."""
        self._context.tasks.spawn(self._add_samples_async(), "add the samples")

    def _form(self) -> str:
        return self.tr("Manifests (*.yaml *.yml *.json)")

    async def _import_async(self, path: Path) -> None:
        try:
            manifests = read_import(await read_file_async(path))
            if len(manifests) > 1:
                await self._changes.import_async(manifests)
                return
        except LabDeskError as error:
            self._fail(error)
            return
        self.read.emit(manifests[0])

    async def _export_async(self, path: Path, text: str) -> None:
        try:
            await write_file_async(path, text)
        except LabDeskError as error:
            self._fail(error)
            return
        self._context.toasts.show(self.tr("Exported to {file}").format(file=path.name))

    async def _add_samples_async(self) -> None:
        try:
            samples = await read_samples_async(resource_path("templates"))
            missing = manifest_of_missing(samples, {facts.subject for facts in self._shelf.facts})
            if missing:
                await self._changes.import_async(read_import(missing))
            else:
                self._context.toasts.show(self.tr("All samples are there already"))
        except LabDeskError as error:
            self._fail(error)

    def _fail(self, error: LabDeskError) -> None:
        self._context.toasts.show(as_sentence(error.message), tone="failed")


async def read_file_async(path: Path) -> str:
    """Return the text of a manifest file; raise a LabDeskError that names the file and says what to do."""

    def read() -> str:
        require_no_store(path)
        if os.stat(path).st_size > MANIFEST_LIMIT:
            raise InvalidResourceError("", f"{path.name} is larger than {MANIFEST_LIMIT // 2**20} MiB; split it")
        return path.read_text("utf-8")

    try:
        return await asyncio.to_thread(read)
    except UnicodeDecodeError:
        raise InvalidResourceError("", f"{path.name} is no text; choose a manifest in YAML or JSON") from None
    except OSError as error:
        raise InvalidResourceError("", f"{path} cannot be read ({error.strerror}); choose another file") from None


async def write_file_async(path: Path, text: str) -> None:
    """Write a manifest, complete or not at all; raise a LabDeskError that says why it could not be written."""

    async def whole() -> AsyncGenerator[list[str], None]:
        yield [text]

    await export_async(whole(), FileForm(lambda file, texts: file.writelines(texts)), path, lambda _written: None)


def read_import(text: str) -> list[Manifest]:
    """Return the templates of a manifest, each checked; raise InvalidResourceError for the first that is none."""
    documents = read_documents(text)
    for number, document in enumerate(documents, start=1):
        place = f" (document {number})" if len(documents) > 1 else ""
        if not isinstance(document, dict) or document.get("kind") != LabTemplate.KIND:
            kind = document.get("kind") if isinstance(document, dict) else None
            raise InvalidResourceError(
                "kind", f"must be {LabTemplate.KIND}, not {kind!r}{place}; labs are created with New lab"
            )
        try:
            LabTemplate.model_validate(document)
        except ValidationError as error:
            problem = first_problem(error)
            raise InvalidResourceError(problem.field, f"{problem.problem}{place}") from None
    return documents
