"""One event in full: what happened in plain words, from which phase to which, and the whole CloudEvent."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from labdesk.labs.narrate import student_of
from labdesk.resource.events import JournalEvent
from labdesk.ui.pages.events.json_view import JsonView
from labdesk.ui.pages.events.texts import (
    EventTexts,
    lab_of,
    phase_names,
    pretty_json,
    transition_of,
)
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.paint import draw_pixmap_centered
from labdesk.ui.widgets.pill import PhasePill
from labdesk.ui.widgets.severity import severity_look
from labdesk.ui.widgets.side_panel import SidePanel
from labdesk.ui.words import phase_word, severity_word


class EventDetail(SidePanel):
    """`lab_wanted` carries the subject (`namespace/name`) whose lab is to be shown, `only_lab_wanted` a lab's name."""

    lab_wanted = Signal(str)
    only_lab_wanted = Signal(str)

    def __init__(
        self, theme: Theme, texts: EventTexts, copy: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, close_tip=QCoreApplication.translate("EventDetail", "Close (Esc)"), parent=parent)
        self._texts = texts
        self._copy = copy
        self._event: JournalEvent | None = None
        self.setAccessibleName(self.tr("The chosen event"))
        self._where = ElidedLabel(theme, role="caption", tone="text_muted")
        self._transition = _Transition(theme)
        self._severity = _SeverityLine(theme)
        self._sentence = Label(theme, wrap=True, selectable=True)
        self.show_lab_button = Button(
            theme, self.tr("Show lab"), small=True, tip=self.tr("Show this lab on the Labs page")
        )
        self.only_lab_button = Button(
            theme, self.tr("Only this lab"), small=True, tip=self.tr("Show only the events of this lab")
        )
        self._json = JsonView(theme, self.tr("The whole CloudEvent as JSON"), copy)
        self.copy_button = Button(
            theme, self.tr("Copy"), icon="mdi6.content-copy", kind=ButtonKind.QUIET, small=True,
            tip=self.tr("Copy the CloudEvent as JSON"),
        )  # fmt: skip
        self._lay_out()
        self.show_lab_button.clicked.connect(lambda: self.lab_wanted.emit(self._event.subject if self._event else ""))
        self.only_lab_button.clicked.connect(
            lambda: self.only_lab_wanted.emit(lab_of(self._event) if self._event else "")
        )
        self.copy_button.clicked.connect(lambda: self._copy(self._json.text))

    @property
    def json_text(self) -> str:
        return self._json.text

    @property
    def sentence_text(self) -> str:
        return self._sentence.text()

    @property
    def transition_text(self) -> str:
        """`Running → Failed`, or nothing."""
        return self._transition.accessibleName() if self._transition.isVisibleTo(self) else ""

    def show_event(self, event: JournalEvent) -> None:
        """Show another event, from its top."""
        self._event = event
        self.title.set_text(student_of(event) or lab_of(event) or event.subject or self.tr("LabDesk"))
        self._where.set_text(
            f"{event.subject} · {self._texts.time(event)}".removeprefix(" · "), self._texts.exact(event)
        )
        self._transition.show_transition(transition_of(event))
        self._severity.show_severity(event.severity)
        self._sentence.setText(self._texts.sentence(event))
        has_lab = bool(lab_of(event))
        self.show_lab_button.setVisible(has_lab)
        self.only_lab_button.setVisible(has_lab)
        self._json.set_text(pretty_json(event))
        self.setAccessibleDescription(self._texts.line(event))

    def _lay_out(self) -> None:
        theme = self.theme
        remark = Card(theme, soft="well")
        remark.column.addWidget(self._severity)
        remark.column.addWidget(self._sentence)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.show_lab_button)
        buttons.addWidget(self.only_lab_button)
        buttons.addStretch()
        remark.column.addLayout(buttons)
        heading = QHBoxLayout()
        heading.addWidget(Label(theme, self.tr("CloudEvent"), role="caption_bold", tone="text_muted"))
        heading.addStretch()
        heading.addWidget(self.copy_button)
        whole = Card(theme, soft="well")
        whole.column.addWidget(self._json)
        self.column.addWidget(self._where)
        self.column.addWidget(self._transition)
        self.column.addWidget(remark)
        self.column.addSpacing(4)
        self.column.addLayout(heading)
        self.column.addWidget(whole)
        self.column.addStretch()


class _Transition(QWidget):
    """`Running → Failed` as two pills; takes no room for events that changed no phase."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._before, self._after = PhasePill(theme), PhasePill(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(6)
        row.addWidget(self._before)
        row.addWidget(_Arrow(theme))
        row.addWidget(self._after)
        row.addStretch()

    def show_transition(self, transition: tuple[str, str] | None) -> None:
        self.setVisible(transition is not None)
        if transition is not None:
            self._before.set_phase(transition[0], phase_word(transition[0]))
            self._after.set_phase(transition[1], phase_word(transition[1]))
            self.setAccessibleName(phase_names(transition))


class _Arrow(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(16, 16)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        pixmap = self._theme.icon("mdi6.arrow-right", self._theme.colors.text_muted, 14, self)
        draw_pixmap_centered(QPainter(self), pixmap, self.rect().toRectF().center())


class _SeverityLine(QWidget):
    """Icon and word of a severity; takes no room for ordinary events."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._severity = "info"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_severity(self, severity: str) -> None:
        self._severity = severity
        self.setVisible(severity != "info")
        self.setAccessibleName(severity_word(severity))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, self._theme.line_height("body_medium"))

    def paintEvent(self, event: QPaintEvent) -> None:
        icon, tone = severity_look(self._severity)
        ink = self._theme.colors.named(tone)
        painter = QPainter(self)
        pixmap = self._theme.icon(icon, ink, 16, self)
        draw_pixmap_centered(painter, pixmap, QRect(0, 0, 16, self.height()).toRectF().center())
        painter.setFont(self._theme.fonts.body_medium)
        painter.setPen(ink)
        painter.drawText(
            self.rect().adjusted(24, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, severity_word(self._severity)
        )
