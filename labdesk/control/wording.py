"""The controller's reasons and their English sentences.

They stand in the log of people beside what became of the lab itself, so none of them says how that went.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "Reconciled": "Nothing more to do for now.",
    "Finalized": "Everything of it is cleaned up.",
    "Requeued": "There is more to do; LabDesk goes on.",
    "RequeuedAfter": "LabDesk looks again soon.",
    "ReconciliationFailed": "Something went wrong; trying again in {seconds} s. {error}",
    "GivenUp": "Something went wrong, and trying again would not help. {error}",
}


def sentence(reason: str, parameters: Mapping[str, str]) -> str:
    """Return the English sentence of a reason; every parameter it names must be given."""
    return SENTENCES[reason].format_map(parameters)
