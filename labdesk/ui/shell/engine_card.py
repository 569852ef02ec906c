"""The card at the bottom of the rail: which engine, and how much of it is booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labdesk.engines.monitor import EngineState
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import led_by_keyboard
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.meter import Meter
from labdesk.ui.widgets.paint import focus_ring

if TYPE_CHECKING:
    from labdesk.engines.monitor import EngineMonitor
    from labdesk.labs.capacity import CapacityLedger

SIMULATED_ID = "simulated"
_LOCAL_SCHEMES = ("", "unix", "npipe", "http+docker")
_GIB = 2**30


class EngineCard(Card):
    """`clicked` asks for the Health page. Without numbers to show (observing, unreachable) it says why instead."""

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, padding=10, parent=parent)
        self._name = Label(theme, role="caption")
        self._name.setTextFormat(Qt.TextFormat.RichText)
        self._name.setWordWrap(True)
        self._room = Label(theme, tone="text_muted", role="caption", wrap=True)
        self._meter = Meter(theme, self.tr("Memory booked"))
        self.column.setSpacing(3)
        self.column.addWidget(self._name)
        self.column.addWidget(self._room)
        self.column.addSpacing(4)
        self.column.addWidget(self._meter)
        self._meter.hide()
        self.hide()  # until something is known of an engine
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(self.tr("More on the Health page"))
        self._keyboard_focus = False
        theme.changed.connect(self._restyle)
        self._shown: tuple[str, str, float | None, str] | None = None

    def show_engine(self, monitor: EngineMonitor, capacity: CapacityLedger, acting: bool) -> None:
        """Show the state of now."""
        info = monitor.info
        name, where = self.tr("Docker"), self.tr("on this computer")
        address = info.address if info is not None else ""
        if info is not None and info.engine_id == SIMULATED_ID:
            name, where = self.tr("Simulated engine"), ""
        elif address and address.partition("://")[0] not in _LOCAL_SCHEMES:
            where = self.tr("on {host}").format(host=address.partition("://")[2].partition(":")[0])
        if monitor.state is EngineState.UNREACHABLE:
            self._set(name, where, None, self.tr("does not answer"), "failed")
        elif monitor.state is EngineState.CONNECTING or info is None:
            self._set(name, where, None, self.tr("connecting …"))
        elif not acting:
            self._set(name, where, None, self.tr("another process runs the labs"))
        else:
            total = capacity.limits.memory
            booked = capacity.booked_memory
            text = self.tr("{booked} of {total} GiB booked").format(booked=_gib(booked), total=_gib(total))
            self._set(name, where, booked / total if total else 0.0, text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._keyboard_focus and self.hasFocus():
            focus_ring(QPainter(self), self.rect(), self.theme.colors.accent, self.theme.space.radius)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._keyboard_focus = led_by_keyboard(event.reason(), self._keyboard_focus)
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def _set(self, name: str, where: str, share: float | None, text: str, tone: str = "text_muted") -> None:
        if (name, where, share, text) == self._shown:
            return
        self._shown = (name, where, share, text)
        self.show()
        self._room.setText(text)
        self._room.set_tone(tone)
        self._meter.setVisible(share is not None)
        if share is not None:
            self._meter.set_share(share)
        self.setAccessibleName(f"{name} {where}: {text}")
        self._restyle()

    def _restyle(self) -> None:
        if self._shown is not None:
            name, where = self._shown[:2]
            muted = self.theme.colors.text_muted.name()
            self._name.setText(f"<b>{name}</b> <span style='color:{muted}'>{where}</span>")
        self.update()


def _gib(count: int) -> str:
    """`11.5`, `24`: one digit is enough to see the room."""
    return f"{count / _GIB:.1f}".removesuffix(".0")
