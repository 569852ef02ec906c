"""What is copied for others to read is freed of secrets first. Pure."""

from __future__ import annotations

import re

_URL_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_NAMED_SECRET = re.compile(
    r"""(?ix)
    \b( [\w-]* (?: password | passwd | secret | token | api[_-]?key | authorization ) ["']? \s* [=:] \s* ["']?
    (?: bearer \s+ | basic \s+ )? )
    [^\s"',;&]+"""
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def without_secrets(text: str, home: str = "") -> str:
    """Return `text` without passwords, tokens and e-mail addresses; the home directory becomes `~`."""
    text = _URL_CREDENTIALS.sub("…@", text)
    text = _NAMED_SECRET.sub(r"\1…", text)
    text = _EMAIL.sub("…@…", text)
    return text.replace(home.rstrip("/"), "~") if home.strip("/") else text
