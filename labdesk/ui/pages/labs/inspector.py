"""The panel beside the table: one lab in full, or what several selected labs have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from labdesk.labs.labels import COURSE_LABEL
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.life.history import LabHistory
from labdesk.ui.life.steps import condition_rows, expected_start, life_rows, waiting_condition
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.page import PageContext
from labdesk.ui.pages.labs.details import LabDetails
from labdesk.ui.pages.labs.lab_actions import EXTENSIONS, LAB_ACTIONS
from labdesk.ui.pages.labs.life_strip import LifeStrip
from labdesk.ui.pages.labs.links import Links
from labdesk.ui.pages.labs.selection_summary import SelectionSummary
from labdesk.ui.pages.labs.why import NEEDS_LESS, is_for_template, why
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.card import Card
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.marked_rows import MarkedRows
from labdesk.ui.widgets.menus import open_below
from labdesk.ui.widgets.pill import PhasePill
from labdesk.ui.widgets.side_panel import PANEL_WIDTH, SidePanel
from labdesk.ui.words import phase_tip, phase_word

_TEXTS = ("log", "spec")
"""The sections that a wider panel is for."""
_BEGINS_WITH = {
    "PENDING": ("lab.start_now", "lab.stop"),
    "PROVISIONING": ("lab.stop",),
    "RUNNING": ("extend", "lab.stop"),
    "COMPLETED": ("lab.run_again",),
    "FAILED": ("lab.run_again",),
    "TIMEOUT": ("lab.run_again",),
}
"""The buttons of a lab in each phase; everything else is in the menu behind the dots."""
_WIDE, _WIDEST = 460, 720
_WIDE_SHARE = 0.28
_LEAST_TABLE = 560
"""Pixels of the page that a wider panel leaves to the table."""
_LEAST_TEXT = 320
"""Pixels of a text that is worth reading where it is; one with less room is brought to the top."""


class LabInspector(SidePanel):
    """`show_lab` and `show_many` decide what it shows; it keeps no lab, but asks `context.lab_of` each time."""

    def __init__(
        self, context: PageContext, row_of: Callable[[str], LabRow | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            context.theme, close_tip=QCoreApplication.translate("LabInspector", "Close (Esc)"), parent=parent
        )
        self._context = context
        self._row_of = row_of
        self._uid = ""
        self._page_width = 0
        self._build()

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self._context.theme
        self.details = LabDetails(self._context)
        self._about = ElidedLabel(theme, tone="text_muted")
        self._pill = PhasePill(theme)
        self._left = Label(theme, tone="text_muted")
        state = QHBoxLayout()
        state.setSpacing(10)
        state.addWidget(self._pill)
        state.addWidget(self._left)
        state.addStretch()
        self.actions_row = self._make_buttons()
        self._why_title = Label(theme, role="caption_bold", tone="text_muted")
        self._why = Card(theme, soft="well", padding=11)
        self._why_text = Label(theme, wrap=True, selectable=True)
        self._why_text.setTextFormat(Qt.TextFormat.RichText)
        self._why.column.addWidget(self._why_text)
        self.change_link = Button(theme, self.tr("Change its limits or start"), kind=ButtonKind.LINK)
        self.change_link.setToolTip(self.tr("Open the spec of this lab"))
        self.change_link.clicked.connect(lambda: self.details.open("spec"))
        self._why.column.addWidget(self.change_link, 0, Qt.AlignmentFlag.AlignLeft)
        self.template_link = Button(theme, kind=ButtonKind.LINK)
        self.template_link.setToolTip(self.tr("Open it on the Templates page"))
        self.template_link.clicked.connect(self._open_template)
        self._why.column.addWidget(self.template_link, 0, Qt.AlignmentFlag.AlignLeft)
        self.life = MarkedRows(theme, self.tr("Life"), joined=True)
        self._history = LabHistory(self._context.store, self._context.tasks, self)
        self._history.loaded.connect(self._show_life)
        self.strip = LifeStrip(self._context, self._row_of, self._history)
        self.timeline_link = Button(
            theme, self.tr("Timeline"), kind=ButtonKind.LINK, tip=self.tr("Show in the timeline")
        )
        self.timeline_link.clicked.connect(lambda: self._context.navigate("timeline", self._uid))
        self.conditions = MarkedRows(theme, self.tr("Conditions"))
        self._links = Links(self._context)
        self.copy_link = ActionButton(theme, self._context.actions, "lab.copy_links", kind=ButtonKind.LINK, small=False)
        self._sections = {
            "life": self._section(self.tr("Life"), self.life, self.strip, link=self.timeline_link),
            "links": self._section(self.tr("Links"), self._links, link=self.copy_link),
            "conditions": self._section(self.tr("Conditions"), self.conditions),
        }
        self.summary = SelectionSummary(theme, self._context.actions)
        self.summary.hide()
        self._head = QWidget()
        head = QVBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 8)
        head.setSpacing(8)
        head.addWidget(self._about)
        head.addSpacing(2)
        head.addLayout(state)
        head.addWidget(self.actions_row)
        self._one = QWidget()
        column = QVBoxLayout(self._one)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._why_section = self._titled(self._why_title, self._why)
        column.addWidget(self._why_section)
        for section in self._sections.values():
            column.addWidget(section)
        column.addWidget(self.details, 1)
        self.add_above(self._head)
        self.column.addWidget(self._one)
        self.column.addWidget(self.summary)
        self.footer.addWidget(self.details.spec.footer)
        self._show_footer()
        self.details.opened.connect(self._make_room)
        self.room_changed.connect(lambda: QTimer.singleShot(0, self, self._fit_details))
        self.details.spec.field_wanted.connect(self.reveal)
        self.details.spec.tabs.chosen.connect(lambda _tab: QTimer.singleShot(0, self, self._fit_details))

    def _titled(self, title: QWidget, card: QWidget) -> QWidget:
        section = QWidget()
        column = QVBoxLayout(section)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(title)
        column.addWidget(card)
        return section

    def _section(self, title: str, *parts: QWidget, link: QWidget | None = None) -> QWidget:
        section = QWidget()
        column = QVBoxLayout(section)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(Label(self._context.theme, title, role="caption_bold", tone="text_muted"), 1)
        if link is not None:
            head.addWidget(link)
        column.addLayout(head)
        for part in parts:
            column.addWidget(part)
        return section

    def _make_buttons(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(8)
        theme, actions = self._context.theme, self._context.actions
        self._by_id: dict[str, QWidget] = {}
        for identity in ("lab.start_now", "lab.run_again"):
            self._by_id[identity] = ActionButton(theme, actions, identity)
        self._extend = Button(theme, self.tr("Extend"), icon="mdi6.timer-plus-outline", small=True)
        self._extend.setToolTip(self.tr("Give more time (E: 15 min)"))
        self._extend_menu = self._menu([f"lab.extend_{minutes}" for minutes in EXTENSIONS])
        self._extend.clicked.connect(lambda: open_below(self._extend_menu, self._extend))
        self._by_id["extend"] = self._extend
        actions.action(f"lab.extend_{EXTENSIONS[0]}").changed.connect(self._follow_extend)
        self._context.theme.changed.connect(self._show_anew)  # another time zone comes with it
        self._follow_extend()
        self._by_id["lab.stop"] = ActionButton(theme, actions, "lab.stop")
        for button in self._by_id.values():
            row.addWidget(button)
        self._more = Button(theme, icon="mdi6.dots-horizontal", small=True, tip=self.tr("More actions"))
        self.menu = self._menu(LAB_ACTIONS)
        self._more.clicked.connect(lambda: open_below(self.menu, self._more))
        row.addWidget(self._more)
        row.addStretch()
        return holder

    def _menu(self, identities: Sequence[str]) -> QMenu:
        menu = QMenu(self)
        self._context.theme.dress(menu)
        for identity in identities:
            if identity == "lab.delete_workspace":
                menu.addSeparator()
            menu.addAction(self._context.actions.action(identity))
        return menu

    # --- what it shows ----------------------------------------------------------------------------------------

    @property
    def uid(self) -> str:
        """The lab it shows, or nothing."""
        return self._uid

    def show_lab(self, uid: str) -> bool:
        """Show one lab, another one from its top: what it waits for or why it failed. False if it is gone."""
        lab = self._context.lab_of(uid)
        if lab is None:
            return False
        is_another, self._uid = uid != self._uid, uid
        now, times = self._context.clock.now(), self._context.times
        self.title.set_text(lab.student)
        parts = [lab.spec.lab_template, lab.metadata.labels.get(COURSE_LABEL, ""), lab.spec.student_email]
        self._about.set_text(" · ".join(part for part in parts if part), lab.key.subject)
        self._pill.set_phase(lab.phase.value, phase_word(lab.phase.value))
        self._pill.setToolTip(phase_tip(lab.phase.value))
        self._show_buttons(lab, now)
        self._show_why(lab, now)
        self._show_life()
        self.strip.show_lab(uid)
        self.conditions.set_rows(condition_rows(lab, times, now))
        self._links.show_lab(lab)
        self.summary.hide()
        self._show_footer()
        self._head.show()
        self._one.show()
        self._sections["links"].setVisible(lab.phase == LabPhase.RUNNING and bool(lab.status.access_urls))
        self._sections["conditions"].setVisible(bool(lab.status.conditions))
        open_before = self.details.open_section
        self.details.show_lab(lab)
        if is_another or self.details.open_section != open_before:
            self.lay_out_now()
            self._fit_details()
        if is_another:
            self.scroll_to(self._one)
        self.tick(now)
        return True

    def _show_anew(self) -> None:
        self.show_lab(self._uid)

    def show_many(self, rows: Sequence[LabRow]) -> None:
        """Show how many labs are selected, in which phases, and what can be done with them."""
        self._uid = ""
        self.details.close_streams()
        self.summary.show_rows(rows)
        self._show_count()
        self._show_footer()
        self._head.hide()
        self._one.hide()
        self.summary.show()

    def note_many(self, rows: Mapping[str, LabRow | None]) -> bool:
        """Of the labs that are counted, these are otherwise now (None: no longer); False if fewer than two are left."""
        self.summary.note(rows)
        self._show_count()
        return self.summary.count > 1

    def _show_count(self) -> None:
        self.title.set_text(self.tr("{n} labs selected").format(n=self.summary.count))

    def tick(self, now: datetime) -> None:
        """The clock moved on."""
        lab = self._context.lab_of(self._uid) if self._uid else None
        if lab is None:
            return
        expiry = lab.get_expiry()
        left = ""
        if lab.phase == LabPhase.RUNNING and expiry is not None:
            left = self.tr("{span} left").format(span=self._context.times.countdown((expiry - now).total_seconds()))
        elif lab.phase == LabPhase.PENDING:
            expected = expected_start(lab) or lab.scheduled_start
            if expected > now:
                left = self._context.times.until(expected, now)
        self._left.setText(left)
        self.strip.update()

    def _show_life(self) -> None:
        lab, row = self._context.lab_of(self._uid), self._row_of(self._uid)
        if lab is not None and row is not None:
            before = self._history.runs_before(row)
            self.life.set_rows(life_rows(lab, self._context.times, self._context.clock.now(), before))

    def _show_footer(self) -> None:
        """The buttons of the spec's editor stay in view while it is open, however far one scrolls."""
        shown = bool(self._uid) and self.details.open_section == "spec"
        self.details.spec.footer.setVisible(shown)
        self.use_footer(shown)

    def fit(self, page_width: int) -> None:
        """Texts get more of a wide page."""
        self._page_width = page_width
        self._choose_width()

    def _choose_width(self) -> None:
        """By what was chosen, not by what this lab has of it: else the table would shift from one lab to the next."""
        wide = min(max(round(self._page_width * _WIDE_SHARE), _WIDE), _WIDEST, self._page_width - _LEAST_TABLE)
        self.set_panel_width(max(wide, PANEL_WIDTH) if self.details.chosen_section in _TEXTS else PANEL_WIDTH)

    def _make_room(self) -> None:
        """Give texts a wider panel, and bring an opened section into view."""
        self._show_footer()
        self._choose_width()
        self.lay_out_now()
        self._fit_details(just_opened=True)

    def _fit_details(self, *, just_opened: bool = False) -> None:
        """Let an open section that has too little room beneath all else have all of the panel."""
        details, padding = self.details, self.theme.space.panel_padding
        section = details.open_section
        details.setMinimumHeight(0)
        if not section:
            return
        wanted = max(details.sizeHint().height(), _LEAST_TEXT if section in _TEXTS else 0)
        top = details.mapTo(self.body, QPoint(0, 0)).y()
        if self.room - top - padding < wanted:
            details.setMinimumHeight(max(self.room - padding, details.minimumSizeHint().height()))
            if just_opened:
                self.scroll_to(details)

    def _show_buttons(self, lab: LabInstanceRequest, now: datetime) -> None:
        """A button that must wait stays, disabled: which stand there depends on nothing but the lab."""
        shown = _BEGINS_WITH[lab.phase.value]
        for identity, button in self._by_id.items():
            is_past = identity == "lab.start_now" and lab.scheduled_start <= now
            button.setVisible(identity in shown and not is_past)

    def _follow_extend(self) -> None:
        self._extend.setEnabled(self._context.actions.action(f"lab.extend_{EXTENSIONS[0]}").isEnabled())

    def _show_why(self, lab: LabInstanceRequest, now: datetime) -> None:
        title, sentences = why(lab, self._context.times, now)
        self._why_title.setText(title)
        self._why_text.setText("<br>".join(sentences))
        self._why_section.setVisible(bool(sentences))
        waiting = waiting_condition(lab)
        self.change_link.setVisible(
            waiting is not None and waiting.reason in NEEDS_LESS and lab.phase == LabPhase.PENDING
        )
        self.template_link.set_text(self.tr("Template {name}").format(name=lab.spec.lab_template))
        self.template_link.setVisible(is_for_template(lab))

    def _open_template(self) -> None:
        lab = self._context.lab_of(self._uid)
        if lab is not None:
            self._context.navigate("templates", f"{lab.metadata.namespace}/{lab.spec.lab_template}")
