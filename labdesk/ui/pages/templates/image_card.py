"""Whether a template's image is on the engine, and a pull with its progress and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.ui.pages.templates.rows import presence_look, presence_sentence, presence_word
from labdesk.ui.panels.image_book import ImageState, Presence
from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.meter import ProgressLine
from labdesk.ui.widgets.pill import StatusPill

_UNKNOWN_SIZE = 100
_PADDING = 12
_LINE_ROOM = 4
"""Pixels above and below the line that shows a pull."""


class ImageCard(Card):
    """`pull_wanted` and `cancel_wanted` ask the page to do so with the shown image."""

    pull_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, padding=_PADDING, parent=parent)
        self.setAccessibleName(self.tr("The image on the engine"))
        self.pill = StatusPill(theme)
        self.pull_button = Button(theme, self.tr("Pull now"), icon="mdi6.download-outline", small=True)
        self.cancel_button = Button(theme, self.tr("Cancel"), tip=self.tr("Stop this pull"), small=True)
        self.progress = ProgressLine(theme, self.tr("Progress of the pull"), self)
        self._sentence = Label(theme, role="caption", tone="text_muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(theme.space.gap)
        head.addStrut(self.pull_button.sizeHint().height())  # a pull for labs has no button
        head.addWidget(self.pill)
        head.addStretch()
        head.addWidget(self.pull_button)
        head.addWidget(self.cancel_button)
        self.column.addLayout(head)
        self.column.addWidget(self._sentence)
        self.column.setContentsMargins(_PADDING, _PADDING, _PADDING, self.progress.sizeHint().height() + 2 * _LINE_ROOM)
        self.pull_button.clicked.connect(self.pull_wanted)
        self.cancel_button.clicked.connect(self.cancel_wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The line stands in the card's lower edge: what lies beneath stays where it is when a pull begins or ends."""
        super().resizeEvent(event)
        height = self.progress.sizeHint().height()
        self.progress.setGeometry(_PADDING, self.height() - height - _LINE_ROOM, self.width() - 2 * _PADDING, height)

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def show_state(self, state: ImageState, reachable: bool) -> None:
        """Show what is known of the image; without an engine that answers nothing can be pulled."""
        pulling = state.presence is Presence.PULLING
        icon, tone = presence_look(state)
        self.pill.show_status(presence_word(state), icon, tone)
        self._sentence.setText(as_sentence(presence_sentence(state, reachable)))
        self._sentence.set_tone("failed" if state.presence is Presence.REFUSED else "text_muted")
        self.progress.setVisible(pulling)
        if pulling:
            self.progress.set_progress(state.current, state.total or _UNKNOWN_SIZE)
        self.cancel_button.setVisible(pulling and not state.for_labs)
        self.pull_button.setVisible(not pulling)
        self.pull_button.setEnabled(reachable)
        self.pull_button.set_text(self._pull_words(state.presence))
        self.pull_button.setToolTip(
            self.tr("Download the image now, so that no lab waits for it (P)")
            if reachable
            else self.tr("Waits for the engine: it does not answer")
        )

    def _pull_words(self, presence: Presence) -> str:
        if presence is Presence.PRESENT:
            return self.tr("Pull again")
        return self.tr("Try again") if presence is Presence.REFUSED else self.tr("Pull now")
