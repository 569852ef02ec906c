"""Options may stand before the sub-command too: they are moved behind it, where it knows them or refuses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

WITH_VALUE = frozenset({"--store", "--engine", "-n", "--namespace", "-l", "--selector", "-o", "--output"})
"""Options that take the next word as their value."""
Commands: TypeAlias = Mapping[str, "Commands"]
"""Commands by name, each with its own sub-commands."""


def move_leading_options(arguments: Sequence[str], commands: Commands) -> list[str]:
    """Return `COMMAND [SUB-COMMAND] LEADING-OPTIONS REST`; arguments without a command come back as they are.

    `-o json get labs` becomes `get -o json labs`: given twice, the later one (behind the sub-command) wins.
    """
    position = 0
    while position < len(arguments):
        word = arguments[position]
        if not word.startswith("-") or word in {"-", "--"}:
            break
        position += 2 if word in WITH_VALUE else 1
    if position >= len(arguments) or arguments[position] not in commands:
        return list(arguments)
    command = arguments[position]
    return [command, *move_leading_options([*arguments[:position], *arguments[position + 1 :]], commands[command])]
