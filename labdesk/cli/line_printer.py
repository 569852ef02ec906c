"""Lines to stdout from a thread of their own: a reader that stalls or goes away must not hold up the labs."""

from __future__ import annotations

import queue
import threading
from typing import TextIO

WAITING_LINES = 10_000
CLOSE_SECONDS = 1.0


class LinePrinter:
    """Prints in order. Lines that find no place while the reader stalls are counted and said to be missing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING_LINES)
        self._missing = 0
        self._thread = threading.Thread(target=self._write, name="labdesk-lines", daemon=True)
        self._thread.start()

    def print(self, line: str) -> None:
        """Queue a line; never waits."""
        try:
            if self._missing:
                self._lines.put_nowait(f"… {self._missing} lines are missing here: nobody read them in time.")
                self._missing = 0
            self._lines.put_nowait(line)
        except queue.Full:
            self._missing += 1

    def close(self) -> None:
        """Print what waits, for two seconds at most; a slow reader may first have to make room for the end."""
        try:
            self._lines.put(None, timeout=CLOSE_SECONDS)
        except queue.Full:
            return
        self._thread.join(CLOSE_SECONDS)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._stream.write(f"{line}\n")
                if self._lines.empty():
                    self._stream.flush()
            except (OSError, ValueError):
                return  # nobody reads any more; the labs go on
