"""Every text of the window about a third longer, as other languages are, and told from what was not translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QTranslator

_ACCENTS = str.maketrans("aceginorstuyACEGINORSTUY", "äĉëğïñöŕšŧüŷÄĈËĞÏÑÖŔŠŦÜŶ")
_DATE_FORMAT = re.compile(r"[dMyHhmszAP ,.:/-]+")
_KEPT = re.compile(r"(\{[^}]*\}|<[^>]*>|&\w+;|%\w)")


def stretched(text: str) -> str:
    """Return `[Ŝŧäřŧ~~]`: marks and tags as they were, letters that are still read, and 30 % more of them."""
    if _DATE_FORMAT.fullmatch(text) or not text.strip():
        return text
    parts = _KEPT.split(text)
    accented = "".join(part if _KEPT.fullmatch(part) else part.translate(_ACCENTS) for part in parts)
    more = max(round(0.3 * len(_KEPT.sub("", text))) - 2, 0)
    return f"[{accented}{'~' * more}]"


class PseudoTranslator(QTranslator):
    """Translates everything."""

    def isEmpty(self) -> bool:  # noqa: N802  (Qt's name)
        return False

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return stretched(text)


@contextmanager
def pseudo_text() -> Iterator[None]:
    """Let every text that is made meanwhile be a stretched one."""
    translator = PseudoTranslator()
    QCoreApplication.installTranslator(translator)
    try:
        yield
    finally:
        QCoreApplication.removeTranslator(translator)
