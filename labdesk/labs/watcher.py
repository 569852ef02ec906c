"""The watcher of labs: every change brings its key to the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labdesk.control.watcher import ResourceWatcherBase
from labdesk.labs.request import LabInstanceRequest

if TYPE_CHECKING:
    from labdesk.labs.controller import LabInstanceController


class LabInstanceWatcher(ResourceWatcherBase[LabInstanceRequest]):
    """Carries changes to a controller, once there is one (an observing desk has none)."""

    def drive(self, controller: LabInstanceController) -> None:
        """Let changes wake `controller` from now on: a deletion finalizes, everything else reconciles."""
        self.add_change_handler(controller.handle_change)
