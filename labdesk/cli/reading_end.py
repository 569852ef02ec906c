"""Commands that go on end when nobody reads them any more, not only at their next line."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Coroutine
from typing import Any

from labdesk.cli.errors import OutputClosed


async def while_read(work: Coroutine[Any, Any, None]) -> None:
    """Carry out `work` until it ends or the pipe on stdout loses its reader; then raise OutputClosed."""
    pipe = _pipe_on_stdout()
    if pipe is None:
        await work
        return
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    closed = asyncio.Event()

    def nobody_reads() -> None:
        closed.set()
        loop.remove_reader(pipe)
        task.cancel()

    # The writing end of a pipe is never readable: all that can be told about it is that the other end is gone.
    loop.add_reader(pipe, nobody_reads)
    try:
        await task
    except asyncio.CancelledError:
        if closed.is_set():
            raise OutputClosed from None
        task.cancel()
        raise
    finally:
        loop.remove_reader(pipe)


def _pipe_on_stdout() -> int | None:
    try:
        number = sys.stdout.fileno()
        return number if stat.S_ISFIFO(os.fstat(number).st_mode) else None
    except (OSError, ValueError):
        return None
