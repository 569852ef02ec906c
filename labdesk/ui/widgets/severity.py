"""How grave an event is, as an icon in its colour: the same wherever events are listed."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.paint import draw_pixmap_centered
from labdesk.ui.words import severity_word

_LOOKS = {
    "error": ("mdi6.alert-circle", "failed"),
    "warning": ("mdi6.alert-outline", "provisioning"),
    "info": ("mdi6.information-outline", "text_muted"),
}
_SIZE = 14


def severity_look(severity: str) -> tuple[str, str]:
    """Return the icon and the colour token of a severity; an unknown one looks as `info` does."""
    return _LOOKS.get(severity, _LOOKS["info"])


class SeverityMark(QWidget):
    """The icon alone; screen readers get the word. Without a severity it shows nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._severity = ""
        self.setFixedSize(_SIZE, _SIZE)
        theme.changed.connect(self.update)

    def set_severity(self, severity: str) -> None:
        self._severity = severity
        self.setAccessibleName(severity_word(severity))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._severity:
            icon, tone = severity_look(self._severity)
            pixmap = self._theme.icon(icon, self._theme.colors.named(tone), _SIZE, self)
            draw_pixmap_centered(QPainter(self), pixmap, QPointF(_SIZE / 2, _SIZE / 2))
