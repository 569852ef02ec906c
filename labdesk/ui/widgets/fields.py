"""Form controls in the theme, and a field: label above, control, then a hint or what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.paint import draw_pixmap_centered


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


class DateTimeField(QDateTimeEdit):
    """A date and time of day, typed or changed with the arrow keys; `pattern` is Qt's (`ddd d MMM yyyy, HH:mm`)."""

    def __init__(self, theme: Theme, pattern: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDisplayFormat(pattern)
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


def _as_a_line(box: QAbstractSpinBox, hint: QSize) -> QSize:
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


class Select(QComboBox):
    """One of several choices."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.dress(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        _leave(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.subControls &= ~QStyle.SubControl.SC_ComboBoxArrow
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
        arrow = QPainter(self)
        pixmap = self._theme.icon("mdi6.chevron-down", self._theme.colors.text_muted, 16, self)
        draw_pixmap_centered(arrow, pixmap, QPointF(self.width() - 16, self.height() / 2))


_GAP = 4


class Field(QWidget):
    """A control with its label and, beneath, a hint that gives way to the problem. The room for it is kept.

    `helper` stands at the right of the label: a button that helps to fill the control.
    """

    def __init__(
        self,
        theme: Theme,
        label: str,
        control: QWidget,
        hint: str = "",
        helper: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = control
        self._hint = hint
        self._label = Label(theme, label, role="caption_medium", tone="text_muted")
        self._label.setBuddy(control)
        self._note = Label(theme, hint, role="caption", tone="text_muted", wrap=True)
        self._note.setMinimumHeight(theme.line_height("caption"))
        control.setAccessibleName(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        self._head = QHBoxLayout()
        self._head.addWidget(self._label, 1)
        if helper is not None:
            self._head.addWidget(helper)
        column.addLayout(self._head)
        column.addWidget(control)
        column.addWidget(self._note)

    @property
    def problem(self) -> str:
        return "" if self._note.text() == self._hint else self._note.text()

    def note_height(self, width: int) -> int:
        """Return the pixels that hint or problem take in a field of that width."""
        return max(self._note.heightForWidth(width), self._note.minimumHeight())

    def height_around(self, width: int) -> int:
        """Return the pixels of all but the control in a field of that width."""
        return self._head.sizeHint().height() + 2 * _GAP + self.note_height(width)

    def set_hint(self, hint: str) -> None:
        if not self.problem:
            self._note.setText(hint)
            self.control.setAccessibleDescription(hint)
        self._hint = hint

    def set_problem(self, problem: str) -> None:
        """Say what is wrong, or clear it with an empty text. Screen readers hear it with the control."""
        self._note.setText(problem or self._hint)
        self._note.set_tone("failed" if problem else "text_muted")
        mark_problem(self.control, problem, self._hint)


def mark_problem(control: QWidget, problem: str, hint: str = "") -> None:
    """Give a control the frame of a wrong one, or take it away; screen readers hear what is wrong, or the hint."""
    control.setAccessibleDescription(problem or hint)
    control.setProperty("invalid", bool(problem))
    control.style().unpolish(control)
    control.style().polish(control)
