"""The card beside the pointer: who it is, in which phase, the whole life, and why."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.labs.labels import COURSE_LABEL
from labdesk.ui.life.spans import life_of
from labdesk.ui.life.steps import life_rows
from labdesk.ui.models.lab_columns import LabTexts
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.page import PageContext
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.marked_rows import MarkedRow, MarkedRows
from labdesk.ui.widgets.pill import PhasePill
from labdesk.ui.words import counted, phase_word

_WIDTH = 300
_AWAY = 14


class HoverCard(Card):
    """It never takes the mouse or the keyboard; the lab's own steps are those of the inspector."""

    def __init__(self, context: PageContext, parent: QWidget) -> None:
        super().__init__(context.theme, padding=12, parent=parent)
        self._context = context
        self._texts = LabTexts(context.times)
        self._uid = ""
        theme = context.theme
        self.title = Label(theme, role="body_bold")
        self._pill = PhasePill(theme)
        self._about = Label(theme, tone="text_muted", wrap=True)
        self.life = MarkedRows(theme, self.tr("Life"))
        self._why = Label(theme, wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self._pill)
        self.column.setSpacing(6)
        self.column.addLayout(head)
        self.column.addWidget(self._about)
        self.column.addWidget(self.life)
        self.column.addWidget(self._why)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedWidth(_WIDTH)
        self.hide()

    @property
    def uid(self) -> str:
        """The lab it shows, or nothing."""
        return self._uid if not self.isHidden() else ""

    def show_lab(self, row: LabRow, earlier: int, now: datetime, at: QPoint, within: QRect) -> None:
        """Show a lab beside the point `at`, wholly inside `within` (both in the parent's coordinates)."""
        self._fill(row, earlier, now)
        self.adjustSize()
        x = at.x() + _AWAY
        if x + self.width() > within.right():
            x = at.x() - _AWAY - self.width()
        y = at.y() + _AWAY
        if y + self.height() > within.bottom():
            y = at.y() - _AWAY - self.height()
        self.move(max(x, within.left()), max(y, within.top()))
        self.show()
        self.raise_()

    def refresh(self, row: LabRow, earlier: int, now: datetime) -> None:
        """The clock moved on, or the lab changed."""
        self._fill(row, earlier, now)

    def _fill(self, row: LabRow, earlier: int, now: datetime) -> None:
        context, times = self._context, self._context.times
        self._uid = row.uid
        self._texts.set_now(now)
        self.title.setText(row.student)
        self._pill.set_phase(row.phase, phase_word(row.phase))
        lab = context.lab_of(row.uid)
        course = lab.metadata.labels.get(COURSE_LABEL, "") if lab is not None else row.course
        left = self._texts.time_left(row) if row.phase == "RUNNING" else ""
        left = self.tr("{span} left").format(span=left) if left else ""
        self._about.setText(" · ".join(part for part in (row.template, course, left) if part))
        rows = life_rows(lab, times, now) if lab is not None else []
        plan = [datetime.fromtimestamp(moment, UTC) for moment in life_of(row, now.timestamp()).plan]
        rows.insert(0, MarkedRow(self.tr("Planned"), times.between(plan[0], plan[1], now), "accent"))
        if earlier:
            times_before = counted(earlier, self.tr("once"), self.tr("{n} times"))
            rows.insert(0, MarkedRow(self.tr("Ran before"), times_before, muted=True))
        self.life.set_rows(rows)
        why = self._texts.message(row)
        self._why.setText(why)
        self._why.setVisible(bool(why))
