"""Gathering commits while the writer is at its last batch: a busy loop then crosses threads once for many."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from labdesk.store.commit import CommitBatch, CommitRequest, Outcome
from labdesk.store.errors import StoreClosedError

BATCH_LIMIT = 100
"""Requests to a batch; what comes after waits for the next, a few milliseconds."""


class CommitQueue:
    """Sends what one turn of the loop brought, or all that came while a batch was under way, as one batch."""

    def __init__(self, writer: Executor, path: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._writer = writer
        self._path = path
        self._waiting: list[tuple[CommitRequest, asyncio.Future[list[int]]]] = []
        self._sent: asyncio.Future[list[Outcome]] | None = None
        self._sending = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def commit(self, request: CommitRequest) -> list[int]:
        """Return the revisions once they are on the disk; a commit cancelled while it waits is never made."""
        answer: asyncio.Future[list[int]] = self._loop.create_future()
        self._waiting.append((request, answer))
        self._send_soon()
        return await answer

    async def drained(self) -> None:
        """Wait until nothing is waiting or under way."""
        await self._idle.wait()

    def _send_soon(self) -> None:
        if not self._sending and self._sent is None:
            self._sending = True
            self._idle.clear()
            self._loop.call_soon(self._send)

    def _send(self) -> None:
        self._sending = False
        batch: list[tuple[CommitRequest, asyncio.Future[list[int]]]] = []
        while self._waiting and not batch:
            taken, self._waiting = self._waiting[:BATCH_LIMIT], self._waiting[BATCH_LIMIT:]
            batch = [(request, answer) for request, answer in taken if not answer.done()]
        if not batch:
            self._idle.set()
            return
        answers = [answer for _, answer in batch]
        try:
            work = CommitBatch([request for request, _ in batch], self._path)
            # The writer itself gives the connection.
            self._sent = self._loop.run_in_executor(self._writer, work)  # type: ignore[arg-type]
        except RuntimeError:
            _distribute(answers, [StoreClosedError(f"The store {self._path} is closed.")] * len(answers))
            self._send_soon()
            return
        self._sent.add_done_callback(partial(self._answer, answers))

    def _answer(self, answers: list[asyncio.Future[list[int]]], sent: asyncio.Future[list[Outcome]]) -> None:
        self._sent = None
        self._send()
        error = sent.exception()
        _distribute(answers, sent.result() if error is None else [error] * len(answers))


def _distribute(answers: list[asyncio.Future[list[int]]], outcomes: Sequence[list[int] | BaseException]) -> None:
    for answer, outcome in zip(answers, outcomes, strict=True):
        if answer.done():
            continue
        if isinstance(outcome, BaseException):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
