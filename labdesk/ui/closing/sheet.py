"""The sheet that asks what closing the window should mean. It lies over the page; nothing waits for it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.control.clock import Clock
from labdesk.ui.closing.outlook import Outlook
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.paint import draw_veil
from labdesk.ui.widgets.switch import Switch
from labdesk.ui.words import counted

_WIDTH = 520
_TOP = 64
_PADDING = 20


class _Veil(QWidget):
    """Dims what lies behind the sheet, and takes the clicks."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.hide()
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_veil(QPainter(self), self.rect(), self._theme.colors.window)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()


class ClosingSheet(Card):
    """Enter takes the filled button or the one with the keyboard, Escape cancels."""

    keep_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, theme: Theme, times: Times, clock: Clock, window: QWidget) -> None:
        super().__init__(theme, padding=_PADDING, parent=window)
        self._window = window
        self._veil = _Veil(theme, window)
        self._times = times
        self._clock = clock
        self._former: QWidget | None = None
        self._is_busy = False
        self.heading = Label(theme, role="section", wrap=True)
        self.text = Label(theme, tone="text_muted", wrap=True)
        self.problem = Label(theme, tone="failed", wrap=True, selectable=True)
        self.always = Switch(theme, self.tr("Always do this"))
        self.always.setToolTip(self.tr("Do not ask again; the Settings page has this choice too"))
        self.keep_button = Button(
            theme, self.tr("Keep running without a window"), kind=ButtonKind.PRIMARY,
            tip=self.tr("“labdesk serve” starts and ends labs from then on; the next window shows its work"),
        )  # fmt: skip
        self.close_button = Button(
            theme, self.tr("Close"), tip=self.tr("Nothing starts or ends labs until LabDesk is opened again")
        )
        self.cancel_button = Button(
            theme, self.tr("Cancel"), kind=ButtonKind.QUIET, tip=self.tr("The window stays open"), hint=self.tr("Esc")
        )
        self._buttons = (self.keep_button, self.close_button, self.cancel_button)
        self._lay_out()
        self.keep_button.clicked.connect(self.keep_wanted)
        self.close_button.clicked.connect(self.close_wanted)
        self.cancel_button.clicked.connect(self.cancel)
        window.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch()
        self.column.setSpacing(12)
        for widget in (self.heading, self.text, self.problem, self.always):
            self.column.addWidget(widget)
        self.column.addSpacing(4)
        self.column.addLayout(row)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)

    # --- what it shows ----------------------------------------------------------------------------------------

    def ask(self, outlook: Outlook) -> None:
        """Say what goes on, and ask."""
        if self._is_busy:
            return
        if not self.isVisible():
            self._former = self._window.focusWidget()
            self.always.setChecked(False)
        self._show(self._heading(outlook), self._sentence(outlook))

    def show_busy(self) -> None:
        """Say that the labs are being handed over."""
        self._is_busy = True
        self._show(self.tr("Handing over …"), self.tr("“labdesk serve” is starting; then this window closes."))

    def show_problem(self, problem: str) -> None:
        """Say why that was not possible; everything can be chosen again."""
        self._is_busy = False
        text = self.tr("Your labs keep running, and this window goes on looking after them.")
        self._show(self.tr("The labs could not be handed over"), text, problem)

    def cancel(self) -> None:
        """The window stays, and the keyboard is where it was."""
        if self._is_busy:
            return
        self.hide()
        self._veil.hide()
        if self._former is not None and self._former.isVisible():
            self._former.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, heading: str, text: str, problem: str = "") -> None:
        self.heading.setText(heading)
        self.text.setText(text)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.setAccessibleName(heading)
        self.setAccessibleDescription(f"{text} {problem}".strip())
        for widget in (*self._buttons, self.always):
            widget.setEnabled(not self._is_busy)
        self._place()
        for part in (self._veil, self):
            part.show()
            part.raise_()
        if not self._is_busy:
            self.keep_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _heading(self, outlook: Outlook) -> str:
        if outlook.running:
            return counted(outlook.running, self.tr("{n} lab is running"), self.tr("{n} labs are running"))
        return counted(outlook.planned, self.tr("{n} lab starts soon"), self.tr("{n} labs start soon"))

    def _sentence(self, outlook: Outlook) -> str:
        """What becomes of them while the desk is closed, with the first moment that somebody misses it."""
        if not outlook.running:
            text = self.tr("While LabDesk is closed nothing starts them; the first is due {time}.")
            return text.format(time=self._due(outlook.next_start))
        text = self.tr("Closing stops no lab, but while LabDesk is closed nothing ends them; the first is due {time}.")
        text = text.format(time=self._due(outlook.first_end))
        if not outlook.planned:
            return text
        one = self.tr("{n} more lab would start at {time}.")
        many = self.tr("{n} more labs would start, the first at {time}.")
        more = (one if outlook.planned == 1 else many).format(n=outlook.planned, time=self._due(outlook.next_start))
        return f"{text} {more}"

    def _due(self, seconds: float) -> str:
        return self._times.moment(datetime.fromtimestamp(seconds, UTC), self._clock.now())

    # --- place and keys ---------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        width = min(max(_WIDTH, self.minimumSizeHint().width()), self._window.width() - 32)
        self._veil.setGeometry(self._window.rect())
        self.resize(width, max(self.heightForWidth(width), self.minimumSizeHint().height()))
        self.move((self._window.width() - width) // 2, _TOP)

    def event(self, event: QEvent) -> bool:
        """The window's single-letter actions rest while the keyboard is here."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.cancel()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = next((button for button in self._buttons if button.hasFocus()), self.keep_button)
            focused.click()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stays in the sheet: what lies behind it is not what one goes on with."""
        parts = [part for part in (self.always, *self._buttons) if part.isEnabled()]
        current = next((place for place, part in enumerate(parts) if part.hasFocus()), -1)
        if not parts:
            return False
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        parts[(current + (1 if forward else -1)) % len(parts)].setFocus(reason)
        return True
