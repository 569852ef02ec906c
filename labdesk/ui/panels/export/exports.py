"""Exporting what a page shows: the dialog, the work with its progress, and what is said at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from labdesk.resource.errors import LabDeskError
from labdesk.ui.page import PageContext
from labdesk.ui.panels.export.growing_file import FileForm, export_async
from labdesk.ui.panels.export.work_strip import WorkStrip
from labdesk.ui.widgets.file_dialog import ask_where

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Export(Generic[T]):
    """What goes into the file, about how many that are, and the file's form."""

    slices: AsyncGenerator[Sequence[T], None]
    total: int
    form: FileForm[T]


class FileExports(QObject):
    """One export at a time. `counted` says a number of what is exported, `fail` shows why it did not work.

    Less than `few` are written before anybody could read how far it is: nothing is shown of that.
    """

    def __init__(
        self,
        context: PageContext,
        strip: WorkStrip,
        counted: Callable[[int], str],
        fail: Callable[[str], object],
        parent: QWidget,
        few: int = 0,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._strip = strip
        self._counted = counted
        self._fail = fail
        self._parent = parent
        self._few = few
        self._task: asyncio.Task[None] | None = None
        self.dialog: QFileDialog | None = None
        strip.cancelled.connect(self.cancel)

    def ask(self, title: str, name: str, form: str, take: Callable[[], Export[T]]) -> None:
        """Ask where to, proposing a file name whose form has these words; `take` is called once that is chosen."""
        if self._task is not None:
            self._context.toasts.show(self.tr("An export is under way; it can be cancelled below the table."))
            return
        self.dialog = ask_where(
            self._context.theme, self._parent, title, name, form, lambda path: self._begin(path, take())
        )
        self.dialog.destroyed.connect(self._forget_dialog)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _begin(self, path: Path, export: Export[T]) -> None:
        self._task = self._context.tasks.spawn(self._export_async(path, export), "export")

    async def _export_async(self, path: Path, export: Export[T]) -> None:
        def report(done: int) -> None:
            total = max(export.total, done)
            if total > self._few:
                text = self.tr("Exporting: {done} of {total}").format(done=f"{done:,}", total=f"{total:,}")
                self._strip.show_progress(text, done, total)

        report(0)
        try:
            written = await export_async(export.slices, export.form, path, report)
        except LabDeskError as error:
            self._fail(error.message)
        else:
            text = self.tr("{things} exported to {file}").format(things=self._counted(written), file=path.name)
            self._context.toasts.show(text)
        finally:
            self._strip.hide()
            self._task = None
