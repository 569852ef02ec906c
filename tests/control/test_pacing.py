"""Where and when cyclic garbage dies."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref

from labdesk.control.pacing import paced_interpreter
from labdesk.rehearsal.virtual import run_virtual


class Knot:
    """An object in a cycle, which tells the thread it dies in."""

    def __init__(self, died_in: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: died_in.append(threading.get_ident()))


def test_cycles_die_in_the_loops_thread_only() -> None:
    async def main(_clock: object) -> None:
        died_in: list[int] = []
        with paced_interpreter(lambda: False):
            Knot(died_in)
            allocating = threading.Thread(target=lambda: [[] for _ in range(200_000)])
            allocating.start()
            allocating.join()
            assert died_in == []
            await asyncio.sleep(20)
            assert died_in == [threading.get_ident()]
        assert gc.isenabled()

    run_virtual(main)


def test_what_survived_for_long_is_looked_at_when_nobody_is_working() -> None:
    async def main(_clock: object) -> None:
        died_in: list[int] = []
        idle = False
        with paced_interpreter(lambda: idle):
            old = Knot(died_in)
            await asyncio.sleep(30)
            del old
            await asyncio.sleep(600)
            assert died_in == []
            idle = True
            await asyncio.sleep(1)
            assert len(died_in) == 1

    run_virtual(main)
