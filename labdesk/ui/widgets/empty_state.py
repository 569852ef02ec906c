"""What a list shows when it has nothing: what is missing and what to do next."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.ui.actions import ActionRegistry
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.paint import draw_pixmap_centered, fill_round

_DISC = 64
_WIDTH = 456


class EmptyState(QWidget):
    """An icon, a heading, a sentence and buttons, in the middle of whatever room there is."""

    def __init__(
        self, theme: Theme, icon: str, heading: str = "", sentence: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heading = Label(theme, heading, role="section")
        self._sentence = Label(theme, sentence, tone="text_muted", wrap=True)
        for label in (self._heading, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._sentence.setFixedWidth(_WIDTH)
        theme.changed.connect(self._fit)
        self._disc = _Disc(theme, icon)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addLayout(self._buttons)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._disc, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self._sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addStretch(3)
        self._fit()

    @property
    def heading(self) -> str:
        return self._heading.text()

    def set_text(self, heading: str, sentence: str) -> None:
        self._heading.setText(heading)
        self._sentence.setText(sentence)
        self._fit()
        self.setAccessibleName(heading)
        self.setAccessibleDescription(sentence)

    def _fit(self) -> None:
        """A layout that aligns a wrapped label does not ask how high it gets."""
        self._sentence.setFixedHeight(max(self._sentence.heightForWidth(_WIDTH), 0))

    def set_icon(self, icon: str) -> None:
        self._disc.set_icon(icon)

    def add_registered(
        self, actions: ActionRegistry, identity: str, *, kind: ButtonKind = ButtonKind.PLAIN
    ) -> ActionButton:
        """Offer an action of the registry, under its own words."""
        button = ActionButton(self._theme, actions, identity, kind=kind, small=False)
        self._buttons.addWidget(button)
        return button

    def add_action(self, text: str, *, icon: str = "", kind: ButtonKind = ButtonKind.PLAIN, tip: str = "") -> Button:
        """Add a button and return it, to be connected."""
        button = Button(self._theme, text, icon=icon, kind=kind, tip=tip, parent=self)
        self._buttons.addWidget(button)
        return button


class _Disc(QWidget):
    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self.setFixedSize(_DISC, _DISC)
        theme.changed.connect(self.update)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = self._theme.colors
        fill_round(painter, self.rect(), colors.accent_soft, _DISC / 2)
        pixmap = self._theme.icon(self._icon, colors.accent, 28, self)
        draw_pixmap_centered(painter, pixmap, QPointF(_DISC / 2, _DISC / 2))
