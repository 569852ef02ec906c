"""What the journal's full-text index is given and asked. Pure.

A document is the words of an event and its filter tokens (`sev:error`, `lab:web:2dada`). The index takes a colon for a
letter; colons are taken out of the words, so no message can pass for a filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_UNSAFE = re.compile(r"[^a-z0-9]+")
_ESCAPED = re.compile(r"(?::[0-9a-f]{2})+")
_PARTS = re.compile(r'"([^"]*)"|(\S+)')


@lru_cache(maxsize=16_384)
def filter_token(name: str, value: str) -> str:
    """Return one word of letters, digits and colons; different values have different words."""
    return f"{name}:{_UNSAFE.sub(_escape, value)}"


def _escape(unsafe: re.Match[str]) -> str:
    return "".join(f":{byte:02x}" for byte in unsafe[0].encode())


def token_value(token: str) -> str:
    """Return the value that `filter_token` made a word of."""
    value = token.partition(":")[2]
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace(":", "")).decode(), value)


def document_of(words: Iterable[str], tokens: Mapping[str, str]) -> str:
    """Return what is indexed of one event."""
    text = _without_colons(" ".join(words))
    return " ".join([text, *[filter_token(name, value) for name, value in tokens.items()]])


def match_expression(text: str, filters: Mapping[str, Iterable[str]]) -> str | None:
    """Return an FTS5 MATCH expression, or None if it would match everything.

    Every word of `text` must be there, as the beginning of a word; words in double quotes stand side by side. Of each
    filter one of the values must hold; a value that ends in `*` stands for all that begin with it.
    """
    terms = [term for quoted, word in _PARTS.findall(text) for term in _word_terms(quoted, word)]
    for name, values in filters.items():
        choices = [_token_term(name, value) for value in values]
        if choices:
            terms.append(choices[0] if len(choices) == 1 else f"({' OR '.join(choices)})")
    return " AND ".join(terms) or None


def _word_terms(quoted: str, word: str) -> list[str]:
    words = _without_colons(quoted or word)
    if not any(letter.isalnum() for letter in words):
        return []
    return [f'"{words}"' if quoted else f'"{words}"*']


def _without_colons(words: str) -> str:
    return words.replace(":", " ").replace('"', " ").replace("\0", " ")


def _token_term(name: str, value: str) -> str:
    if value.endswith("*"):
        return f'"{filter_token(name, value[:-1])}"*'
    return f'"{filter_token(name, value)}"'
