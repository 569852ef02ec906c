"""The line across the top while what happens is not kept: the store's file is gone, or takes nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from labdesk.store.errors import StoreError


class StoreBanner(Banner):
    """Hidden while the store takes what happens."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "failed", parent)
        self.hide()

    def show_trouble(self, trouble: StoreError | None) -> None:
        """Say it as long as it lasts."""
        if trouble is not None:
            self.set_text(as_sentence(trouble.message))
        self.setVisible(trouble is not None)
