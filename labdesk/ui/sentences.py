"""What the parts below the window say, as sentences."""

from __future__ import annotations

_ENDS = (".", "!", "?", "…")


def as_sentence(text: str) -> str:
    """Return a message with a capital letter and a full stop."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(_ENDS) or not text else '.'}"
