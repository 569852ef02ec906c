"""The cards of Today: a title with its count, a list of labs, and ways to the rest of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QPointF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.pages.today.lab_list import PADDING, TodayList
from labdesk.ui.pages.today.list_model import Entry, TodayListModel
from labdesk.ui.pages.today.sections import Section, Today
from labdesk.ui.pages.today.texts import Aspect, TodayTexts
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.paint import draw_pixmap_centered
from labdesk.ui.words import phases_summary

_ICON = 16


class SectionCard(Card):
    """`lab_chosen` carries a uid, `tab_wanted` the tab of the Labs page that holds the rest."""

    lab_chosen = Signal(str)
    tab_wanted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        texts: TodayTexts,
        title: str,
        nothing: str,
        *,
        icon: str = "mdi6.check-circle",
        tone: str = "running",
        with_pills: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """`nothing` is what it says while it is empty, beside `icon` in the colour token `tone`."""
        super().__init__(theme, padding=0, parent=parent)
        self.setAccessibleName(title)
        self.column.setSpacing(0)
        self.column.setContentsMargins(1, 12, 1, 5)
        self._total = 0
        self._count = Label(theme, role="body_bold", tone="text_muted")
        head = QHBoxLayout()
        head.setContentsMargins(PADDING, 0, PADDING, 10)
        head.setSpacing(6)
        head.addWidget(Label(theme, title, role="body_bold"))
        head.addWidget(self._count)
        head.addStretch()
        self.column.addLayout(head)
        self.model = TodayListModel(texts, self)
        self.list = TodayList(theme, self.model, title, with_pills=with_pills)
        self.list.lab_chosen.connect(self.lab_chosen)
        self._nothing = _Nothing(theme, nothing, icon, tone)
        self.column.addWidget(self.list)
        self.column.addWidget(self._nothing)
        self._rest = QWidget()
        self._more = QHBoxLayout(self._rest)
        self._more.setContentsMargins(PADDING, 7, PADDING, 7)
        self._more.setSpacing(18)
        self._more.addStretch()
        self._rest.hide()
        self.column.addWidget(self._rest)
        self._links: dict[str, Button] = {}

    @property
    def count(self) -> int:
        """How many labs the title counts."""
        return self._total

    @property
    def links(self) -> dict[str, Button]:
        """The links to the rest, by what they are about."""
        return self._links

    @property
    def count_text(self) -> str:
        """What stands beside the title."""
        return self._count.text()

    def show_entries(self, entries: Sequence[Entry], total: int, told: str = "") -> None:
        """`told` says more of the `total` than the number."""
        self.model.set_entries(entries)
        self._total = total
        self._count.setText(told or (str(total) if total else ""))
        self.list.setVisible(bool(entries))
        self._nothing.setVisible(not entries)

    def show_more(self, name: str, text: str, tab: str) -> None:
        """Offer the way to the labs that have no room here; no text takes it away."""
        link = self._links.get(name)
        if link is None:
            if not text:
                return
            link = self._links[name] = Button(self.theme, text, kind=ButtonKind.LINK)
            link.clicked.connect(lambda: self.tab_wanted.emit(tab))
            self._more.insertWidget(self._more.count() - 1, link)
        link.set_text(text)
        link.setVisible(bool(text))
        self._rest.setVisible(any(not known.isHidden() for known in self._links.values()))

    def tick(self) -> None:
        """The clock moved on."""
        self.model.refresh()


class AttentionCard(SectionCard):
    """Failed, waiting and soon ending labs, in this order."""

    def __init__(self, theme: Theme, texts: TodayTexts) -> None:
        super().__init__(theme, texts, self.tr("Needs attention"), self.tr("Nothing needs you now."))

    def show_today(self, today: Today) -> None:
        parts = ((today.failed, Aspect.FAILED), (today.waiting, Aspect.WAITING), (today.ending, Aspect.ENDING))
        self.show_entries([entry for section, aspect in parts for entry in _entries(section, aspect)], today.attention)
        self.show_more("failed", _more_text(today.failed, self.tr("and {n} more failed")), "problems")
        self.show_more("waiting", _more_text(today.waiting, self.tr("and {n} more waiting")), "upcoming")
        self.show_more("ending", _more_text(today.ending, self.tr("and {n} more ending soon")), "running")


class RunningCard(SectionCard):
    """What runs, and what is just being started."""

    def __init__(self, theme: Theme, texts: TodayTexts) -> None:
        super().__init__(
            theme, texts, self.tr("Running now"), self.tr("No lab runs now."), icon="mdi6.sleep", tone="text_muted"
        )

    def show_today(self, today: Today) -> None:
        entries = _entries(today.starting, Aspect.RUNNING) + _entries(today.running, Aspect.RUNNING)
        starting, running = today.starting.total, today.running.total
        # The Labs page counts those that run alone; what makes up the rest is said here.
        told = phases_summary({"RUNNING": running, "PROVISIONING": starting}) if starting else ""
        self.show_entries(entries, starting + running, told)
        self.show_more("starting", _more_text(today.starting, self.tr("and {n} more starting")), "upcoming")
        self.show_more("running", _more_text(today.running, self.tr("and {n} more running")), "running")


class NextCard(SectionCard):
    """What starts next: how long until then, and for whom."""

    def __init__(self, theme: Theme, texts: TodayTexts, times: Times) -> None:
        super().__init__(
            theme,
            texts,
            self.tr("Starts next"),
            self.tr("Nothing is planned."),
            icon="mdi6.calendar-blank-outline",
            tone="text_muted",
            with_pills=False,
        )
        self._times = times
        self._texts = texts
        self._today: Today | None = None
        self.countdown = Label(theme, role="page_title")
        self._what = ElidedLabel(theme, tone="text_muted")
        self._headline = QWidget()
        column = QVBoxLayout(self._headline)
        column.setContentsMargins(PADDING, 0, PADDING, 12)
        column.setSpacing(2)
        column.addWidget(self.countdown)
        column.addWidget(self._what)
        self.column.insertWidget(1, self._headline)

    def show_today(self, today: Today) -> None:
        self._today = today
        self.show_entries(_entries(today.upcoming, Aspect.UPCOMING), today.upcoming.total)
        self.show_more("upcoming", _more_text(today.upcoming, self.tr("and {n} more")), "upcoming")
        self._headline.setVisible(bool(today.upcoming.rows))
        self._show_headline()

    def tick(self) -> None:
        super().tick()
        self._show_headline()

    def _show_headline(self) -> None:
        today = self._today
        if today is None or not today.upcoming.rows:
            return
        self.countdown.setText(self._texts.until_start(today.upcoming.rows[0]))
        start = datetime.fromtimestamp(today.next_start, UTC)
        one, many = self.tr("{n} lab starts at {when}"), self.tr("{n} labs start at {when}")
        if today.next_template:
            one, many = self.tr("{n} lab of {template}, at {when}"), self.tr("{n} labs of {template}, at {when}")
        text = (one if today.next_count == 1 else many).format(
            n=today.next_count, template=today.next_template, when=self._times.moment(start, self._texts.now)
        )
        self._what.set_text(text, self._times.exact(start))


class _Nothing(QWidget):
    """One calm line where a list would be."""

    def __init__(self, theme: Theme, text: str, icon: str, tone: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING, 2, PADDING, 8)
        row.setSpacing(8)
        row.addWidget(_Icon(theme, icon, tone))
        row.addWidget(Label(theme, text, tone="text_muted", wrap=True), 1)


class _Icon(QWidget):
    def __init__(self, theme: Theme, icon: str, tone: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon, self._tone = icon, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_ICON, _ICON)

    def paintEvent(self, event: QPaintEvent) -> None:
        pixmap = self._theme.icon(self._icon, self._theme.colors.named(self._tone), _ICON, self)
        draw_pixmap_centered(QPainter(self), pixmap, QPointF(_ICON / 2, _ICON / 2))


def _entries(section: Section, aspect: Aspect) -> list[Entry]:
    return [(row, aspect) for row in section.rows]


def _more_text(section: Section, text: str) -> str:
    return text.format(n=section.hidden) if section.hidden else ""
