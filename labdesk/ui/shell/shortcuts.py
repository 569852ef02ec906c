"""Every key of the window, out of the registry of actions: for the cheat sheet and for Settings."""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.ui.actions import ActionRegistry

_EVERYWHERE = ("window.", "page.")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`keys` as people read them (`Ctrl K`)."""

    text: str
    group: str
    keys: str

    @property
    def search(self) -> str:
        """All that can be found, in lower case."""
        return f"{self.text} {self.group} {self.keys}".lower()


def shortcuts(actions: ActionRegistry) -> list[Shortcut]:
    """Return all; what works everywhere comes first, then the groups in the order in which they came."""
    specs = sorted((spec for spec, _ in actions if spec.shortcut), key=lambda spec: not spec.id.startswith(_EVERYWHERE))
    found = [Shortcut(spec.text, spec.group, actions.key_text(spec.id)) for spec in specs]
    found += [Shortcut(note.text, note.group, note.keys) for note in actions.noted_keys]
    groups = list(dict.fromkeys(one.group for one in found))
    return sorted(found, key=lambda one: groups.index(one.group))
