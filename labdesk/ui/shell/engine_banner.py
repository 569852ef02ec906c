"""The calm line across the top while no engine answers: what still works, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from labdesk.engines.monitor import EngineState
from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from labdesk.engines.monitor import EngineMonitor


class EngineBanner(Banner):
    """Hidden while the engine answers."""

    retry_wanted = Signal()
    demo_wanted = Signal()

    def __init__(self, theme: Theme, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(theme, "provisioning", parent)
        self._times = times
        retry = self.add_action(self.tr("Retry"), self.tr("Ask the engine again now"))
        demo = self.add_action(
            self.tr("Try the demo"), self.tr("A sample course on a simulated engine, in a window of its own")
        )
        retry.clicked.connect(self.retry_wanted)
        demo.clicked.connect(self.demo_wanted)
        self.hide()

    def show_engine(self, monitor: EngineMonitor, *, told_elsewhere: bool = False) -> None:
        """Show or hide, by the state of now."""
        unreachable = monitor.state is EngineState.UNREACHABLE and not told_elsewhere
        if unreachable:
            parts: list[str] = []
            if monitor.info is not None and monitor.since is not None:
                gone = self.tr("The engine has not answered since {time}; labs stay as they are until it does.")
                parts.append(gone.format(time=self._times.date_and_clock(monitor.since)))
            if monitor.last_error is not None:
                parts.append(monitor.last_error.message)
            self.set_text(" ".join(parts))
        self.setVisible(unreachable)
