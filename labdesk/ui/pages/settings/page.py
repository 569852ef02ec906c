"""The Settings page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from dateutil.tz import tzlocal
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.config import AccessMode, EngineKind
from labdesk.resource.errors import LabDeskError
from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.settings.columns import SettingsColumns
from labdesk.ui.pages.settings.engine_test import AskEngine, EngineTest
from labdesk.ui.pages.settings.row import PlainRow
from labdesk.ui.pages.settings.rows import SECTIONS, make_rows, section_titles
from labdesk.ui.pages.settings.section import Section
from labdesk.ui.pages.settings.service_row import ServiceRow
from labdesk.ui.pages.settings.shortcuts import shortcut_rows
from labdesk.ui.pages.settings.store_input import StoreInput
from labdesk.ui.pages.settings.user_service import UserService
from labdesk.ui.sentences import as_sentence
from labdesk.ui.settings_keeper import AT_ONCE, SettingsKeeper
from labdesk.ui.shell.matching import rank
from labdesk.ui.theme import ThemeMode
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.banner import Banner
from labdesk.ui.widgets.empty_state import EmptyState
from labdesk.ui.widgets.scroll_column import ScrollColumn
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.words import counted


class SettingsPage(Page):
    """`use_access` makes the desk open new labs to other people, at once; `refusals` says which that would fail."""

    KEY: ClassVar[str] = "settings"
    ICON: ClassVar[str] = "mdi6.cog-outline"
    APART: ClassVar[bool] = True

    def __init__(
        self,
        context: PageContext,
        keeper: SettingsKeeper,
        service: UserService,
        ask_engine: AskEngine,
        use_access: Callable[[AccessMode], None],
        refusals: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self.keeper = keeper
        self._use_access = use_access
        self._refusals = refusals
        self._wrong: dict[str, Any] = {}
        """What stands in fields and cannot be kept as it is."""
        self._in_force = context.settings.model_dump(mode="json")
        self.engine_test = EngineTest(ask_engine, context.tasks, self)
        self.store = StoreInput(context.theme, context.settings.store, context.desktop.open_url)
        self.settings = make_rows(context.theme, self.engine_test, self._engine_place(), self.store)
        self.service = ServiceRow(context.theme, service, context.tasks)
        spec = ActionSpec(
            "settings.reset_all", self.tr("Reset all settings"), self.tr("Settings"), Undoing.INVERSE,
            icon="mdi6.restore", tip=self.tr("Put every setting back to its default"),
        )  # fmt: skip
        context.actions.add(spec, lambda: self._reset(self.keeper.keys))
        self._build()
        self._connect()
        self._show_all()

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self.context.theme
        self.search = SearchField(theme, self.tr("Search settings"), clear_tip=self.tr("Clear the search"))
        self.search.setMaximumWidth(360)
        self.reset_all_button = ActionButton(theme, self.context.actions, "settings.reset_all", small=False)
        self.banner = Banner(theme, "accent")
        self.none_found = EmptyState(theme, "mdi6.magnify-close")
        self.none_found.set_text(self.tr("No setting matches"), self.tr("Try fewer words, or show all settings."))
        self.none_found.add_action(self.tr("Show all settings")).clicked.connect(lambda: self.search.set_text(""))
        later = self.tr("Changes here take effect when LabDesk is started again.")
        self.sections = [
            Section(theme, title, [self.settings[key].row for key in keys], later if AT_ONCE.isdisjoint(keys) else "")
            for title, keys in zip(section_titles(), SECTIONS, strict=True)
        ]
        running: list[PlainRow] = [self.settings["on_close"].row, self.service]
        self.sections.insert(2, Section(theme, self.tr("While the desk is closed"), running))
        self.shortcuts = Section(theme, self.tr("Shortcuts"), [])
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self.context.theme
        margin = theme.space.page_margin
        self.columns = SettingsColumns(theme)
        for section in self.sections:
            self.columns.first.addWidget(section)
        self.columns.second.addWidget(self.shortcuts)
        self._scroll = ScrollColumn(theme, self.columns)
        self._top = QWidget()
        head = QHBoxLayout(self._top)
        head.setContentsMargins(margin, 12, margin, 0)
        head.setSpacing(theme.space.gap)
        head.addWidget(self.search, 4)
        head.addStretch(1)
        head.addWidget(self.reset_all_button)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(margin, 0, margin, theme.space.gap)
        foot.addWidget(self.banner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.space.gap)
        outer.addLayout(_at_left(self._top))
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self.none_found, 1)
        outer.addLayout(_at_left(self._foot))  # below: what is being clicked on must not move
        self._foot.hide()
        self.none_found.hide()

    def _connect(self) -> None:
        for key, setting in self.settings.items():
            setting.control.typed.connect(lambda value, key=key: self._check(key, value))
            setting.control.chosen.connect(lambda value, key=key: self._put(key, value))
            setting.row.reset_wanted.connect(lambda key=key: self._reset((key,)))
        self.keeper.changed.connect(self._changed)
        self.search.searched.connect(self._filter)
        self.search.lead_to(
            lambda: self._step(1),
            self.service.switch,
            *(stop for setting in self.settings.values() for stop in setting.control.stops),
        )
        self.columns.step_wanted.connect(self._step)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._line_up)
        self.engine_test.told.connect(self.settings["docker_host"].row.set_note)
        self.service.done.connect(self._service_turned)
        self.context.theme.changed.connect(self._follow_density)

    # --- the page's own ---------------------------------------------------------------------------------------

    def title(self) -> str:
        return QCoreApplication.translate("SettingsPage", "Settings")

    def activate(self) -> None:
        self._list_shortcuts()
        self._show("access_mode")  # labs and templates have changed meanwhile
        self.service.ask()

    def take_focus(self) -> None:
        self.search.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        self.engine_test.forget()

    def search_field(self) -> SearchField:
        return self.search

    def show_target(self, target: str) -> None:
        """Show one setting by its key."""
        if target in self.settings:
            self.search.set_text("")
            self._enter(self.settings[target].row, self.settings[target].control.stop)

    def search_matches(self, text: str, limit: int) -> list[tuple[str, str, str, str]]:
        """Settings that hold every word; the target is the key."""
        words = text.lower().split()
        found = [(key, one.row) for key, one in self.settings.items() if all(word in one.row.search for word in words)]
        found.sort(key=lambda pair: -rank(text, pair[1].title))
        return [(row.title, "", key, self.tr("Settings")) for key, row in found[:limit]]

    def close_page(self) -> None:
        self.engine_test.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._line_up()

    def _line_up(self) -> None:
        """Let what stands above and below the cards end where they end, beside the scroll bar if there is one."""
        most, bar = self.columns.fit(self.width()), self._scroll.verticalScrollBar()
        taken = bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0
        for part in (self._top, self._foot):
            part.setMaximumWidth(min(most, self.width() - taken))

    # --- the keyboard -----------------------------------------------------------------------------------------

    def _step(self, step: int) -> None:
        """Go on from setting to setting among what is shown; above the first is the search."""
        stops = self._stops()
        focused = self.window().focusWidget()
        place = next((place for place, (row, _) in enumerate(stops) if row.isAncestorOf(focused)), -1)
        if place + step < 0:
            self.search.take_keyboard()
        elif place + step < len(stops):
            self._enter(*stops[place + step])

    def _stops(self) -> list[tuple[PlainRow, QWidget]]:
        """The settings that are shown and can be changed, and what the keyboard goes to in each."""
        stops: dict[PlainRow, QWidget] = {one.row: one.control.stop for one in self.settings.values()}
        stops[self.service] = self.service.switch
        rows = [row for section in self.sections for row in section.rows if row.isVisibleTo(self)]
        return [(row, stops[row]) for row in rows if stops[row].isEnabled()]

    def _enter(self, row: PlainRow, stop: QWidget) -> None:
        self.columns.adjustSize()
        self._scroll.ensureWidgetVisible(row)
        stop.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- showing ----------------------------------------------------------------------------------------------

    def _show_all(self) -> None:
        for key in self.settings:
            if key not in self._wrong:
                self._show(key)
        waiting = sum(self.keeper.waits_for_start(key) for key in self.settings)
        text = counted(
            waiting,
            self.tr("{n} change takes effect when LabDesk is started again."),
            self.tr("{n} changes take effect when LabDesk is started again."),
        )
        self.banner.set_text(self.keeper.trouble or text)
        self.banner.set_tone("failed" if self.keeper.trouble else "accent")
        self._foot.setVisible(bool(waiting or self.keeper.trouble))
        is_changed = any(not self.keeper.is_default(key) for key in self.settings)
        self.context.actions.set_possible("settings.reset_all", is_changed, self.tr("Every setting has its default"))

    def _show(self, key: str) -> None:
        row, control = self.settings[key].row, self.settings[key].control
        given_by = self.keeper.given_by(key)
        control.mark_wrong(False)
        row.reset_button.setVisible(not self.keeper.is_default(key))
        if key == "docker_host" and self._is_simulated:
            control.setEnabled(False)
            row.set_note(self.tr("This run works on a simulated engine, which is nowhere: it has no address."))
            return
        control.show_value(self._in_force[key] if given_by else self.keeper.value(key))
        control.set_changeable(not given_by)
        if given_by:
            text = self.tr("Given by {variable} in the environment; change it there.")
            row.set_note(text.format(variable=given_by))
        elif self.keeper.waits_for_start(key):
            row.set_note(self.tr("Takes effect when LabDesk is started again."), "accent")
        elif key == "store" and str(self.context.settings.store) != self.keeper.value(key):
            row.set_note(self.tr("This run uses {path}.").format(path=self.context.settings.store))
        elif key == "access_mode":
            row.set_note(self._refusals(), "failed")
        elif key == "access_host":
            row.set_note(self.tr("A change takes effect when LabDesk is started again."))
        else:
            row.set_note("")

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        settings = sum(section.filter_rows(words) for section in self.sections)
        shortcuts = self.shortcuts.filter_rows(words)
        self.columns.show_found(bool(settings), bool(shortcuts))
        shown = settings + shortcuts
        self._scroll.setVisible(bool(shown))
        self.none_found.setVisible(not shown)

    def _list_shortcuts(self) -> None:
        """Anew at every visit: pages may have brought actions meanwhile."""
        rows = shortcut_rows(self.context.theme, self.context.actions)
        shown = [(row.title, getattr(row, "keys", "")) for row in self.shortcuts.rows]
        if [(row.title, row.keys) for row in rows] == shown:
            return
        self.columns.second.removeWidget(self.shortcuts)
        self.shortcuts.deleteLater()
        self.shortcuts = Section(self.context.theme, self.tr("Shortcuts"), rows)
        self.columns.second.addWidget(self.shortcuts)
        self._filter(self.search.text)

    @property
    def _is_simulated(self) -> bool:
        return self.context.settings.engine is EngineKind.SIMULATED

    def _engine_place(self) -> str:
        """Where the engine is while no address is set."""
        info = self.context.engine_monitor.info
        if self._is_simulated:
            return self.tr("none: the engine is simulated")
        if info is not None and info.address:
            return self.tr("{address} (found by itself)").format(address=info.address)
        return self.tr("where Docker usually listens")

    # --- changing ---------------------------------------------------------------------------------------------

    def _check(self, key: str, value: Any) -> bool:
        """Say beside the field what is wrong with a value; return whether nothing is."""
        problem = self.keeper.problem(key, value)
        self.settings[key].control.mark_wrong(bool(problem))
        self._wrong.pop(key, None)
        if problem:
            self._wrong[key] = value
            self.settings[key].row.set_problem(problem)
        else:
            self.settings[key].row.set_note("")
        return not problem

    def _put(self, key: str, value: Any) -> None:
        if self._check(key, value):
            self._do(lambda: self.keeper.put({key: value}))

    def _reset(self, keys: tuple[str, ...]) -> None:
        former: dict[str, Any] = {}
        for key in keys:
            self._wrong.pop(key, None)
        if not self._do(lambda: former.update(self.keeper.reset(keys))) or not former:
            return
        titles = [self.settings[key].row.title for key in former if key in self.settings]
        text = (
            self.tr("{setting} reset").format(setting=titles[0]) if len(titles) == 1 else self.tr("All settings reset")
        )
        self.context.toasts.offer_undo(text, lambda: self._do(lambda: self.keeper.restore(former)))

    def _do(self, change: Callable[[], object]) -> bool:
        """Change the file, or say why that was not possible."""
        try:
            change()
        except LabDeskError as error:
            self.context.toasts.show(as_sentence(error.message), tone="failed")
            self._show_all()
            return False
        return True

    def _changed(self, keys: list[str]) -> None:
        for key in keys:
            self._wrong.pop(key, None)
            if not self.keeper.given_by(key):
                self._apply(key)
        self._show_all()
        for key, value in list(self._wrong.items()):  # ports may be right now that the other one is
            if key in self._wrong:
                self._put(key, value)

    def _apply(self, key: str) -> None:
        """Let a setting hold that need not wait for the next start."""
        value, context = self.keeper.value(key), self.context
        if key == "theme":
            context.theme.set_mode(ThemeMode(value))
        elif key == "density":
            context.theme.set_compact(value == "compact")
        elif key == "time_zone":
            context.times.zone = ZoneInfo(value) if value else tzlocal()
            context.theme.changed.emit()  # every text with a time is painted anew
        elif key == "access_mode":
            self._use_access(AccessMode(value))

    def _follow_density(self) -> None:
        """Rows may be made compact elsewhere: that is the same setting, and is kept."""
        density = "compact" if self.context.theme.is_compact else "comfortable"
        if density != self.keeper.value("density") and not self.keeper.given_by("density"):
            self._do(lambda: self.keeper.put({"density": density}))

    def _service_turned(self, text: str, on: bool) -> None:
        self.context.toasts.offer_undo(text, lambda: self.service.turn(not on))


def _at_left(part: QWidget) -> QHBoxLayout:
    """Return a row with `part` at the left of the page."""
    row = QHBoxLayout()
    row.addWidget(part, 1)
    row.addStretch(0)
    return row
