"""`labdesk` and `labdesk --demo`: opening the window, or saying in one sentence why there is none."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from labdesk.cli.display import display_problem
from labdesk.cli.errors import FailedError
from labdesk.cli.invocation import Invocation, end_of_loading

WINDOW = "labdesk.ui.app"
"""Loaded by name: the command line and the window do not know each other."""


def open_window(invocation: Invocation, *, demo: bool) -> int:
    """Run the window to its end and return its exit code. Raises FailedError where there can be none."""
    problem = display_problem()
    if problem:
        raise FailedError(f"{problem}, so no window can be opened; `labdesk serve` does the same job without one.")
    if find_spec("PySide6") is None:
        raise FailedError(
            "Qt (PySide6-Essentials) is not installed, so no window can be opened; install it, or use `labdesk serve`."
        )
    from labdesk.cli.log_file import write_log_to_file

    write_log_to_file()
    application = import_module(WINDOW)
    end_of_loading()
    code: int = application.run_window(invocation.settings, demo=demo)
    return code
