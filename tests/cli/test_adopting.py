"""`labdesk adopt`: it shows what it takes over, and asks."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from labdesk.cli.acting_process import NOBODY_ACTS
from labdesk.labs.kinds import lab_scheme
from labdesk.labs.lineages import CONFIRMED, FOUND
from labdesk.store.store import ResourceStore
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together
from tests.cli.test_get import change

LOSES = "If another desk still runs on the store this one was copied from, it loses them."


class Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def meta(path: Path, name: str, value: Any = None) -> Any:
    """Write a value as the acting process does, if one is given; return what is there."""

    async def use() -> Any:
        store = await ResourceStore.open_async(path, lab_scheme(), lambda: datetime.now(UTC))
        if value is not None:
            await store.commit_async([], (), {name: value})
        found = await store.meta.get_async(name)
        await store.close_async()
        return found

    return asyncio.run(use())


@pytest.fixture
def restored(applied: Callable[[str], None], own_world: Path) -> Path:
    """Return a store whose acting process met three containers made before, one of them of a lab it knows."""
    applied(together(TEMPLATE, lab()))
    now = datetime.now(UTC)
    change(own_world, "ada-web", lambda old: old.with_lab_condition("Owned", False, "MadeBefore", {}, now))
    meta(own_world, FOUND, {"lineage": "now", "labs": {"before": 3}})
    return own_world


def test_what_will_be_taken_over_is_shown_and_yes_takes_it(typed: Typed, restored: Path) -> None:
    done = typed("adopt", "--yes")
    assert (done.code, done.err) == (0, "")
    header, first, *rest = done.out.splitlines()
    assert header.split() == ["NAMESPACE", "NAME", "PHASE", "STUDENT", "TEMPLATE"]
    assert first.split() == ["default", "ada-web", "PENDING", "Ada", "Lovelace", "web"]
    assert rest == [
        "2 containers of no lab that this store knows, which will be removed.",
        LOSES,
        "3 containers taken over.",
        NOBODY_ACTS,
    ]
    assert meta(restored, CONFIRMED) == {"lineage": "now", "lineages": ["before"]}
    assert "are this desk's now: 3." in typed("events").out
    assert "are known to wait; nothing runs labs right now" in typed("adopt").out


@pytest.mark.parametrize(
    ("answer", "taken"), [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("", False)]
)
def test_a_terminal_is_asked(
    typed: Typed, restored: Path, monkeypatch: pytest.MonkeyPatch, answer: str, taken: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(answer))
    done = typed("adopt")
    assert f"{LOSES}\nTake them over? [y/N] " in done.out
    assert (done.code, done.err) == ((0, "") if taken else (1, "Nothing was taken over.\n"))
    assert (meta(restored, CONFIRMED) is not None) == taken


def test_without_a_terminal_nothing_is_taken_over_by_accident(process: Typed, restored: Path) -> None:
    done = process("adopt", stdin="y\n")
    assert done.code == 2
    assert done.err == "Nothing was taken over: say --yes to do it without being asked.\n"
    assert "ada-web" in done.out
    assert meta(restored, CONFIRMED) is None
