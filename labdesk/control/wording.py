"""The controller's reasons and their English sentences; the window translates the same pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "Reconciled": "Brought to what was asked for.",
    "Finalized": "Everything of it is cleaned up.",
    "Requeued": "Went on a step; the next one follows.",
    "RequeuedAfter": "Went on a step; looked at again in {seconds} s.",
    "ReconciliationFailed": "Something went wrong; trying again in {seconds} s. {error}",
    "GivenUp": "Something went wrong, and trying again would not help. {error}",
}


def sentence(reason: str, parameters: Mapping[str, str]) -> str:
    """Return the English sentence of a reason; every parameter it names must be given."""
    return SENTENCES[reason].format_map(parameters)
