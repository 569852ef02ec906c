"""Icons out of QtAwesome's mdi6 font, as pixmaps cached by name, colour, size and scale.

Only its two files are read: importing QtAwesome takes a third of a second, most of it for parts of Qt that nothing
else here needs (measured). Icons are blank (of their right size) until `load()`, which the application calls after the
first paint; `loaded` then asks everybody to paint again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPainterPath, QPixmap

_PREFIX = "mdi6"
_FONT_FILE = "materialdesignicons6-webfont-6.9.96.ttf"
_CHARMAP_FILE = "materialdesignicons6-webfont-charmap-6.9.96.json"


@dataclass(frozen=True, slots=True)
class IconFont:
    """The font file's bytes, and the character of each name in it."""

    data: bytes
    charmap: dict[str, str]

    @classmethod
    def read(cls) -> IconFont:
        """Read the library's files; touches nothing of Qt, so any thread may."""
        spec = find_spec("qtawesome")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("QtAwesome is not installed", name="qtawesome")
        fonts = Path(spec.submodule_search_locations[0]) / "fonts"
        codes = json.loads((fonts / _CHARMAP_FILE).read_text(encoding="utf-8"))
        return cls((fonts / _FONT_FILE).read_bytes(), {name: chr(int(code, 16)) for name, code in codes.items()})


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

    def load(self, font: IconFont | None = None) -> None:
        """Load the icon font, read by now or read here; does nothing the second time."""
        if self.is_loaded:
            return
        font = font or IconFont.read()
        families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFontFromData(font.data))
        self._charmap = font.charmap
        self._font = QFont(families[0])
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
