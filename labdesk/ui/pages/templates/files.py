"""Templates out of files and into them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.manifest import MANIFEST_LIMIT, read_documents
from labdesk.resource.model import first_problem
from labdesk.ui.panels.manifest.draft import Manifest

_SUFFIX = "yaml"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Templates", text)


def ask_for_import(parent: QWidget, chosen: Callable[[Path], object]) -> QFileDialog:
    """Open a dialog for a manifest to read, without blocking; `chosen` gets the file unless the dialog is cancelled."""
    dialog = _dialog(parent, _tr("Import templates"), chosen)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.open()
    return dialog


def ask_for_export(parent: QWidget, name: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Open a dialog for a file to write, which proposes `name`.yaml; it asks before it replaces a file."""
    dialog = _dialog(parent, _tr("Export template"), chosen)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(_SUFFIX)
    dialog.selectFile(f"{name}.{_SUFFIX}")
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str, chosen: Callable[[Path], object]) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters([_tr("Manifests (*.yaml *.yml *.json)"), _tr("All files (*)")])
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    return dialog


async def read_file_async(path: Path) -> str:
    """Return the text of a manifest file; raise InvalidResourceError that names the file and says what to do."""

    def read() -> str:
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
    """Write a manifest; raise InvalidResourceError that says why it could not be written."""
    try:
        await asyncio.to_thread(path.write_text, text, "utf-8")
    except OSError as error:
        raise InvalidResourceError("", f"{path} cannot be written ({error.strerror}); choose another place") from None


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
