"""Finds what the command field offers: actions, pages, and what pages know of (labs, students, templates, settings)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from labdesk.ui.actions import ActionRegistry, ActionSpec
from labdesk.ui.memory import WindowMemory
from labdesk.ui.page_frame import PageFrame
from labdesk.ui.shell.command_list import Suggestion, fitting, grouped
from labdesk.ui.shell.matching import match

_SHOWN = 10
_RECENT = 4
_OF_A_PAGE = 5
_MEMORY = "window.recent"
_PAGE, _WINDOW = "page.", "window."
OPEN_COMMAND = "window.command"


class CommandFinder(QObject):
    """`show_page` goes to a page and one thing on it."""

    def __init__(
        self,
        actions: ActionRegistry,
        pages: Mapping[str, PageFrame],
        memory: WindowMemory,
        show_page: Callable[[str, str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._pages = pages
        self._memory = memory
        self._show_page = show_page

    def find(self, text: str) -> list[Suggestion]:
        """Return what fits, grouped; without a text what was used last and what can be done now."""
        if not text.strip():
            return self._recent()
        pages, actions = [], []
        for spec, _ in self._actions:
            if spec.id.startswith(_PAGE):
                pages.append(self._suggestion(spec, self.tr("Pages")))
            elif spec.id != OPEN_COMMAND:
                actions.append(self._suggestion(spec, self.tr("Actions")))
        return grouped([fitting(text, actions), fitting(text, pages), *self._things(text)], _SHOWN)

    def _recent(self) -> list[Suggestion]:
        known = self._memory.get(_MEMORY, [])
        recent = [identity for identity in known if identity in self._actions and self._is_possible(identity)]
        last = [self._suggestion(self._actions.spec(one), self.tr("Used last")) for one in recent[:_RECENT]]
        others = [
            spec
            for spec, action in self._actions
            if action.isEnabled() and not action.isChecked()  # what is so already is no suggestion
            if spec.id != OPEN_COMMAND and spec.id not in recent[:_RECENT]
        ]
        pages = [self._suggestion(spec, self.tr("Pages")) for spec in others if spec.id.startswith(_PAGE)]
        rest = [spec for spec in others if not spec.id.startswith(_PAGE)]
        rest.sort(key=lambda spec: spec.id.startswith(_WINDOW))  # Close is what nobody looks for first
        return [*last, *pages, *(self._suggestion(spec, self.tr("Actions")) for spec in rest)][:_SHOWN]

    def _suggestion(self, spec: ActionSpec, group: str) -> Suggestion:
        possible = self._is_possible(spec.id)
        remark = spec.group if possible else self._actions.why_not(spec.id) or self.tr("Not possible now")
        keys = self._actions.key_text(spec.id) if possible else ""
        icon = spec.icon or "mdi6.chevron-right"
        return Suggestion(spec.text, remark, icon, lambda: self._run(spec.id), keys, group, possible)

    def _is_possible(self, identity: str) -> bool:
        return self._actions.action(identity).isEnabled()

    def _run(self, identity: str) -> None:
        """Run an action and remember it; what became impossible meanwhile is not run."""
        known = [one for one in self._memory.get(_MEMORY, []) if one != identity]
        self._memory.put(_MEMORY, [identity, *known][: 2 * _RECENT])
        self._actions.action(identity).trigger()

    def _things(self, text: str) -> list[list[Suggestion]]:
        """What the pages find, a list for each group."""
        groups: dict[str, list[Suggestion]] = {}
        for key, frame in self._pages.items():
            nothing: list[tuple[str, str, str, str]] = []
            for title, remark, target, group in frame.ask(lambda page: page.search_matches(text, _OF_A_PAGE), nothing):
                fit = match(text, title)
                suggestion = Suggestion(
                    title,
                    remark,
                    frame.kind.ICON,
                    lambda key=key, target=target: self._show_page(key, target),  # type: ignore[misc]
                    group=group,
                    fit=int(fit.fit) if fit is not None else 1,
                    letters=fit.letters if fit is not None else frozenset(),
                )
                groups.setdefault(group, []).append(suggestion)
        return list(groups.values())
