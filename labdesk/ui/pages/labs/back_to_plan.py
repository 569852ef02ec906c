"""Takes an early start back: labs that still wait are moved, those that have begun are stopped and planned again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from labdesk.labs.commands import LabCommands, Outcome
from labdesk.resource.resource import ResourceKey
from labdesk.ui.models.lab_table import LabTableModel


async def back_to_plan_async(
    commands: LabCommands, model: LabTableModel, planned: Mapping[str, tuple[ResourceKey, datetime]]
) -> Outcome:
    """Give labs the start they had, by uid; one that has begun ends first and keeps its log and workspace."""
    back, begun = Outcome(), dict[str, tuple[ResourceKey, datetime]]()
    for uid, (key, start) in planned.items():
        moved = await commands.reschedule_async([key], start)
        back.changed += moved.changed
        if moved.refused:
            begun[uid] = key, start
    await commands.stop_async([key for key, _ in begun.values()])  # refused for what ended by itself: just as well
    for uid, (key, start) in begun.items():
        await _ended_async(model, uid)
        again = await commands.run_again_async([key], start)
        back.changed += again.changed
        back.refused += again.refused
    return back


async def _ended_async(model: LabTableModel, uid: str) -> None:
    """Wait until the window knows of a lab's end, or knows the lab no more."""
    ended = asyncio.Event()

    def look(_uids: object = None) -> None:
        row = model.row(uid)
        if row is None or row.is_final:
            ended.set()

    model.labs_changed.connect(look)
    try:
        look()
        await ended.wait()
    finally:
        model.labs_changed.disconnect(look)
