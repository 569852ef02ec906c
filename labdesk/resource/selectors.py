"""Label selectors with Kubernetes' grammar: `a=b`, `a!=b`, `a in (x, y)`, `a notin (x)`, `a`, `!a`, joined by commas.

Grammar: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from labdesk.resource.errors import InvalidResourceError

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_PREFIX = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
_KEY = re.compile(rf"(?:(?P<prefix>{_PREFIX})/)?{_NAME}")
_VALUE = re.compile(rf"(?:{_NAME})?")
_SET = re.compile(r"(?P<key>\S+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_EQUALITY = re.compile(r"(?P<key>[^\s=!]+)\s*(?P<operator>==|=|!=)\s*(?P<value>\S*)")


def is_label_key(text: str) -> bool:
    """True for `[prefix/]name` with a DNS prefix up to 253 and a name up to 63 characters."""
    match = _KEY.fullmatch(text)
    return match is not None and len(match["prefix"] or "") <= 253


def is_label_value(text: str) -> bool:
    """True for up to 63 letters, digits, `-_.`, beginning and ending with a letter or digit; may be empty."""
    return _VALUE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term: the label `key` must (or, with `negated`, must not) hold one of `values`; None asks for existence."""

    key: str
    values: frozenset[str] | None
    negated: bool

    def matches(self, labels: Mapping[str, str]) -> bool:
        held = labels.get(self.key)
        found = held is not None and (self.values is None or held in self.values)
        return found != self.negated


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """All requirements must hold; without any, everything matches."""

    requirements: tuple[Requirement, ...] = ()

    @classmethod
    def parse(cls, text: str) -> LabelSelector:
        """Read a selector; raise InvalidResourceError naming the term that cannot be read."""
        return cls(tuple(_requirement(term) for term in _terms(text)))

    def matches(self, labels: Mapping[str, str]) -> bool:
        return all(requirement.matches(labels) for requirement in self.requirements)


def _terms(text: str) -> list[str]:
    if not text.strip():
        return []
    return [term.strip() for term in re.split(r",(?![^()]*\))", text)]


def _requirement(term: str) -> Requirement:
    if match := _SET.fullmatch(term):
        values = frozenset(value.strip() for value in match["values"].split(","))
        requirement = Requirement(match["key"], values, match["operator"] == "notin")
    elif match := _EQUALITY.fullmatch(term):
        requirement = Requirement(match["key"], frozenset({match["value"]}), match["operator"] == "!=")
    else:
        requirement = Requirement(term.removeprefix("!").strip(), None, term.startswith("!"))
    if not is_label_key(requirement.key) or not all(is_label_value(value) for value in requirement.values or ()):
        raise InvalidResourceError("selector", f"cannot read '{term}'; write it like app=web, tier in (a, b) or !old")
    return requirement
