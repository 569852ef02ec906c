"""Text: labels in the roles of the type scale, and one that elides."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from labdesk.ui.theme import Theme


class Label(QLabel):
    """A label in a font role (`page_title`, `section`, `body`, `caption` …) and a tone (a colour token's name)."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: str = "body",
        tone: str = "text",
        *,
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._role = role
        self._tone = tone
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_tone(self, tone: str) -> None:
        if tone != self._tone:
            self._tone = tone
            self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.fonts.named(self._role))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.colors.named(self._tone))
        palette.setColor(QPalette.ColorRole.Link, self._theme.colors.accent)
        self.setPalette(palette)


class ElidedLabel(QWidget):
    """One line that is cut with an ellipsis where it does not fit; then its tooltip is the whole text."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: str = "body",
        tone: str = "text",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._tone = tone
        self._mode = mode
        self._text = ""
        self._tip = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.set_text(text)

    @property
    def text(self) -> str:
        return self._text

    def set_text(self, text: str, tip: str = "") -> None:
        """Show `text`; `tip` is the tooltip, else the whole text while it is cut."""
        if (text, tip) == (self._text, self._tip):
            return
        self._text, self._tip = text, tip
        self.setAccessibleName(text)
        self._refresh_tip()
        self.updateGeometry()
        self.update()

    def set_tone(self, tone: str) -> None:
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text), metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refresh_tip()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.colors.named(self._tone))
        shown = QFontMetrics(self.font()).elidedText(self._text, self._mode, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _refresh_tip(self) -> None:
        cut = QFontMetrics(self.font()).horizontalAdvance(self._text) > self.width()
        self.setToolTip(self._tip or (self._text if cut else ""))

    def _restyle(self) -> None:
        self.setFont(self._theme.fonts.named(self._role))
        self.update()
