"""Exporting what the log shows: the dialog, the work with its progress, and what is said at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from labdesk.resource.errors import LabDeskError
from labdesk.ui.page import PageContext
from labdesk.ui.pages.events.export import Pages, export_async
from labdesk.ui.pages.events.files import ask_for_export
from labdesk.ui.pages.events.work_strip import WorkStrip
from labdesk.ui.words import counted


class EventExports(QObject):
    """One export at a time. `pages` gives what is shown once the file is chosen, and about how many events that are."""

    def __init__(
        self,
        context: PageContext,
        strip: WorkStrip,
        pages: Callable[[], tuple[Pages, int]],
        fail: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._strip = strip
        self._pages = pages
        self._fail = fail
        self._parent = parent
        self._task: asyncio.Task[None] | None = None
        self.dialog: QFileDialog | None = None
        strip.cancelled.connect(self.cancel)

    def ask(self, form: str) -> None:
        """Ask where to; `form` is `jsonl` or `csv`."""
        if self._task is not None:
            self._context.toasts.show(self.tr("An export is under way; it can be cancelled below the log."))
            return
        self.dialog = ask_for_export(self._parent, form, lambda path: self._begin(path, form))
        self.dialog.destroyed.connect(self._forget_dialog)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _begin(self, path: Path, form: str) -> None:
        self._task = self._context.tasks.spawn(self._export_async(path, form), "export events")

    async def _export_async(self, path: Path, form: str) -> None:
        pages, total = self._pages()

        def report(done: int) -> None:
            text = self.tr("Exporting: {done} of {total}").format(done=f"{done:,}", total=f"{max(total, done):,}")
            self._strip.show_progress(text, done, max(total, done))

        report(0)
        try:
            written = await export_async(pages, path, form, report)
        except LabDeskError as error:
            self._fail(error.message)
        else:
            events = counted(written, self.tr("{n} event"), self.tr("{n} events"))
            text = self.tr("{events} exported to {file}").format(events=events, file=path.name)
            self._context.toasts.show(text)
        finally:
            self._strip.hide()
            self._task = None
