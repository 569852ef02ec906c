"""A list in a form: rows that can be added and taken away."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.fields import mark_invalid


class FormRow(QWidget):
    """Controls beside each other, and a cross behind them."""

    edited = Signal()
    removed = Signal()

    def __init__(self, theme: Theme, remove_tip: str) -> None:
        super().__init__()
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(6)
        self.cross = Button(theme, icon="mdi6.close", kind=ButtonKind.QUIET, small=True, tip=remove_tip)
        self.cross.clicked.connect(self.removed)
        self.line.addWidget(self.cross)

    def add(self, control: QWidget, name: str, stretch: int = 0) -> None:
        """Add a control before the cross; `name` tells screen readers what it is."""
        control.setAccessibleName(name)
        control.setToolTip(name)
        self.line.insertWidget(self.line.count() - 1, control, stretch)

    def controls(self) -> list[QWidget]:
        """All of them in their order, the cross last."""
        items = [self.line.itemAt(place) for place in range(self.line.count())]
        return [widget for item in items if item is not None and (widget := item.widget()) is not None]


class RowList(QWidget):
    """`edited` tells of every change a person makes; `make_row` makes an empty row."""

    edited = Signal()

    def __init__(self, theme: Theme, add_text: str, make_row: Callable[[], FormRow]) -> None:
        super().__init__()
        self._make_row = make_row
        self._rows: list[FormRow] = []
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.add_button = Button(theme, add_text, icon="mdi6.plus", kind=ButtonKind.QUIET, small=True)
        self.add_button.clicked.connect(self._add_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._column)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)

    def focus_first(self) -> None:
        """Give the keyboard to the first row, or to the button that adds one.

        No focus proxy does this: the order of Tab would follow it to the button, past every row.
        """
        first = self._rows[0].controls()[0] if self._rows else self.add_button
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def rows(self) -> list[FormRow]:
        return list(self._rows)

    def event(self, event: QEvent) -> bool:
        """The mark of a wrong field goes to the rows' text fields."""
        if event.type() == QEvent.Type.DynamicPropertyChange:
            for row in self._rows:
                mark_invalid(row.controls()[0], bool(self.property("invalid")))
        return super().event(event)

    def resize_to(self, count: int) -> list[FormRow]:
        """Have that many rows, as many as there are kept, and return them."""
        while len(self._rows) > count:
            self._drop(self._rows[-1])
        while len(self._rows) < count:
            self._append()
        return self.rows

    def _append(self) -> FormRow:
        row = self._make_row()
        row.edited.connect(self.edited)
        row.removed.connect(lambda: self._remove_clicked(row))
        self._rows.append(row)
        self._column.addWidget(row)
        # The keyboard goes from row to row, whenever they were made: behind the button, and the button behind them.
        for first, second in pairwise([self.add_button, *row.controls(), self.add_button]):
            QWidget.setTabOrder(first, second)
        row.show()  # a layout does so only at the loop's next turn, and what is hidden takes no keyboard
        return row

    def _drop(self, row: FormRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _add_clicked(self) -> None:
        self._append().controls()[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edited.emit()

    def _remove_clicked(self, row: FormRow) -> None:
        self._drop(row)
        self.add_button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edited.emit()
