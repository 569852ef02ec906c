"""What went wrong, as an exit code: 0 done, 1 failed, 2 bad usage or invalid input."""

from __future__ import annotations

from labdesk.cli.tables import printable
from labdesk.resource.errors import InvalidResourceError, LabDeskError

DONE, FAILED, INVALID = 0, 1, 2


class UsageMistakeError(LabDeskError):
    """The command line does not make sense as it was typed."""

    reason = "Usage"


class FailedError(LabDeskError):
    """The command could not do what it was asked."""

    reason = "Failed"


class OutputClosed(Exception):
    """Whoever read the output has had enough (`labdesk get labs | head`); that is no failure."""


def exit_code_of(error: LabDeskError) -> int:
    """Return the exit code an error stands for."""
    return INVALID if isinstance(error, UsageMistakeError | InvalidResourceError) else FAILED


def as_sentence(text: str) -> str:
    """Return the text with a full stop, unless it ends as a sentence does."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def one_line(text: str) -> str:
    """Return the text without line breaks, as stderr shows it: it may quote a file that would steer the terminal."""
    return printable(" ".join(text.split()))
