"""The design tokens (colours, type scale, spacing, phase icons) as read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtGui import QColor

GRID = 8
"""Pixels of the layout grid at scale 1."""


@dataclass(frozen=True, slots=True)
class Colors:
    """Every colour of one theme; a phase has its ink and a soft ground of the same name."""

    window: QColor
    surface: QColor
    selected_row: QColor
    hover: QColor
    well: QColor
    border: QColor
    text: QColor
    text_muted: QColor
    accent: QColor
    accent_soft: QColor
    on_accent: QColor
    pending: QColor
    pending_soft: QColor
    provisioning: QColor
    provisioning_soft: QColor
    running: QColor
    running_soft: QColor
    completed: QColor
    completed_soft: QColor
    failed: QColor
    failed_soft: QColor
    timeout: QColor
    timeout_soft: QColor

    def named(self, tone: str) -> QColor:
        """Return the colour of a token name, such as `text_muted` or `failed_soft`."""
        color = getattr(self, tone)
        assert isinstance(color, QColor)  # noqa: S101
        return color


@dataclass(frozen=True, slots=True)
class Spacing:
    """Pixels at scale 1."""

    gap: int
    page_margin: int
    panel_padding: int
    row_height: int
    compact_row_height: int
    radius: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """`type_scale` holds points to add to the base font size, by role."""

    light: Colors
    dark: Colors
    type_scale: dict[str, float]
    space: Spacing
    phase_icons: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Tokens:
        """Read a token file; a missing token raises KeyError with its name (the file ships with the program)."""
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        space = {field.name: round(data["space"][field.name] * GRID) for field in fields(Spacing)}
        return cls(
            light=_colors(data["light"]),
            dark=_colors(data["dark"]),
            type_scale={role: float(points) for role, points in data["type"].items()},
            space=Spacing(**space),
            phase_icons=dict(data["phase_icons"]),
        )


def _colors(table: dict[str, str]) -> Colors:
    return Colors(**{field.name: QColor(table[field.name]) for field in fields(Colors)})
