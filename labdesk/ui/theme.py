"""The theme: tokens turned into a palette, fonts, icons and one small style sheet, for light, dark or the system's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from shiboken6 import isValid

from labdesk.ui.file_icons import IconsByName
from labdesk.ui.fonts import Fonts, make_fonts
from labdesk.ui.icons import Icons
from labdesk.ui.stylesheet import control_style
from labdesk.ui.tokens import Colors, Spacing, Tokens


class ThemeMode(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class PhaseStyle:
    """How a phase looks: ink on a soft ground, and its icon's name."""

    ink: QColor
    ground: QColor
    icon: str


class Theme(QObject):
    """The current look; widgets read it when they paint and repaint on `changed`.

    `changed` tells of another mode, another font, and icons that arrived. Settings emit it for another time zone too:
    every text with a time is painted anew.
    """

    changed = Signal()

    def __init__(
        self,
        tokens: Tokens,
        base_font: QFont,
        *,
        mode: ThemeMode = ThemeMode.SYSTEM,
        family: str | None = None,
        compact: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._mode = mode
        self._compact = compact
        self._dressed: list[QWidget] = []
        self._phases: dict[str, PhaseStyle] = {}
        self.fonts: Fonts = make_fonts(base_font, tokens.type_scale, family)
        self.icons = Icons(self)
        self.file_icons = IconsByName()
        self.icons.loaded.connect(self._renew)
        self.colors: Colors = self._choose_colors()
        self._sheet = control_style(self.colors, self.is_dark)

    @property
    def mode(self) -> ThemeMode:
        return self._mode

    @property
    def is_dark(self) -> bool:
        return self.colors is self._tokens.dark

    @property
    def space(self) -> Spacing:
        return self._tokens.space

    @property
    def is_compact(self) -> bool:
        return self._compact

    @property
    def row_height(self) -> int:
        """Pixels of a table row, at least as high as its font needs."""
        wanted = self.space.compact_row_height if self._compact else self.space.row_height
        return max(wanted, self.line_height("body") + (4 if self._compact else 16))

    def line_height(self, role: str) -> int:
        """Pixels of one line of text in that font role."""
        return QFontMetrics(self.fonts.named(role)).height()

    def set_mode(self, mode: ThemeMode) -> None:
        """Use light, dark, or follow the system (light where the system does not say)."""
        self._mode = mode
        self._renew()

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self._renew()

    def phase(self, phase: str) -> PhaseStyle:
        """Return the style of a phase by its word (`RUNNING`)."""
        style = self._phases.get(phase)
        if style is None:
            name = phase.lower()
            ink, ground = self.colors.named(name), self.colors.named(f"{name}_soft")
            style = self._phases[phase] = PhaseStyle(ink, ground, self._tokens.phase_icons[name])
        return style

    def icon(self, name: str, color: QColor, size: int, widget: QWidget) -> QPixmap:
        """Return the icon as sharp as the screen that `widget` is on."""
        return self.icons.pixmap(name, color, size, widget.devicePixelRatioF())

    def apply(self, app: QApplication) -> None:
        """Make this the application's look. Fusion is the one style that takes every palette colour."""
        app.setStyle("Fusion")
        app.setFont(self.fonts.body)
        QToolTip.setFont(self.fonts.caption)
        self._set_palette()
        self.changed.connect(self._set_palette)
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    def dress(self, widget: QWidget) -> None:
        """Give the small style sheet to one form control, menu or form, now and at every change.

        Never to a table or a parent of one: a style sheet costs every cell (measured: frames twice as long).
        """
        self._forget_destroyed()
        self._dressed.append(widget)
        widget.setStyleSheet(self._sheet)

    def _forget_destroyed(self) -> None:
        self._dressed = [widget for widget in self._dressed if isValid(widget)]

    def _choose_colors(self) -> Colors:
        dark = self._mode is ThemeMode.DARK
        if self._mode is ThemeMode.SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._tokens.dark if dark else self._tokens.light

    def _follow_system(self) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self._renew()

    def _renew(self) -> None:
        self.colors = self._choose_colors()
        self._phases.clear()
        self._sheet = control_style(self.colors, self.is_dark)
        self._forget_destroyed()
        for widget in self._dressed:
            widget.setStyleSheet(self._sheet)
        self.changed.emit()

    def _set_palette(self) -> None:
        palette = make_palette(self.colors)
        QApplication.setPalette(palette)
        QToolTip.setPalette(palette)


def make_palette(colors: Colors) -> QPalette:
    """Map the tokens on palette roles, disabled ones included."""
    role = QPalette.ColorRole
    palette = QPalette()
    for which, color in (
        (role.Window, colors.window),
        (role.WindowText, colors.text),
        (role.Base, colors.surface),
        (role.AlternateBase, colors.well),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.text_muted),
        (role.Button, colors.surface),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.failed),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Accent, colors.accent),
        (role.Link, colors.accent),
        (role.LinkVisited, colors.accent),
        (role.ToolTipBase, colors.surface),
        (role.ToolTipText, colors.text),
        (role.Light, colors.surface),
        (role.Midlight, colors.well),
        (role.Mid, colors.border),
        (role.Dark, colors.border),
        (role.Shadow, colors.border),
    ):
        palette.setColor(which, color)
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, colors.text_muted)
    return palette
