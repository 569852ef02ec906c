"""The foot of the New lab panel: what would be made, the button that makes it, and how far that is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.panels.new_lab.creation import BATCH
from labdesk.ui.panels.new_lab.preview import LabPreview
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.meter import ProgressLine


class NewLabFooter(QWidget):
    """`create_button` and `cancel_button` are connected by the panel."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error = Banner(theme, "failed")
        self._error.hide()
        self._progress = ProgressLine(theme, self.tr("Labs created"))
        self.preview = LabPreview(theme)
        self.create_button = Button(theme, kind=ButtonKind.PRIMARY, hint=self.tr("Ctrl ⏎"))
        self.cancel_button = Button(theme, self.tr("Cancel"), tip=self.tr("Close (Esc); what you typed stays"))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.space.gap)
        buttons.addWidget(self.create_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._error)
        column.addSpacing(4)
        column.addWidget(self._progress)
        column.addSpacing(4)
        column.addWidget(self.preview)
        column.addSpacing(theme.space.gap)
        column.addLayout(buttons)

    @property
    def error_text(self) -> str:
        """What went wrong with the last try and belongs to no field."""
        return self._error.text if self._error.isVisibleTo(self) else ""

    def show_error(self, text: str) -> None:
        """Say what went wrong; an empty text takes it away."""
        self._error.set_text(text)
        self._error.setVisible(bool(text))

    def show_refusal(self, refusal: str) -> None:
        """Keep from creating what cannot start, and say why; an empty text allows it."""
        self.create_button.setEnabled(not refusal)
        self.create_button.setToolTip(refusal or self.tr("Create the labs (Ctrl+Enter)"))

    def show_progress(self, done: int, total: int) -> None:
        """Say how many labs of those asked for are there."""
        self._progress.set_progress(done, total if total > BATCH else 0)
        text = self.tr("Creating {n} lab …") if total == 1 else self.tr("Creating {n} labs …")
        if total > BATCH:
            text = self.tr("{done} of {n} labs created …")
        self.preview.set_summary(text.format(n=total, done=done))

    def set_busy(self, busy: bool, can_stop: bool = True) -> None:
        self.create_button.setEnabled(not busy)
        self.cancel_button.set_text(self.tr("Stop") if busy else self.tr("Cancel"))
        self.cancel_button.setEnabled(can_stop)
        if not busy:
            self._progress.set_progress(0, 0)
