"""The frame around a page: what goes wrong in the page is told in its place, and the rest of the window works on."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import structlog
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.page import Page
from labdesk.ui.redaction import without_secrets
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.banner import Banner

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class PageFrame(QWidget):
    """Makes a page with `make_page` when that is asked for. One that cannot be made or shown gives way to the line that
    says why; above one that fails later, that line stands. `copy` puts a text on the clipboard.
    """

    badge_changed = Signal(int, str)

    def __init__(
        self,
        theme: Theme,
        kind: type[Page],
        make_page: Callable[[], Page],
        actions: ActionRegistry,
        copy: Callable[[str], object],
    ) -> None:
        super().__init__()
        self.kind = kind
        self.page: Page | None = None
        self._make_page = make_page
        self._is_begun = False
        self._actions = actions
        self._is_shown = False
        self._details = ""
        self.trouble = Banner(theme, "failed")
        self.copy_button = self.trouble.add_action(
            self.tr("Copy details"), self.tr("Where it went wrong, as text without passwords, for a bug report")
        )
        self.again_button = self.trouble.add_action(self.tr("Try again"), self.tr("Show this page anew"))
        self.copy_button.clicked.connect(lambda: copy(self._details))
        self.again_button.clicked.connect(self.try_again)
        self._room = QWidget()
        room = QVBoxLayout(self._room)
        room.setContentsMargins(theme.space.page_margin, 12, theme.space.page_margin, 4)
        room.addWidget(self.trouble)
        self._room.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._room)
        self._column.addStretch()

    @property
    def title(self) -> str:
        """The page's; where there is none, what a page of that key is called."""
        name = QCoreApplication.translate(self.kind.__name__, self.kind.KEY.capitalize())
        return self.ask(lambda page: page.title(), name)

    @property
    def details(self) -> str:
        """What Copy details copies; empty while all is well."""
        return self._details

    def ask(self, call: Callable[[Page], T], otherwise: T) -> T:
        """Call the page; `otherwise` is what a page that fails, or is not there, answers."""
        if self.page is None:
            return otherwise
        try:
            return call(self.page)
        except Exception as error:  # noqa: BLE001  (the edge of a page: told in its place)
            self.show_trouble(error)
            return otherwise

    def make(self) -> None:
        """Make the page, unless that was done, or did not work, before."""
        if not self._is_begun:
            self._build()

    def activate(self) -> None:
        """Show the page and put the keyboard into it."""
        self._is_shown = True
        can_be_shown = self.ask(_activated, False)
        if self.page is not None:
            self.page.setVisible(can_be_shown)
        if can_be_shown:
            self.ask(lambda page: page.take_focus(), None)
        else:
            self.again_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        self._is_shown = False
        self.ask(lambda page: page.deactivate(), None)

    def try_again(self) -> None:
        """Make the page if there is none, and show it anew."""
        self._room.hide()
        self._details = ""
        if self.page is None:
            self._build()
        else:
            self.ask(lambda page: page.deactivate(), None)
        if self._is_shown:
            self.activate()

    def show_trouble(self, error: BaseException) -> None:
        """Say what went wrong. The same again changes nothing: a page may fail at every paint."""
        trace = "".join(traceback.format_exception(error))
        details = without_secrets(f"{self.kind.__name__}\n{trace}", str(Path.home()))
        if details == self._details:
            return
        self._details = details
        _log.error("page failed", page=self.kind.KEY, error=str(error), exception=trace)
        text = self.tr("Something on this page went wrong: {error}. Everything else works on.")
        self.trouble.set_text(text.format(error=str(error).rstrip(".") or type(error).__name__))
        self._room.show()

    def _build(self) -> None:
        """Make the page; what half of one has declared is taken back."""
        self._is_begun = True
        declared = {spec.id for spec, _ in self._actions}
        try:
            self.page = self._make_page()
        except Exception as error:  # noqa: BLE001  (the edge of a page: told in its place)
            self._actions.forget({spec.id for spec, _ in self._actions} - declared)
            self.show_trouble(error)
            return
        self.page.badge_changed.connect(self.badge_changed)
        self._column.insertWidget(1, self.page, 1_000)  # the stretch below is for where there is none


def _activated(page: Page) -> bool:
    page.activate()
    return True
