"""A table of phase transitions: what may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from labdesk.resource.errors import InvalidStateTransitionError

P = TypeVar("P", bound=StrEnum)


class TransitionTable(Generic[P]):
    """The allowed successors of each phase; a phase without successors is final."""

    def __init__(self, successors: Mapping[P, frozenset[P]]) -> None:
        self._successors = successors

    def is_final(self, phase: P) -> bool:
        return not self._successors[phase]

    def check(self, before: P, after: P) -> None:
        """Raise InvalidStateTransitionError unless `after` may follow `before`."""
        if after not in self._successors[before]:
            raise InvalidStateTransitionError(
                f"a lab that is {before.value} cannot become {after.value}", before=before.value, after=after.value
            )
