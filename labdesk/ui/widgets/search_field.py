"""A search field: a magnifier, the text, and a cross, match count or key hint behind it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.fields import mark_problem
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.paint import CONTROL_RADIUS, draw_pixmap_centered, frame_round

_DELAY_MS = 120
_ONWARD = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
_PASSING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.MenuBarFocusReason)
"""Why the keyboard leaves a widget only for a moment."""


class KeyCap(QWidget):
    """The picture of a key or chord, such as `Ctrl K`."""

    def __init__(self, theme: Theme, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = keys
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.fonts.caption)
        return QSize(metrics.horizontalAdvance(self._keys) + 13, metrics.height() + 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = self._theme.colors
        frame_round(painter, self.rect(), colors.well, colors.border, 4)
        painter.setFont(self._theme.fonts.caption)
        painter.setPen(colors.text_muted)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._keys)


class _Edit(QLineEdit):
    """Escape clears, then leaves; arrow keys and Enter go to whoever listens."""

    key_pressed = Signal(QKeyEvent)
    onward = Signal(QKeyEvent)
    """Enter or the arrow down, if nobody else took it."""
    focus_changed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(False)
        self.key_pressed.emit(event)
        if event.isAccepted():
            return
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
                event.accept()  # what it lies in is not closed by the same key
            else:
                self.clearFocus()
            return
        if event.key() in _ONWARD:
            self.onward.emit(event)
            if event.isAccepted():
                return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()


class SearchField(QWidget):
    """`searched` carries the text a moment after the last key; `edit` is the line itself."""

    searched = Signal(str)

    def __init__(
        self,
        theme: Theme,
        placeholder: str,
        *,
        clear_tip: str,
        keys: str = "",
        icon: str = "mdi6.magnify",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self.edit = _Edit()
        self.edit.setProperty("bare", True)
        theme.dress(self.edit)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(placeholder)
        self._note = Label(theme, tone="text_muted")
        self._note.hide()
        self._clear = Button(theme, icon="mdi6.close", kind=ButtonKind.QUIET, small=True, tip=clear_tip)
        self._clear.hide()
        self._clear.clicked.connect(self._clear_clicked)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(32, 0, 6, 0)
        self._row.setSpacing(6)
        self._row.addWidget(self.edit, 1)
        self._row.addWidget(self._note)
        self._row.addWidget(self._clear)
        self._keycap = KeyCap(theme, keys) if keys else None
        if self._keycap is not None:
            self._row.addWidget(self._keycap)
            self._row.addSpacing(4)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self._emit)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.returnPressed.connect(self._emit)
        self.edit.onward.connect(self._go_on)
        self.edit.focus_changed.connect(self.update)  # the frame around it is this widget's
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.edit)
        self._emitted = ""
        self._has_cross = True
        self._enter: Callable[[], object] | None = None
        self._results: tuple[QWidget, ...] = ()
        self._has_led = False
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Put a text there and search for it at once."""
        self.edit.setText(text)
        self._emit()

    def take_keyboard(self) -> None:
        """Let the next keys be typed here, in place of what is there."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def lead_to(self, enter: Callable[[], object], *results: QWidget) -> None:
        """Let Enter and the arrow down go on to what was found, as `enter` does; Escape there comes back here."""
        self._enter, self._results = enter, results
        for widget in results:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Who came to the results from here goes back by Escape; who came otherwise has it for something else."""
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _PASSING:
            self._has_led = False
        elif self._has_led and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._has_led = event.key() != Qt.Key.Key_Escape
            if not self._has_led:
                self.take_keyboard()
                return True
        return super().eventFilter(watched, event)

    def finish_typing(self) -> None:
        """Search for what is there now, without waiting for more."""
        self._emit()

    def tab_stops(self) -> list[QWidget]:
        """Where the Tab key goes, in order."""
        return [self.edit, self._clear]

    def set_note(self, text: str, tone: str = "text_muted") -> None:
        """Show a short remark behind the text, such as `2 of 5`."""
        self._note.setText(text)
        self._note.set_tone(tone)
        self._note.setVisible(bool(text))

    @property
    def note_shown(self) -> str:
        return self._note.text()

    def set_problem(self, problem: str) -> None:
        """Give it the frame of what is wrong, or take it away; screen readers hear why."""
        mark_problem(self.edit, problem)
        self.update()

    def set_cross(self, on: bool) -> None:
        """Leave the cross away where there is no room for it; Escape clears as well."""
        self._has_cross = on
        self._clear.setVisible(bool(self.text) and on)

    def add_button(self, button: QWidget) -> None:
        """Add a small button at the right end."""
        self._row.addWidget(button)

    def sizeHint(self) -> QSize:
        return QSize(220, QFontMetrics(self._theme.fonts.body_medium).height() + 14)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self.sizeHint().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = self._theme.colors
        border = colors.failed if self.edit.property("invalid") else colors.border
        if self.edit.hasFocus() and border is colors.border:
            border = colors.accent
        frame_round(painter, self.rect(), colors.surface, border, CONTROL_RADIUS)
        pixmap = self._theme.icon(self._icon, colors.text_muted, 16, self)
        draw_pixmap_centered(painter, pixmap, QPointF(18, self.height() / 2))

    def _text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text) and self._has_cross)
        if self._keycap is not None:
            self._keycap.setVisible(not text)
        self._delay.start()

    def _go_on(self, event: QKeyEvent) -> None:
        if self._enter is not None:
            self._emit()
            self._enter()
            self._has_led = any(widget.hasFocus() for widget in self._results)
            event.accept()

    def _clear_clicked(self) -> None:
        self.edit.clear()
        self._emit()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _emit(self) -> None:
        self._delay.stop()
        if self.edit.text() != self._emitted:
            self._emitted = self.edit.text()
            self.searched.emit(self._emitted)
