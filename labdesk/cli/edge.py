"""The edge at which every error becomes one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import typer

from labdesk.cli.app import app
from labdesk.cli.errors import DONE, FAILED, OutputClosed, as_sentence, exit_code_of, one_line
from labdesk.cli.grammar import Commands, move_leading_options
from labdesk.resource.errors import LabDeskError


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return its exit code. What went wrong is one line on stderr."""
    _never_fail_at_a_letter()
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except (OutputClosed, BrokenPipeError):
        code = DONE
        _forget_output()
    except typer.TyperException as error:
        code = _complain(_usage_sentence(error), error.exit_code)
    except LabDeskError as error:
        code = _complain(error.message, exit_code_of(error))
    except OSError as error:
        code = _complain(f"The computer refused something LabDesk needs: {_refusal(error)}.", FAILED)
        _forget_output()
    except Exception as error:  # noqa: BLE001  (the very edge: reported with a log file, never a traceback)
        code = _complain(_defect_sentence(error), FAILED)
    return code


def _invoke(arguments: Sequence[str]) -> int:
    command = typer.main.get_command(app)
    words = move_leading_options(arguments, _commands_of(command))
    result = command.main(words, prog_name="labdesk", standalone_mode=False)
    return result if isinstance(result, int) else DONE


def _commands_of(command: object) -> Commands:
    return {name: _commands_of(sub) for name, sub in getattr(command, "commands", {}).items()}


def _complain(sentence: str, code: int) -> int:
    typer.echo(as_sentence(one_line(sentence)), err=True)
    return code


def _refusal(error: OSError) -> str:
    if error.strerror is None:
        return str(error)
    return f"{error.strerror} ({error.filename})" if error.filename else error.strerror


def _usage_sentence(error: typer.TyperException) -> str:
    if getattr(error, "option_name", "") == "--demo":
        return "--demo opens the window on a simulated engine; it goes with no command."
    context = getattr(error, "ctx", None)
    said = error.format_message().rstrip(".")
    if context is None:
        return said if said.endswith("?") else f"{said}."
    if said.startswith("Missing argument") and context.command_path == "labdesk extend":
        # Of `extend ada-web` the parser takes the name for the minutes and misses the name.
        said = "Write a lab's name and then its minutes, like `labdesk extend ada-web 15`"
    return f"{said}{' See' if said.endswith('?') else '; see'} `{context.command_path} --help`."


def _defect_sentence(error: Exception) -> str:
    from labdesk.cli.log_file import record_defect

    written = record_defect(error)
    where = f"the file {written}" if written else "this sentence (no log file could be written)"
    return f"LabDesk met a defect of its own ({type(error).__name__}: {error}); please report it with {where}."


def _never_fail_at_a_letter() -> None:
    """A terminal that cannot show a student's name shows question marks instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _forget_output() -> None:
    """Point stdout at nothing, so that Python's last flush does not complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
