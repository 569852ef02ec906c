"""A regular expression over the journal, newest first, in processes of their own (see pattern_child)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar, cast

from labdesk.resource.errors import LabDeskError
from labdesk.store import journal_reads
from labdesk.store.access import StoreAccess
from labdesk.store.errors import StoreError
from labdesk.store.journal_reads import EventQuery, MinuteCounts
from labdesk.store.pattern_child import compile_pattern

SLICE = 10_000
"""Events to a step: some 20 ms of a process."""
SILENCE = 5.0
"""Seconds that one step may take; an expression that needs longer goes astray on one event and is given up."""
PROCESSES = 4
"""At most; no more than the computer has processors."""

T = TypeVar("T")


class InvalidPatternError(LabDeskError):
    """The text is no regular expression; the message says where."""

    reason = "InvalidPattern"


class PatternTooSlowError(LabDeskError):
    """The expression takes too long on one event."""

    reason = "PatternTooSlow"


@dataclass(frozen=True, slots=True)
class ScanStep:
    """`found` are the matching sequences of one slice, newest first; `done` of `total` slices have been looked at.

    The search reaches up to sequence `head`, the journal's last one when it began. `minutes` says when they were.
    """

    found: list[int]
    done: int
    total: int
    head: int
    minutes: list[MinuteCounts] = field(default_factory=list)


class PatternScan:
    """One expression; its processes begin with the first search and live until `close`. One search at a time."""

    def __init__(self, access: StoreAccess, pattern: str, silence: float = SILENCE) -> None:
        """Raise InvalidPatternError unless `pattern` is a regular expression."""
        try:
            compile_pattern(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise InvalidPatternError(str(error)) from None
        self._access = access
        self.pattern = pattern
        self._silence = silence
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-pattern")
        self._children: list[subprocess.Popen[str]] = []
        self._is_closed = False

    async def find_async(self, query: EventQuery, after: int = 0) -> AsyncGenerator[ScanStep, None]:
        """Yield what matches the expression and the query's filters, of events after sequence `after`.

        Whoever does not take all of it ends the scan. Raises PatternTooSlowError, StoreError.
        """
        job = await self._access.read(journal_reads.scan_bounds, query, after)
        first, before, head = job.pop("first"), job.pop("before"), job.pop("head")
        slices = [(max(high - SLICE, first), high) for high in range(before, first, -SLICE)]
        finished = False
        try:
            if slices and not self._children:
                await self._run(self._start)
            for place, child in enumerate(self._children):
                share = slices[place :: len(self._children)]
                await self._run(lambda child=child, share=share: _tell(child, {**job, "slices": share}))  # type: ignore[misc]
            for done in range(len(slices)):
                child = self._children[done % len(self._children)]
                found, minutes = await self._run(lambda child=child: _read(child))  # type: ignore[misc]
                yield ScanStep(found, done + 1, len(slices), head, minutes)
            finished = True
        finally:
            if not finished:
                self.close()  # what is still being looked for would be taken for the next search's answer

    def close(self) -> None:
        """End the processes; a search under way ends with an error."""
        if self._is_closed:
            return
        self._is_closed = True
        for child in self._children:
            child.kill()
        self._thread.submit(self._reap)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._silence):
                return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except TimeoutError:
            raise PatternTooSlowError(
                "This expression takes too long on one event; make it simpler, without repeats inside repeats."
            ) from None
        except (OSError, ValueError, RuntimeError) as error:
            raise StoreError(f"The journal could not be searched ({error}); search again.") from error

    def _start(self) -> None:
        command = [sys.executable, "-m", "labdesk.store.pattern_child"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        begin = {"path": str(Path(self._access.path).absolute()), "pattern": self.pattern}
        for _ in range(min(PROCESSES, os.cpu_count() or 1)):
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                env=environment,
                start_new_session=True,  # Ctrl+C in a terminal is for the window, which then ends it
            )
            self._children.append(child)
            _tell(child, begin)
        if self._is_closed:
            self._reap()

    def _reap(self) -> None:
        for child in self._children:
            child.kill()
            with contextlib.suppress(OSError):
                child.communicate()


def _tell(child: subprocess.Popen[str], message: object) -> None:
    stdin = cast("IO[str]", child.stdin)
    stdin.write(f"{json.dumps(message)}\n")
    stdin.flush()


def _read(child: subprocess.Popen[str]) -> tuple[list[int], list[MinuteCounts]]:
    line = cast("IO[str]", child.stdout).readline()
    if not line:
        raise OSError("the search ended early")
    answer = json.loads(line)
    return answer["found"], journal_reads.minute_counts(answer["counts"])
