"""The one type scale of the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QFont, QFontDatabase

PREFERRED_FAMILY = "Inter"
_TABULAR_DIGITS = QFont.Tag("tnum")


@dataclass(frozen=True, slots=True)
class Fonts:
    """A font for each role; digits have one width, so that counting numbers do not make anything jump."""

    page_title: QFont
    section: QFont
    body: QFont
    body_medium: QFont
    body_bold: QFont
    caption: QFont
    caption_medium: QFont
    caption_bold: QFont
    mono: QFont

    def named(self, role: str) -> QFont:
        font = getattr(self, role)
        assert isinstance(font, QFont)  # noqa: S101
        return font


def make_fonts(base: QFont, scale: Mapping[str, float], family: str | None = None) -> Fonts:
    """Return the fonts for a base font (its size counts): Inter where it is installed, else the base's family.

    `family` names another one; it must be installed.
    """
    if family is None:
        family = PREFERRED_FAMILY if QFontDatabase.hasFamily(PREFERRED_FAMILY) else base.family()
    size = base.pointSizeF() if base.pointSizeF() > 0 else 10.0

    def font(role: str, weight: QFont.Weight) -> QFont:
        made = QFont(family)
        made.setPointSizeF(size + scale[role])
        made.setWeight(weight)
        made.setFeature(_TABULAR_DIGITS, 1)
        return made

    mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    mono.setPointSizeF(size + scale["caption"])
    return Fonts(
        page_title=font("page_title", QFont.Weight.DemiBold),
        section=font("section", QFont.Weight.DemiBold),
        body=font("body", QFont.Weight.Normal),
        body_medium=font("body", QFont.Weight.Medium),
        body_bold=font("body", QFont.Weight.DemiBold),
        caption=font("caption", QFont.Weight.Normal),
        caption_medium=font("caption", QFont.Weight.Medium),
        caption_bold=font("caption", QFont.Weight.DemiBold),
        mono=mono,
    )
