"""Where the store lies: its path, a folder to choose, and the folder to look into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFileDialog

from labdesk.ui.pages.settings.inputs import TextInput
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.file_dialog import file_dialog


class StoreInput(TextInput):
    """`open_url` opens a folder in the desktop's file manager and returns False if there is none."""

    def __init__(self, theme: Theme, running: Path, open_url: Callable[[str], bool]) -> None:
        super().__init__(theme, str(running), width=324)
        self._theme = theme
        self._running = running
        self._open_url = open_url
        self.dialog: QFileDialog | None = None
        self.choose_button = Button(
            theme, icon="mdi6.dots-horizontal", tip=self.tr("Choose another file for the store …")
        )
        self.open_button = Button(
            theme, icon="mdi6.folder-open-outline", tip=self.tr("Open the folder of the store in use")
        )
        self.choose_button.clicked.connect(self._choose)
        self.open_button.clicked.connect(self._open)
        self.line.addWidget(self.choose_button)
        self.line.addWidget(self.open_button)

    def show_value(self, value: str) -> None:
        super().show_value(value)
        self.field.setToolTip(value)  # a path is often longer than its field

    def set_changeable(self, on: bool) -> None:
        super().set_changeable(on)
        self.choose_button.setEnabled(on)

    def _choose(self) -> None:
        """Ask for a file without blocking; an existing store may be chosen, nothing is overwritten."""
        dialog = file_dialog(self._theme, self, self.tr("Where LabDesk keeps its store"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix("db")
        dialog.setDirectory(str(self._running.parent))
        dialog.selectFile(self._running.name)
        dialog.fileSelected.connect(self._picked)
        self.dialog = dialog
        dialog.open()

    def _picked(self, path: str) -> None:
        self.typed.emit(path)
        self.chosen.emit(path)

    def _open(self) -> None:
        self._open_url(QUrl.fromLocalFile(str(self._running.parent)).toString())
