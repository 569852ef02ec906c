"""The Labs page: toolbar, table, inspector and the latest events, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.models.lab_filter import LabFilter
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.labs.column_layout import RESET_COLUMNS
from labdesk.ui.pages.labs.context_menu import LabContextMenu
from labdesk.ui.pages.labs.events_strip import EventsStrip
from labdesk.ui.pages.labs.exporting import LabExports
from labdesk.ui.pages.labs.grouping import LabGrouping
from labdesk.ui.pages.labs.inspector import LabInspector
from labdesk.ui.pages.labs.lab_actions import LabActions
from labdesk.ui.pages.labs.lab_search import find_labs
from labdesk.ui.pages.labs.links import open_link
from labdesk.ui.pages.labs.table import LabTableView
from labdesk.ui.pages.labs.toolbar import LabToolbar
from labdesk.ui.pages.labs.view_menu import LabViewMenu
from labdesk.ui.pages.labs.workspace_deletion import WorkspaceDeletion
from labdesk.ui.panels.no_labs import NoLabs
from labdesk.ui.widgets.card import TableCard, at_top
from labdesk.ui.widgets.focus import holds_focus
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.side_panel import SidePanel
from labdesk.ui.widgets.toast import HOLD_MS
from labdesk.ui.words import counted, phase_word

_STUDENT = "student:"


_CURRENT = "labs.current"


class LabsPage(Page):
    """A panel (`show_panel`) takes the inspector's place until it is closed."""

    KEY = "labs"
    ICON = "mdi6.flask-outline"

    def __init__(self, context: PageContext, hold_milliseconds: int = HOLD_MS, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = LabTableModel(context.times, self)
        self.model.texts.set_now(context.clock.now())
        self._panel: SidePanel | None = None
        self._welcome: QWidget | None = None
        self._awaited: tuple[str, ...] = ()
        self._remembered = context.memory.get(_CURRENT, "")
        self._welcome_wanted: Callable[[], bool] = lambda: False
        self._build(hold_milliseconds)
        self._connect()
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.timeout.connect(self._tick)

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self, hold_milliseconds: int) -> None:
        context, theme = self.context, self.context.theme
        self.view = LabTableView(theme, self.model, context.memory)
        self.workspace_deletion = WorkspaceDeletion(context, self.targets, self)
        self.lab_actions = LabActions(
            context, self.model, self.targets, self._show_log, self.workspace_deletion, hold_milliseconds, self
        )
        self._declare()
        self.grouping = LabGrouping(context, self.model, self)
        self._stack = QStackedWidget()
        self.exports = LabExports(context, self.model, self.view.columns, self._stack, self)
        view_menu = LabViewMenu(theme, context.actions, self.view.columns, self)
        self.view.header.customContextMenuRequested.connect(
            lambda point: view_menu.columns.popup(self.view.header.mapToGlobal(point))
        )
        self.toolbar = LabToolbar(theme, self.model, view_menu, context.actions, context.memory)
        self.menu = LabContextMenu(theme, context.actions, self)
        self.inspector = LabInspector(context, self.model.row)
        self.inspector.hide()
        self.strip = EventsStrip(context)
        first = self.tr("Pick a template, students and a time; every lab starts and ends by itself.")
        self.empty = NoLabs(theme, context.actions, self.ICON, first)
        self._stack.addWidget(at_top(TableCard(theme, self.view)))
        self._stack.addWidget(self.empty)
        margin = theme.space.page_margin
        main = QVBoxLayout()
        main.setContentsMargins(margin, 12, margin, margin)
        main.setSpacing(8)
        main.addWidget(self.toolbar)
        main.addWidget(self._stack, 1)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(main, 1)
        left.addWidget(self.strip)
        self._beside = QHBoxLayout(self)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(0)
        self._beside.addLayout(left, 1)
        self._beside.addWidget(self.inspector)
        for before, after in pairwise((*self.toolbar.tab_stops(), self.view)):
            QWidget.setTabOrder(before, after)
        self.refresh_stack()

    def _declare(self) -> None:
        add, group = self.context.actions.add, self.tr("Labs")
        reset = self.tr("Reset columns")
        spec = ActionSpec(RESET_COLUMNS, reset, group, Undoing.HARMLESS, "", "mdi6.table-refresh")
        add(spec, self.view.columns.reset)
        note = self.context.actions.note_key
        note(self.tr("Choose one lab more, or one less"), group, self.tr("Space"))
        note(self.tr("Open what is chosen"), group, self.tr("Enter"))
        note(self.tr("Fold or unfold a group"), group, self.tr("Left, Right"))

    def _connect(self) -> None:
        bridge = self.context.bridge
        bridge.labs_listed.connect(self._take_list)
        bridge.labs_changed.connect(self.model.apply)
        self.model.labs_changed.connect(self._labs_changed)
        self.model.counts_changed.connect(self._counts_changed)
        self.model.selection_changed.connect(self._selection_changed)
        self.view.current_changed.connect(self._selection_changed)
        self.view.opened.connect(self._open_details)
        self.view.link_clicked.connect(self._open_link)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.toolbar.filter_changed.connect(self._filter)
        self.model.set_filter(self.toolbar.wanted)
        self.toolbar.search.lead_to(self._go_to_first, self.view)
        self.inspector.closed.connect(self.view.clear_current)
        self.empty.all_wanted.connect(self._show_all)
        self.strip.chosen.connect(self._show_subject)
        self.strip.all_wanted.connect(lambda: self.context.navigate("events", ""))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.inspector.fit(self.width())

    # --- the page's own ---------------------------------------------------------------------------------------

    def title(self) -> str:
        return QCoreApplication.translate("LabsPage", "Labs")

    def activate(self) -> None:
        remembered, self._remembered = self._remembered, ""
        if remembered and not self.view.current_uid:
            self.view.show_lab(remembered)
        self._offer_actions(self._panel is None)
        self._tick()

    def _offer_actions(self, offered: bool) -> None:
        self.lab_actions.set_offered(offered)
        self.exports.set_offered(offered)

    def take_focus(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        self._offer_actions(False)
        self._second.stop()

    def show_target(self, target: str) -> None:
        """Show the lab with that uid, whatever is filtered.

        `tab:` and a tab's name show all that stand in it, `student:` and an address all labs of that student.
        """
        if target.startswith("tab:"):
            self.toolbar.tabs.choose(target.removeprefix("tab:"))
            self.toolbar.clear_narrowing()
            return
        if target.startswith(_STUDENT):
            self._show_all()
            self.toolbar.search.set_text(target.removeprefix(_STUDENT))
            return
        if not self.view.show_lab(target) and self.model.row(target) is not None:
            self._show_all()
            self.view.show_lab(target)

    def show_new(self, uids: Sequence[str]) -> None:
        """Choose labs that were just made, whatever is filtered: now, or as soon as the table has them."""
        self._awaited = tuple(uids)
        self._show_awaited()

    def _show_awaited(self) -> None:
        if self._awaited and all(self.model.row(uid) is not None for uid in self._awaited):
            uids, self._awaited = self._awaited, ()
            self.show_target(uids[0])
            self.model.select(uids)

    def search_field(self) -> SearchField:
        return self.toolbar.search

    def primary_actions(self) -> Sequence[str]:
        return ("lab.new",) if "lab.new" in self.context.actions else ()

    def search_matches(self, text: str, limit: int) -> list[tuple[str, str, str, str]]:
        """Labs whose every word is found, those whose student is called so first; students with several labs."""
        labs, students = find_labs(self.model.rows(), text, limit)
        group, whole = self.tr("Labs"), self.tr("Students")
        found = [(row.student, self._which(row), row.uid, group) for row in labs]
        return found + [(row.student, row.email, f"{_STUDENT}{row.email}", whole) for row in students]

    def _which(self, row: LabRow) -> str:
        """What tells a lab from the others of its student."""
        start = self.context.times.moment(datetime.fromtimestamp(row.start, UTC), self.context.clock.now())
        return f"{row.template} · {start} · {phase_word(row.phase)}"

    def close_page(self) -> None:
        self._second.stop()
        self.lab_actions.close()
        self.inspector.details.close_streams()
        self.context.memory.put(_CURRENT, self.view.current_uid)

    def targets(self) -> list[LabRow]:
        """What actions take: the selected labs that are shown, else the current one."""
        rows = self.model.selected_rows()
        if not rows and (row := self.model.row(self.view.current_uid)) is not None:
            return [row]
        return rows

    def set_welcome(self, welcome: QWidget, wanted: Callable[[], bool]) -> None:
        """While there is no lab and `wanted` says so, show this in the table's place: the first run."""
        self._stack.addWidget(welcome)
        self._welcome, self._welcome_wanted = welcome, wanted
        self.refresh_stack()

    @property
    def is_welcoming(self) -> bool:
        """True while the first run is shown instead of a table."""
        return self._welcome is not None and self._stack.currentWidget() is self._welcome

    def refresh_stack(self) -> None:
        """Show the labs, or why none is listed, or the welcome."""
        empty = not self.model.rowCount()
        welcome = self.model.total == 0 and self._welcome is not None and self._welcome_wanted()
        self._stack.setCurrentIndex(2 if welcome else 1 if empty else 0)
        self.toolbar.setVisible(not welcome)
        self.strip.setVisible(not welcome)
        if empty:
            self.empty.explain(has_labs=self.model.total > 0, is_narrowed=self.model.lab_filter.is_narrowed)

    def show_panel(self, panel: SidePanel) -> None:
        """Show a panel in the inspector's place; its `closed` puts the inspector back."""
        if self._panel is not panel:
            if self._panel is not None:
                self._panel.hide()
            if self._beside.indexOf(panel) < 0:
                self._beside.addWidget(panel)
                panel.closed.connect(self.close_panel)
            self._panel = panel
        self.inspector.hide()
        self._offer_actions(False)
        panel.show()

    def close_panel(self) -> None:
        """Put the inspector back where a panel was."""
        if self._panel is not None:
            self._panel.hide()
            self._panel = None
            self._offer_actions(self.isVisible())
            self._selection_changed()
            self.view.setFocus()

    # --- what comes in ----------------------------------------------------------------------------------------

    def _take_list(self, images: list[object]) -> None:
        self.model.load(images)  # type: ignore[arg-type]
        self.view.columns.size_to_rows()
        self.refresh_stack()
        self.context.tasks.spawn(self.strip.load_async(), "latest events")

    def _labs_changed(self, uids: set[str]) -> None:
        self._show_awaited()
        self.lab_actions.labs_changed(uids)
        chosen = [uid for uid in uids if self.model.is_selected(uid)]
        if self.inspector.uid:
            if chosen or self.inspector.uid in uids:
                self._selection_changed()
        elif chosen:
            rows = {uid: row for uid in chosen if (row := self.model.row(uid)) is not None}
            passing = {uid: row if self.model.passes(row) else None for uid, row in rows.items()}
            if not self.inspector.note_many(passing):
                self._selection_changed()

    def _counts_changed(self) -> None:
        self.refresh_stack()
        self.view.columns.size_to_rows()
        count = self.model.tallies.in_tab("problems")
        self.badge_changed.emit(count, counted(count, self.tr("{n} failed lab"), self.tr("{n} failed labs")))

    def _filter(self, wanted: LabFilter) -> None:
        self.model.set_filter(wanted)
        self.view.drop_hidden()
        self._selection_changed()  # a chosen lab that had left its tab by itself may be shown again

    def _tick(self) -> None:
        """Once a second, on the second: what counts down counts down everywhere at once."""
        now = self.context.clock.now()
        self.model.tick(now, *self.view.visible_range())
        self.strip.tick(now)
        if self.inspector.isVisible():
            self.inspector.tick(now)
        self._second.start(1_000 - now.microsecond // 1_000 + 5)

    # --- what the instructor does -----------------------------------------------------------------------------

    def _selection_changed(self) -> None:
        self.lab_actions.refresh()
        if self._panel is not None:
            return
        rows = self.model.selected_rows()
        if len(rows) > 1:
            self.inspector.show_many(rows)
            self.inspector.show()
            return
        uid = rows[0].uid if rows else self.view.current_uid
        shown = bool(uid) and self.inspector.show_lab(uid)
        if not shown:
            self.inspector.details.close_streams()
            if holds_focus(self.inspector):
                self.take_focus()
        self.inspector.setVisible(shown)

    def _go_to_first(self) -> None:
        if self.model.rowCount():
            self.take_focus()
            self.view.choose_first()

    def _show_subject(self, page: str, subject: str) -> None:
        if page != self.KEY:
            self.context.navigate(page, subject)
            return
        uid = next((row.uid for row in self.model.rows() if row.subject == subject), "")
        if uid:
            self.show_target(uid)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that no action took: perhaps its action must wait."""
        if event.isAutoRepeat() or not self.lab_actions.tell_why_not(QKeySequence(event.keyCombination())):
            super().keyPressEvent(event)

    def _open_details(self, uid: str) -> None:
        self.inspector.details.events_link.setFocus()

    def _show_log(self) -> None:
        if self.inspector.uid:
            self.inspector.details.open("log")

    def _open_link(self, uid: str) -> None:
        lab = self.context.lab_of(uid)
        if lab is not None and lab.status.access_urls:
            self.context.tasks.spawn(self._open_first_link_async(lab), "open a link")

    async def _open_first_link_async(self, lab: LabInstanceRequest) -> None:
        url = (await self.context.links_of(lab)).urls[0].url
        open_link(self.context, url)

    def _open_menu(self, point: object) -> None:
        self.menu.popup(self.view.viewport().mapToGlobal(point))  # type: ignore[call-overload]

    def _show_all(self) -> None:
        self.toolbar.tabs.choose("all")
        self.toolbar.clear_narrowing()
