"""What a page is, and the collaborators it gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from labdesk.config import DeskSettings
    from labdesk.control.clock import Clock
    from labdesk.control.metrics import Metrics
    from labdesk.control.tasks import TaskOwner
    from labdesk.engines.monitor import EngineMonitor
    from labdesk.engines.service import ContainerService
    from labdesk.labs.capacity import CapacityLedger
    from labdesk.labs.commands import LabCommands
    from labdesk.labs.links import LabLinks
    from labdesk.labs.request import LabInstanceRequest
    from labdesk.labs.workspaces import Workspaces
    from labdesk.resource.resource import ResourceKey
    from labdesk.store.store import ResourceStore
    from labdesk.ui.actions import ActionRegistry
    from labdesk.ui.bridge import ChangeBridge
    from labdesk.ui.desktop import Desktop
    from labdesk.ui.memory import WindowMemory
    from labdesk.ui.theme import Theme
    from labdesk.ui.times import Times
    from labdesk.ui.widgets.search_field import SearchField
    from labdesk.ui.widgets.toast import ToastHost

Navigate = Callable[[str, str], None]
"""(page key, target): show that page and, with a target, that one thing on it."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """Everything a page may use. Data comes by `bridge`, details on demand from `store`, changes go to `commands`.

    `lab_of` takes a lab's uid, `lab_at` its key; a lab that is gone is None. `log_of` returns the last
    200 lines, from the engine or as they were kept when the container went.
    `tasks` runs coroutines (`tasks.spawn(coroutine, name)`) and cancels them with the window.
    """

    bridge: ChangeBridge
    store: ResourceStore
    commands: LabCommands
    workspaces: Workspaces
    clock: Clock
    settings: DeskSettings
    engine: ContainerService
    engine_monitor: EngineMonitor
    capacity: CapacityLedger
    metrics: Metrics
    lab_of: Callable[[str], LabInstanceRequest | None]
    lab_at: Callable[[ResourceKey], LabInstanceRequest | None]
    links_of: Callable[[LabInstanceRequest], Awaitable[LabLinks]]
    log_of: Callable[[LabInstanceRequest], Awaitable[str]]
    tasks: TaskOwner
    theme: Theme
    times: Times
    memory: WindowMemory
    desktop: Desktop
    toasts: ToastHost
    actions: ActionRegistry
    navigate: Navigate


class Page(QWidget):
    """One entry of the rail. Subclasses set KEY and ICON, and build everything in their constructor.

    `KEY` is stable (`labs`), for navigation and memory; `ICON` a QtAwesome name.
    """

    KEY: ClassVar[str]
    ICON: ClassVar[str]
    APART: ClassVar[bool] = False
    """True for a page whose entry stands at the rail's foot, away from those one works in."""

    badge_changed = Signal(int, str)
    """How many things here need attention (0 for none), and what they are, for screen readers."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setAccessibleName(self.title())

    def title(self) -> str:
        """The page's translated name."""
        raise NotImplementedError

    def activate(self) -> None:
        """The page is being shown: begin what only a visible page needs."""

    def take_focus(self) -> None:
        """The page has just been shown: put the keyboard where one goes on working."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def deactivate(self) -> None:
        """The page is being hidden: stop timers and streams."""

    def show_target(self, target: str) -> None:
        """Show one thing: a lab's uid, an event's sequence number, as `navigate` was given it."""

    def search_field(self) -> SearchField | None:
        """Return the page's own search field, if it has one."""
        return None

    def primary_actions(self) -> Sequence[str]:
        """Ids of the registered actions that stand as buttons beside the page's title."""
        return ()

    def search_matches(self, text: str, limit: int) -> list[tuple[str, str, str, str]]:
        """Return what the command field offers for `text`: (title, remark, target, heading), best first.

        It is asked at every key and has a few milliseconds.
        """
        return []

    def close_page(self) -> None:
        """The window closes: let go of everything, remember what should be remembered."""
