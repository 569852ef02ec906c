"""What lies over a whole window for a while and asks for all attention. Never a modal dialog."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.paint import draw_veil


class Sheet(QWidget):
    """Dims its window and keeps the keyboard within `card`, which holds what it shows, until it is put away.

    Escape puts it away. Subclasses say where the card is, in `_place_card`.
    """

    def __init__(self, theme: Theme, window: QWidget, padding: int) -> None:
        super().__init__(window)
        self.theme = theme
        self._window = window
        self._before: QWidget | None = None
        self.card = Card(theme, padding=padding, parent=self)
        window.installEventFilter(self)
        theme.changed.connect(self.update)
        self.hide()

    def lay_over(self) -> None:
        """Show it above everything else in the window."""
        if not self.isVisible():
            self._before = self._window.focusWidget()
        self._place()
        self.show()
        self.raise_()

    def dismiss(self) -> None:
        """Put it away; the keyboard goes back to where it was."""
        before, self._before = self._before, None
        if before is not None and isValid(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):  # there is no such place any more
            focused.clearFocus()
        self.hide()

    def _place_card(self) -> None:
        raise NotImplementedError

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        self._place_card()

    # --- events -----------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round in the sheet: what lies behind it is not what one goes on with."""
        within = [widget for widget in self.findChildren(QWidget) if _takes_tab(widget)]
        if not within:
            return False
        place = next((place for place, widget in enumerate(within) if widget.hasFocus()), -1 if forward else 0)
        within[(place + (1 if forward else -1)) % len(within)].setFocus(
            Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        )
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What nobody in the sheet wants goes no further: the page beneath is not what one types to."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """No key is a shortcut of the window's meanwhile: what it would be done to cannot be seen."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_veil(QPainter(self), self.rect(), self.theme.colors.window)


def _takes_tab(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
