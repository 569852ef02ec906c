"""Form controls in the theme."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.completion import complete_from
from labdesk.ui.widgets.paint import draw_pixmap_centered, draw_text


class TextField(QLineEdit):
    """One line of text."""

    def __init__(self, theme: Theme, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        theme.dress(self)


class TextArea(QPlainTextEdit):
    """Several lines of plain text; `mono` for logs and manifests. Tab leaves it."""

    def __init__(
        self, theme: Theme, placeholder: str = "", *, mono: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        theme.dress(self)
        if mono:
            self.setFont(theme.fonts.mono)


class NumberField(QSpinBox):
    """A whole number, typed or changed with the arrow keys."""

    def __init__(self, theme: Theme, least: int, most: int, suffix: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        self.setSuffix(suffix)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        theme.dress(self)

    def sizeHint(self) -> QSize:
        return _as_a_line(self, super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return _as_a_line(self, super().minimumSizeHint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        _leave(event)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        _place_line(self, self.lineEdit(), event)
        return handled


def _as_a_line(box: QWidget, hint: QSize) -> QSize:
    """As high as a line of text and a button beside it; the style makes boxes three pixels higher."""
    return QSize(hint.width(), box.fontMetrics().height() + 14)


def _leave(event: QWheelEvent) -> None:
    """The wheel scrolls the form around a control; over it, it would change a value that nobody looks at."""
    event.ignore()


_PLACING_EVENTS = frozenset({QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.StyleChange, QEvent.Type.FontChange})


def _place_line(box: QAbstractSpinBox, line: QLineEdit, event: QEvent) -> None:
    """Give the inner line its room: a styled box without buttons leaves it one pixel (Qt 6.11)."""
    if event.type() in _PLACING_EVENTS:
        line.setGeometry(box.rect().adjusted(10, 1, -10, -1))


_TEXT_LEFT, _ARROW_ROOM = 12, 28


class Select(QComboBox):
    """One of several choices."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setItemDelegate(QStyledItemDelegate(self))  # the one that knows the style sheet's rows
        theme.dress(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        _leave(event)

    def sizeHint(self) -> QSize:
        return _as_a_line(self, super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return _as_a_line(self, super().minimumSizeHint())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.subControls &= ~QStyle.SubControl.SC_ComboBoxArrow
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.end()
        colors, inside = self._theme.colors, QPainter(self)
        pixmap = self._theme.icon("mdi6.chevron-down", colors.text_muted, 16, self)
        draw_pixmap_centered(inside, pixmap, QPointF(self.width() - 16, self.height() / 2))
        if not self.isEditable():  # where a line of text has it; the style would set it two pixels off
            place = self.rect().adjusted(_TEXT_LEFT, 0, -_ARROW_ROOM, 0)
            text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, place.width())
            draw_text(inside, place, text, self.font(), colors.text if self.isEnabled() else colors.text_muted)


class ComboField(Select):
    """A line of text with choices beneath: typed, or taken from the list, which Up and Down open.

    `edited` tells of every change a person makes, `taken` of the place in the list of what was chosen there. The list
    may be filled when `about_to_list` tells that it opens. `finds` offers while somebody types what holds the letters.
    """

    edited = Signal()
    taken = Signal(int)
    about_to_list = Signal()

    def __init__(
        self, theme: Theme, placeholder: str = "", *, finds: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.line.setPlaceholderText(placeholder)
        self.setCompleter(None)  # type: ignore[arg-type]  # None is how Qt takes its own away
        if finds:
            complete_from(theme, self.line, self.model(), placeholder).activated.connect(
                lambda _text: self.edited.emit()
            )
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self.activated.connect(self._take)

    @property
    def line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None  # noqa: S101  (it is editable)
        return line

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    def set_choices(self, texts: Iterable[str]) -> None:
        """Offer these; what was typed stays."""
        typed, place = self.currentText(), self.line.cursorPosition()
        blocked = self.blockSignals(True)
        self.clear()
        self.addItems(list(texts))
        self.setCurrentIndex(-1)
        self.setEditText(typed)
        self.line.setCursorPosition(place)
        self.blockSignals(blocked)

    def showPopup(self) -> None:
        self.about_to_list.emit()
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def _take(self, place: int) -> None:
        self.taken.emit(place)
        self.edited.emit()


def mark_problem(control: QWidget, problem: str, hint: str = "") -> None:
    """Give a control the frame of a wrong one, or take it away; screen readers hear what is wrong, or the hint."""
    control.setAccessibleDescription(problem or hint)
    mark_invalid(control, bool(problem))


def mark_invalid(control: QWidget, invalid: bool) -> None:
    """Give a control the frame of a wrong one, or take it away."""
    if bool(control.property("invalid")) != invalid:
        control.setProperty("invalid", invalid)
        control.style().unpolish(control)
        control.style().polish(control)
