"""What goes round as long as the desk acts goes on, whatever one round met; and that is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from labdesk.desk import METRICS_KEY, METRICS_SECONDS
from labdesk.labs.lineages import OwnLineages
from labdesk.labs.plane import RETENTION_SECONDS
from labdesk.labs.repository import LabInstanceRepository
from labdesk.store.meta import MetaTable
from labdesk.store.store import ResourceStore
from tests.desk.harness import NOW, World, add, in_world, is_phase, lab, read, until
from tests.labs.samples import MINUTE

Method = Callable[..., Awaitable[Any]]


def failing(ordinary: Method, failures: Iterator[Exception]) -> Method:
    """A method that raises what is given before it does its work."""

    async def call(*arguments: Any, **more: Any) -> Any:
        for failure in failures:
            raise failure
        return await ordinary(*arguments, **more)

    return call


def defects(count: int) -> Iterator[Exception]:
    return iter([RuntimeError("out of order")] * count)


@pytest.mark.parametrize("method", ["next_due_async", "find_scheduled_pending_async"])
def test_a_lab_starts_on_time_though_the_scheduler_failed_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async def story(world: World) -> None:
        start = NOW + 10 * MINUTE
        async with world.desk() as desk:
            await asyncio.sleep(60)
            broken = failing(getattr(LabInstanceRepository, method), defects(3))
            monkeypatch.setattr(LabInstanceRepository, method, lambda *given: broken(*given))
            await add(desk, lab(scheduledStart=start))
            running = await until(desk, is_phase("RUNNING"))
            assert running.status.provisioning_at == start
            assert [(what, told) for _, what, told in desk.errors] == [("scheduler pass", "out of order")]

    in_world(tmp_path, story)


def test_a_pass_that_fails_when_a_lab_is_due_delays_it_by_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: World) -> None:
        start = NOW + 10 * MINUTE
        async with world.desk() as desk:
            await add(desk, lab(scheduledStart=start))
            await asyncio.sleep(598)
            broken = failing(LabInstanceRepository.find_scheduled_pending_async, defects(2))
            monkeypatch.setattr(LabInstanceRepository, "find_scheduled_pending_async", lambda *given: broken(*given))
            running = await until(desk, is_phase("RUNNING"))
            assert running.status.provisioning_at is not None
            assert (running.status.provisioning_at - start).total_seconds() <= 2.1

    in_world(tmp_path, story)


def test_figures_are_kept_again_after_an_unexpected_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: World) -> None:
        async with world.desk() as desk:
            await asyncio.sleep(METRICS_SECONDS)
            broken = failing(MetaTable.set_async, defects(3))
            monkeypatch.setattr(MetaTable, "set_async", lambda *given: broken(*given))
            await asyncio.sleep(10 * METRICS_SECONDS)
            kept = await desk.store.meta.find_async(METRICS_KEY)
            assert kept is not None
            assert (world.clock.now() - kept.saved_at).total_seconds() <= METRICS_SECONDS
            assert [(what, told) for _, what, told in desk.errors] == [("keep metrics", "out of order")]
            assert desk.store_trouble is None

    in_world(tmp_path, story)


def test_old_changes_go_though_an_earlier_try_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(world: World) -> None:
        broken = failing(ResourceStore.compact_async, defects(1))
        monkeypatch.setattr(ResourceStore, "compact_async", lambda *given: broken(*given))
        async with world.desk() as desk:
            await asyncio.sleep(10)
            assert [(what, told) for _, what, told in desk.errors] == [("retention", "out of order")]
            assert (await desk.store.statistics_async()).last_compaction is None
            await asyncio.sleep(RETENTION_SECONDS)
            assert (await desk.store.statistics_async()).last_compaction is not None

    in_world(tmp_path, story)


def test_events_older_than_the_settings_say_are_taken_out_of_the_store(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async with world.desk(keep_days=1) as desk:
            await add(desk, lab())
            await until(desk, lambda current: current.is_final and current.status.cleaned_up)
        await asyncio.sleep(24 * 3600)
        async with world.desk(keep_days=1) as desk:
            start = world.clock.now() + 600 * MINUTE
            await desk.store.create_async(lab("bob-web", scheduledStart=start).with_metadata(uid=""))
            await asyncio.sleep(RETENTION_SECONDS + 10)
            left = {event.subject for event in await desk.store.journal.after_async(0)}
            assert left == {"default/bob-web"}
            assert (await read(desk)).phase == "TIMEOUT"

    in_world(tmp_path, story)


def test_the_instructors_word_is_listened_for_after_an_unexpected_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: World) -> None:
        heard = asyncio.Event()

        async def hear(_: OwnLineages) -> bool:
            heard.set()
            return False

        async with world.desk() as desk:
            broken = failing(hear, defects(2))
            monkeypatch.setattr(OwnLineages, "are_all_known", property(lambda _: False))
            monkeypatch.setattr(OwnLineages, "hear_async", lambda *given: broken(*given))
            await add(desk)
            async with asyncio.timeout(10 * METRICS_SECONDS):
                await heard.wait()
            assert [(what, told) for _, what, told in desk.errors] == [("read what is confirmed", "out of order")]

    in_world(tmp_path, story)
