"""The work queue: keys collapse, one worker per key, priorities, one timer for all delays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labdesk.control.queue import Priority, QueueClosed, WorkQueue
from labdesk.rehearsal.virtual import VirtualTimeLoop, run_virtual

Queue = WorkQueue[str]


def on_queue(body: Callable[[Queue], Coroutine[Any, Any, None]]) -> None:
    run_virtual(lambda _: body(WorkQueue()))


def now() -> float:
    return asyncio.get_running_loop().time()


def test_keys_collapse_while_queued() -> None:
    async def body(queue: Queue) -> None:
        for _ in range(3):
            queue.add("a", Priority.DUE)
        queue.add("b", Priority.DUE)
        assert (await queue.get(), await queue.get()) == ("a", "b")
        assert queue.take() is None

    on_queue(body)


def test_a_key_added_while_processed_runs_once_more() -> None:
    async def body(queue: Queue) -> None:
        queue.add("a", Priority.DUE)
        assert await queue.get() == "a"
        queue.add("a", Priority.DUE)
        queue.add("a", Priority.RESYNC)
        assert queue.take() is None, "a key in work is nobody else's"
        assert len(queue) == 1
        assert queue.depth == 0
        queue.done("a")
        assert queue.take() == "a"
        queue.done("a")
        assert queue.take() is None

    on_queue(body)


def test_an_instructors_key_overtakes_what_is_due_and_that_what_is_retried() -> None:
    async def body(queue: Queue) -> None:
        for priority in reversed(Priority):
            queue.add(priority.name, priority)
        assert [await queue.get() for _ in Priority] == ["INSTRUCTOR", "DUE", "RETRY", "RESYNC"]

    on_queue(body)


def test_adding_again_raises_a_priority_and_never_lowers_it() -> None:
    async def body(queue: Queue) -> None:
        queue.add("raised", Priority.RESYNC)
        queue.add("other", Priority.RETRY)
        queue.add("raised", Priority.INSTRUCTOR)
        queue.add("raised", Priority.RESYNC)
        assert queue.take() == "raised"
        assert queue.priority_of("raised") is Priority.INSTRUCTOR
        assert queue.take() == "other"
        queue.done("raised")
        assert queue.take() is None, "its place in the lower line is void"

    on_queue(body)


def test_a_worker_waits_until_there_is_a_key() -> None:
    async def body(queue: Queue) -> None:
        asyncio.get_running_loop().call_later(5, queue.add, "a", Priority.DUE)
        assert await queue.get() == "a"
        assert now() == 5

    on_queue(body)


def test_a_delayed_key_comes_at_its_time() -> None:
    async def body(queue: Queue) -> None:
        queue.add_after("later", 30, Priority.DUE)
        queue.add_after("sooner", 2.5, Priority.RETRY)
        queue.add_after("at once", 0, Priority.RETRY)
        assert queue.delayed == 2
        assert [(await queue.get(), now()) for _ in range(3)] == [("at once", 0), ("sooner", 2.5), ("later", 30)]
        assert queue.delayed == 0

    on_queue(body)


def test_of_several_delays_of_a_key_the_earliest_holds() -> None:
    async def body(queue: Queue) -> None:
        for delay in (60, 10, 90):
            queue.add_after("a", delay, Priority.DUE)
        assert await queue.get() == "a"
        assert now() == 10
        queue.done("a")
        await asyncio.sleep(200)
        assert queue.take() is None

    on_queue(body)


def test_ten_thousand_delays_need_one_timer() -> None:
    class CountingLoop(VirtualTimeLoop):
        timers = 0

        def call_at(self, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:  # type: ignore[override]
            self.timers += 1
            return super().call_at(*args, **kwargs)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, CountingLoop)
        queue: WorkQueue[int] = WorkQueue()
        for number in range(10_000):
            queue.add_after(number, 100 + number % 10, Priority.DUE)
        assert loop.timers == 1
        taken = [await queue.get() for _ in range(10_000)]
        assert sorted(taken) == list(range(10_000))
        assert loop.time() == 109
        assert loop.timers < 200

    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        runner.run(main())


def test_moving_a_delay_many_times_does_not_pile_up() -> None:
    async def body(queue: Queue) -> None:
        for moved in range(10_000):
            queue.add_after("a", 20_000 - moved, Priority.DUE)
        assert len(queue._heap) < 200
        assert await queue.get() == "a"
        assert now() == 10_001

    on_queue(body)


def test_a_cancelled_worker_leaves_its_key_to_another() -> None:
    async def body(queue: Queue) -> None:
        first, second = asyncio.ensure_future(queue.get()), asyncio.ensure_future(queue.get())
        await asyncio.sleep(0)
        queue.add("a", Priority.DUE)
        first.cancel()
        assert await second == "a"

    on_queue(body)


def test_closing_releases_whoever_waits() -> None:
    async def body(queue: Queue) -> None:
        waiting = [asyncio.ensure_future(queue.get()) for _ in range(3)]
        await asyncio.sleep(0)
        queue.add_after("a", 10, Priority.DUE)
        queue.close()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(result) for result in results] == [QueueClosed] * 3
        queue.add("b", Priority.DUE)
        with pytest.raises(QueueClosed):
            queue.take()
        with pytest.raises(QueueClosed):
            await queue.get()

    on_queue(body)


KEYS = st.sampled_from("abcd")
PRIORITIES = st.sampled_from(Priority)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), KEYS, PRIORITIES),
        st.tuples(st.just("add_after"), KEYS, PRIORITIES, st.integers(1, 20)),
        st.tuples(st.just("take")),
        st.tuples(st.just("done"), KEYS),
        st.tuples(st.just("sleep"), st.integers(1, 10)),
    ),
    max_size=60,
)


class Model:
    """The queue as one would describe it, without any of its shortcuts."""

    def __init__(self) -> None:
        self.dirty: dict[str, Priority] = {}
        self.processing: set[str] = set()
        self.due: dict[str, tuple[float, Priority]] = {}

    def add(self, key: str, priority: Priority) -> None:
        self.dirty[key] = min(priority, self.dirty.get(key, priority))

    def add_after(self, key: str, when: float, priority: Priority) -> None:
        if key not in self.due or when < self.due[key][0]:
            self.due[key] = (when, priority)

    def pass_time(self, until: float) -> None:
        for key, (when, priority) in list(self.due.items()):
            if when <= until:
                del self.due[key]
                self.add(key, priority)

    def takeable(self) -> set[str]:
        free = {key: priority for key, priority in self.dirty.items() if key not in self.processing}
        return {key for key, priority in free.items() if priority == min(free.values())}


@settings(max_examples=200)
@given(STEPS)
def test_the_queue_does_what_its_model_does(steps: list[tuple[Any, ...]]) -> None:
    async def body(queue: Queue) -> None:
        model = Model()
        for step in steps:
            await follow(queue, model, *step)
            assert len(queue) == len(model.dirty)
            assert queue.delayed == len(model.due)
            assert queue.depth == len(model.dirty.keys() - model.processing)

    on_queue(body)


async def follow(queue: Queue, model: Model, what: str, *args: Any) -> None:
    match what, args:
        case "add", (key, priority):
            queue.add(key, priority)
            model.add(key, priority)
        case "add_after", (key, priority, delay):
            queue.add_after(key, delay, priority)
            model.add_after(key, now() + delay, priority)
        case "sleep", (seconds,):
            await asyncio.sleep(seconds)
            model.pass_time(now())
        case "take", ():
            possible = model.takeable()
            taken = queue.take()
            assert taken in possible if possible else taken is None
            if taken is not None:
                assert queue.priority_of(taken) is model.dirty.pop(taken)
                model.processing.add(taken)
        case "done", (key,):
            if key in model.processing:
                queue.done(key)
                model.processing.remove(key)
