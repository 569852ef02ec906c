"""The one registry of actions: it feeds buttons, menus, shortcuts and the command field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


class Undoing(StrEnum):
    """How an action can be taken back; every action says which."""

    HARMLESS = "harmless"  # changes nothing that would need it
    INVERSE = "inverse"  # a second commit takes it back
    HELD = "held"  # it waits behind a toast before it is committed
    CONFIRMED = "confirmed"  # it cannot be undone and asks once


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """`id` is stable (`lab.stop`); `group` is translated and heads it in menus and the command field.

    `icon` is a QtAwesome name. `shortcut` is a portable key sequence, without context: a single letter works
    wherever no text is being typed.
    """

    id: str
    text: str
    group: str
    undoing: Undoing
    shortcut: str = ""
    icon: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class NotedKey:
    """A key that a part of the window handles by itself; `keys` as people read them."""

    text: str
    group: str
    keys: str


class ActionRegistry(QObject):
    """Owns a QAction per spec. The window adds them to itself, so that shortcuts work everywhere in it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._specs: dict[str, ActionSpec] = {}
        self._actions: dict[str, QAction] = {}
        self._reasons: dict[str, str] = {}
        self._noted: dict[NotedKey, None] = {}

    def add(self, spec: ActionSpec, run: Callable[[], object]) -> QAction:
        """Declare an action; `run` is called on every trigger. The same id twice raises ValueError."""
        if spec.id in self._specs:
            raise ValueError(f"the action {spec.id} is declared twice")
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setToolTip(spec.tip or spec.text)
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
        action.triggered.connect(lambda _checked=False: run())
        self._specs[spec.id] = spec
        self._actions[spec.id] = action
        self._window.addAction(action)
        return action

    def forget(self, identities: Iterable[str]) -> None:
        """Take back what a page that could not be made has declared."""
        for identity in identities:
            del self._specs[identity]
            action = self._actions.pop(identity)
            self._window.removeAction(action)
            action.deleteLater()

    def __iter__(self) -> Iterator[tuple[ActionSpec, QAction]]:
        return ((spec, self._actions[identity]) for identity, spec in self._specs.items())

    def __contains__(self, identity: str) -> bool:
        return identity in self._specs

    def spec(self, identity: str) -> ActionSpec:
        return self._specs[identity]

    def action(self, identity: str) -> QAction:
        """Return the QAction, to be put into a menu, enabled or triggered."""
        return self._actions[identity]

    def set_possible(self, identity: str, possible: bool, why_not: str = "") -> None:
        """Enable an action, or disable it and say in a sentence why it must wait."""
        action, known = self._actions[identity], self._reasons.get(identity, "")
        self._reasons[identity] = why_not
        if action.isEnabled() != possible:
            action.setEnabled(possible)
        elif not possible and known != why_not:
            action.changed.emit()

    def why_not(self, identity: str) -> str:
        """Return why an action must wait, or nothing."""
        return "" if self._actions[identity].isEnabled() else self._reasons.get(identity, "")

    def note_key(self, text: str, group: str, keys: str) -> None:
        """Let the lists of shortcuts name a key that is no action's; noted twice it is named once."""
        self._noted[NotedKey(text, group, keys)] = None

    @property
    def noted_keys(self) -> list[NotedKey]:
        return list(self._noted)

    def key_text(self, identity: str) -> str:
        """Return the shortcut as people read it (`Ctrl K`), or nothing."""
        keys = self._actions[identity].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return keys[:-1].replace("+", " ") + keys[-1:]  # the last sign may be the key `+` itself
