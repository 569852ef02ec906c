"""The last errors, each with the whole of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.paint import draw_pixmap_centered

_ICON = 14
_ICON_ROOM = 22


@dataclass(frozen=True, slots=True)
class ErrorText:
    """`remark` says where and when; `tip` is its tooltip."""

    message: str
    remark: str
    tip: str


class ErrorRows(QWidget):
    """Shows at most `most` errors."""

    def __init__(self, theme: Theme, name: str, most: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space.gap)
        self._lines = [_Line(theme) for _ in range(most)]
        for line in self._lines:
            column.addWidget(line)

    @property
    def texts(self) -> list[str]:
        """What is shown: the messages."""
        return [line.message.text() for line in self._lines if line.isVisibleTo(self)]

    def show_errors(self, errors: Sequence[ErrorText]) -> None:
        """Show the first of these; the newest comes first."""
        for place, line in enumerate(self._lines):
            line.setVisible(place < len(errors))
            if place < len(errors):
                line.show_error(errors[place])


class _Line(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.message = Label(theme, wrap=True, selectable=True)
        self._remark = ElidedLabel(theme, role="caption", tone="text_muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(_ICON_ROOM, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message)
        column.addWidget(self._remark)
        self.hide()
        theme.changed.connect(self.update)

    def show_error(self, error: ErrorText) -> None:
        self.message.setText(error.message)
        self._remark.set_text(error.remark, error.tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        pixmap = self._theme.icon("mdi6.alert-circle", self._theme.colors.failed, _ICON, self)
        line = self._theme.line_height("body")
        draw_pixmap_centered(QPainter(self), pixmap, QPointF(_ICON / 2, line / 2))
