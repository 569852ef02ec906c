"""Short messages at the lower edge of the window; one that can still be undone counts down."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.paint import cast_shadow, draw_pixmap_centered, frame_round
from labdesk.ui.widgets.side_panel import SidePanel

HOLD_MS = 8_000
"""How long what can be undone waits."""
_FRAME_MS = 50
_SHOWN_MS = 5_000
_BAR_HEIGHT = 3
SHADOW = 8
"""Pixels of a toast around its card."""
_PANEL_EVENTS = frozenset({QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move})


class Toast(QWidget):
    """One message. It ends by itself (`expired`), by its button (`undone`), or by its cross (`expired`).

    The time does not run while the pointer is over it or while the keyboard is in it, so that it can be read.
    """

    expired = Signal()
    undone = Signal()

    def __init__(
        self, theme: Theme, text: str, *, undo: str = "", milliseconds: int = _SHOWN_MS, tone: str = "text", close: str
    ) -> None:
        """`undo` is the button's word, or none; `close` names the cross for screen readers."""
        super().__init__()
        self._theme = theme
        self._tone = tone
        self._total = milliseconds
        self._spent = 0
        self._ended = False
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._advance)
        self._label = Label(theme, text, role="body_medium", wrap=False)
        self._undo = Button(theme, undo, kind=ButtonKind.PLAIN, small=True) if undo else None
        self._cross = Button(theme, icon="mdi6.close", kind=ButtonKind.QUIET, small=True, tip=close)
        row = QHBoxLayout(self)
        left, bottom = 16 if tone == "text" else 40, 8 + (_BAR_HEIGHT if undo else 0)
        row.setContentsMargins(left + SHADOW, 8 + SHADOW, 8 + SHADOW, bottom + SHADOW)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addSpacing(16)
        if self._undo is not None:
            row.addWidget(self._undo)
            self._undo.clicked.connect(self._undo_clicked)
        row.addWidget(self._cross)
        self._cross.clicked.connect(self.finish)
        self.setAccessibleName(text)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self._label.text()

    @property
    def undo_button(self) -> Button | None:
        return self._undo

    @property
    def is_over(self) -> bool:
        return self._ended

    def start(self) -> None:
        """Begin to count down."""
        self._clock.start()
        self._timer.start()

    def pause(self) -> None:
        """Let the time stand still."""
        self._timer.stop()

    def finish(self) -> None:
        """End now, as if the time had passed."""
        if not self._ended:
            self._ended = True
            self._timer.stop()
            self.expired.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, radius = self._theme.colors, self._theme.space.radius
        painter = QPainter(self)
        card = self.rect().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        cast_shadow(painter, card, radius, SHADOW)
        frame_round(painter, card, colors.surface, colors.border, radius)
        if self._tone != "text":
            pixmap = self._theme.icon("mdi6.alert-circle", colors.named(self._tone), 16, self)
            draw_pixmap_centered(painter, pixmap, QPointF(card.left() + 22, card.top() + card.height() / 2))
        if self._undo is not None:
            share = max(0.0, 1 - self._spent / self._total)
            left, width = card.left() + radius, (card.width() - 2 * radius) * share
            bar = QRectF(left, card.bottom() - _BAR_HEIGHT, width, _BAR_HEIGHT)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.accent)
            painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)

    def fit(self, most: int) -> None:
        """Be as wide as the text in one line, or `most` pixels with more lines."""
        self._label.setWordWrap(False)
        wanted = self.sizeHint()
        if wanted.width() > most:
            self._label.setWordWrap(True)
            wanted = QSize(most, self.heightForWidth(most))
        self.resize(wanted)

    def _advance(self) -> None:
        passed = self._clock.restart()
        focused = self.window().focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            return
        self._spent += passed
        self.update(0, self.height() - SHADOW - 2 - _BAR_HEIGHT, self.width(), 2 + _BAR_HEIGHT)
        if self._spent >= self._total:
            self.finish()

    def _undo_clicked(self) -> None:
        if not self._ended:
            self._ended = True
            self._timer.stop()
            self.undone.emit()


class ToastHost(QObject):
    """Stacks toasts over the lower middle of a window, newest below; at most three.

    The oldest ends first, but what can still be undone only when all the others can be undone, too.
    They keep off a side panel that is open: its buttons stand at the same height.
    """

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._toasts: list[Toast] = []
        window.installEventFilter(self)

    @property
    def toasts(self) -> list[Toast]:
        """The toasts on screen, oldest first."""
        return list(self._toasts)

    def show(self, text: str, tone: str = "text") -> Toast:
        """Tell something that happened; tone `failed` for what did not work."""
        return self._add(Toast(self._theme, text, tone=tone, close=self.tr("Close")))

    def offer_undo(
        self,
        text: str,
        undo: Callable[[], object],
        commit: Callable[[], object] | None = None,
        milliseconds: int = HOLD_MS,
    ) -> Toast:
        """Show `text` with Undo and a countdown; exactly one of `undo` and `commit` is called, once."""
        toast = Toast(
            self._theme, text, undo=self.tr("Undo"), milliseconds=milliseconds, close=self.tr("Close (do it now)")
            if commit else self.tr("Close"),
        )  # fmt: skip
        toast.undone.connect(undo)
        if commit is not None:
            toast.expired.connect(commit)
        return self._add(toast)

    def undo_newest(self) -> None:
        """Undo what can still be undone and was done last; if there is nothing, say so."""
        for toast in reversed(self._toasts):
            if toast.undo_button is not None:
                toast.undo_button.click()
                return
        text = self.tr("Nothing to undo: what was done can be taken back while its message is shown")
        if all(toast.text != text for toast in self._toasts):
            self.show(text)

    def finish_all(self) -> None:
        """End every toast now: what waited is committed. For closing the window."""
        for toast in list(self._toasts):
            toast.finish()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize or (watched is not self._window and event.type() in _PANEL_EVENTS):
            self._arrange()
        return False

    def _add(self, toast: Toast) -> Toast:
        toast.setParent(self._window)
        toast.expired.connect(lambda: self._remove(toast))
        toast.undone.connect(lambda: self._remove(toast))
        self._toasts.append(toast)
        for panel in self._window.findChildren(SidePanel):
            panel.installEventFilter(self)
        while len(self._toasts) > 3:
            told = (toast for toast in self._toasts[:-1] if toast.undo_button is None)
            next(told, self._toasts[0]).finish()
        toast.adjustSize()
        self._arrange()  # before it shows: where it was made, the pointer might be over it
        toast.show()
        toast.start()
        return toast

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        y = self._window.height() - 24 + SHADOW
        room = self._room()
        for toast in reversed(self._toasts):
            toast.fit(room - 48)
            y -= toast.height()
            middle, most = (self._window.width() - toast.width()) // 2, room - 24 - toast.width()
            toast.move(max(min(middle, most), 24), y)
            toast.raise_()
            y += 2 * SHADOW - 8

    def _room(self) -> int:
        """Pixels from the window's left edge to the first open panel, or to its right edge."""
        panels = [panel for panel in self._window.findChildren(SidePanel) if panel.isVisible()]
        return min((panel.mapTo(self._window, QPoint(0, 0)).x() for panel in panels), default=self._window.width())
