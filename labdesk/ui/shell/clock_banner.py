"""The line across the top while the computer's clock is behind what has happened: until then time stands still."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.times import Times
from labdesk.ui.widgets.banner import Banner


class ClockBanner(Banner):
    """Hidden while time goes on."""

    def __init__(self, theme: Theme, times: Times, parent: QWidget | None = None) -> None:
        super().__init__(theme, "provisioning", parent)
        self._times = times
        self.hide()

    def show_hold(self, until: datetime | None, behind: timedelta) -> None:
        """Say until when no lab starts or ends by itself, and how long that still is; None: they do."""
        if until is not None:
            text = self.tr(
                "This computer's clock was set back. No lab starts or ends by itself until it shows {time} again, in "
                "{span}. If it is wrong now, set it right."
            )
            self.set_text(text.format(time=self._times.moment(until, until - behind), span=self._times.span(behind)))
        self.setVisible(until is not None)
