"""Keeps the banner of containers made before the store was restored or copied, and its action, up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from labdesk.ui.actions import ActionSpec, Undoing
from labdesk.ui.words import counted

if TYPE_CHECKING:
    from labdesk.labs.lineages import FormerContainers
    from labdesk.resource.events import JournalEvent
    from labdesk.ui.page import PageContext
    from labdesk.ui.shell.former_banner import FormerBanner

ACTION = "desk.confirm_containers"


class FormerContainersNotice(QObject):
    """`changed` says that the banner came or went."""

    changed = Signal()

    def __init__(
        self, context: PageContext, former: FormerContainers, banner: FormerBanner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._former = former
        self._banner = banner
        spec = ActionSpec(
            ACTION, self.tr("Containers made before are mine …"), self.tr("Desk"), Undoing.CONFIRMED,
            icon="mdi6.database-check-outline",
            tip=self.tr("After a store was restored or copied: go on with the containers made before"),
        )  # fmt: skip
        context.actions.add(spec, banner.ask)
        banner.ask_wanted.connect(context.actions.action(ACTION).trigger)
        banner.confirmed.connect(lambda: context.tasks.spawn(self._confirm_async(), "confirm the containers"))
        context.bridge.events_published.connect(self._take_events)
        self._show(0)

    def refresh(self) -> None:
        """Read what waits."""
        self._context.tasks.spawn(self._refresh_async(), "look for containers made before")

    def _take_events(self, events: list[JournalEvent]) -> None:
        if any(event.type.startswith("desk.containers_") for event in events):
            self.refresh()

    async def _refresh_async(self) -> None:
        self._show(await self._former.count_async())

    async def _confirm_async(self) -> None:
        count = await self._former.confirm_async()
        text = counted(count, self.tr("{n} lab is this desk's now"), self.tr("{n} labs are this desk's now"))
        self._context.toasts.show(text)
        await self._refresh_async()

    def _show(self, count: int) -> None:
        self._banner.show_count(count)
        self._context.actions.set_possible(ACTION, count > 0, self.tr("No container waits for your word"))
        self.changed.emit()
