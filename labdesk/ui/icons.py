"""Icons out of QtAwesome's mdi6 font, as pixmaps cached by name, colour, size and scale.

QtAwesome takes a third of a second to import. So icons are blank (of their right size) until `load()`, which the
application calls after the first paint; `loaded` then asks everybody to paint again.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPixmap

_PREFIX = "mdi6"
_FONT_FILE = "materialdesignicons6-webfont-6.9.96.ttf"
_CHARMAP_FILE = "materialdesignicons6-webfont-charmap-6.9.96.json"


class Icons(QObject):
    """Names are QtAwesome's: `mdi6.play-circle`."""

    loaded = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._font: QFont | None = None
        self._charmap: dict[str, str] = {}
        self._pixmaps: dict[tuple[str, int, int, float], QPixmap] = {}

    @property
    def is_loaded(self) -> bool:
        return self._font is not None

    @staticmethod
    def import_library() -> Any:
        """Import QtAwesome; slow, and safe to call on another thread before `load()`."""
        from qtawesome.iconic_font import IconicFont

        return IconicFont

    def load(self) -> None:
        """Load the icon font (needs the GUI thread); does nothing the second time."""
        if self.is_loaded:
            return
        library = self.import_library()((_PREFIX, _FONT_FILE, _CHARMAP_FILE))
        self._charmap = library.charmap[_PREFIX]
        self._font = library.font(_PREFIX, 24)
        self._pixmaps.clear()
        self.loaded.emit()

    def pixmap(self, name: str, color: QColor, size: int, scale: float = 1.0) -> QPixmap:
        """Return a square pixmap of `size` logical pixels for a screen of `scale`. An unknown name raises KeyError."""
        key = (name, color.rgba(), size, scale)
        pixmap = self._pixmaps.get(key)
        if pixmap is None:
            pixmap = self._pixmaps[key] = self._draw(name, color, size, scale)
        return pixmap

    def icon(self, name: str, color: QColor, size: int = 16) -> QIcon:
        """Return a QIcon with pixmaps for scales 1 and 2, for widgets that want one (menus)."""
        icon = QIcon(self.pixmap(name, color, size))
        icon.addPixmap(self.pixmap(name, color, size, 2.0))
        return icon

    def _draw(self, name: str, color: QColor, size: int, scale: float) -> QPixmap:
        pixmap = QPixmap(round(size * scale), round(size * scale))
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        if self._font is None:
            return pixmap
        glyph = self._charmap[name.removeprefix(f"{_PREFIX}.")]
        # As a path, not as text: hinting and subpixel positions would blur it differently at every size.
        path = QPainterPath()
        path.addText(0, 0, _sized(self._font, 240), glyph)
        em = QRectF(0, -210, 240, 240)  # the glyphs lie on a grid of 24 by 24, its base 3 units below the base line
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / em.width(), size / em.height())
        painter.translate(-em.left(), -em.top())
        painter.fillPath(path, color)
        painter.end()
        return pixmap


def _sized(font: QFont, pixels: int) -> QFont:
    sized = QFont(font)
    sized.setPixelSize(pixels)
    return sized
