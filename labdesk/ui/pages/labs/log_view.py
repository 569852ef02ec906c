"""A lab's log in the inspector: the last lines, and those that come while it runs."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.engines.service import EngineUnavailable
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.resource.errors import LabDeskError
from labdesk.ui.page import PageContext
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.fields import TextArea
from labdesk.ui.widgets.labels import Label

LOG_LINES = 200
_FLUSH_MS = 100
_MOST_LINES = 5_000
_PAUSE_SECONDS = 1.0


class LogView(QWidget):
    """Shows the last 200 lines; follows a running lab, at the end only while the end is in view."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._uid = ""
        self._task: asyncio.Task[None] | None = None
        self._coming: list[str] = []
        self._note = Label(context.theme, role="caption", tone="text_muted")
        self.copy_button = Button(context.theme, self.tr("Copy"), kind=ButtonKind.LINK)
        self.copy_button.clicked.connect(self._copy_all)
        self.text = TextArea(context.theme, mono=True)
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(_MOST_LINES)
        self.text.setAccessibleName(self.tr("Log"))
        self.text.textChanged.connect(lambda: self.copy_button.setEnabled(not self.text.document().isEmpty()))
        self.copy_button.setEnabled(False)
        head = QHBoxLayout()
        head.addWidget(self._note, 1)
        head.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        self._flush_timer = QTimer(self)
        self._flush_timer.setSingleShot(True)
        self._flush_timer.setInterval(_FLUSH_MS)
        self._flush_timer.timeout.connect(self._flush)

    @property
    def note(self) -> str:
        """What is said of the log."""
        return self._note.text()

    @property
    def uid(self) -> str:
        """Whose log is read or was read to its end; empty once that was stopped."""
        return self._uid

    def show_lab(self, lab: LabInstanceRequest) -> None:
        """Show this lab's log; again for the same lab, read it again."""
        self.stop()
        self._uid = lab.metadata.uid
        self.text.clear()
        self._note.setText(self.tr("Reading the log …"))
        self._task = self._context.tasks.spawn(self._read_async(lab), "read log")

    def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._uid = ""
        self._coming.clear()

    async def _read_async(self, lab: LabInstanceRequest) -> None:
        try:
            if lab.phase == LabPhase.RUNNING and lab.status.container_id:
                while not await self._follow_async(lab.status.container_id):
                    await self._engine_back_async()
                    self.text.clear()
                return
            text = await self._context.log_of(lab)
        except LabDeskError as error:
            self._note.setText(error.message)
            return
        self.text.setPlainText(text)
        self.text.verticalScrollBar().setValue(self.text.verticalScrollBar().maximum())
        last = self.tr("The last {n} lines").format(n=LOG_LINES)
        self._note.setText(last if text else self.tr("It has written nothing"))

    async def _follow_async(self, container_id: str) -> bool:
        """Show what comes until the log ends; False where the engine stopped answering. What is shown stays."""
        lines = self._context.engine.follow_logs(container_id, LOG_LINES)
        self._note.setText(self.tr("The last {n} lines, following").format(n=LOG_LINES))
        try:
            async with aclosing(lines) as stream:
                async for line in stream:
                    self._coming.append(line.rstrip("\n"))
                    if not self._flush_timer.isActive():
                        self._flush_timer.start()
        except EngineUnavailable:
            self._note.setText(self.tr("The engine does not answer; the log goes on when it does"))
            return False
        self._note.setText(self.tr("The log has ended"))
        return True

    async def _engine_back_async(self) -> None:
        """Wait until the engine answers, a second at least: a stream alone may have broken off."""
        monitor, changed = self._context.engine_monitor, asyncio.Event()
        monitor.add_listener(changed.set)
        try:
            await asyncio.sleep(_PAUSE_SECONDS)
            while not monitor.reachable:
                changed.clear()
                await changed.wait()
        finally:
            monitor.remove_listener(changed.set)

    def _flush(self) -> None:
        if not self._coming:
            return
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        self.text.appendPlainText("\n".join(self._coming))
        self._coming.clear()
        if at_end:
            bar.setValue(bar.maximum())

    def _copy_all(self) -> None:
        self._context.desktop.copy(self.text.toPlainText())
        self._context.toasts.show(self.tr("Copied the log"))
