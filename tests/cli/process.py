"""A command that goes on running, read line by line as it speaks."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence

PATIENCE = 120.0
"""Seconds until something that does not come is called missing; never a time that a test measures."""


def _can_be_interrupted() -> None:
    """Tests that were begun in the background of a shell would hand down that Ctrl+C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class RunningCommand:
    """stdout and stderr come together in `text`."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=_can_be_interrupted
        )
        assert self._process.stdout is not None
        self._stream = self._process.stdout
        os.set_blocking(self._stream.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stream, selectors.EVENT_READ)
        self.text = ""

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_for(self, words: str, times: int = 1, patience: float = PATIENCE) -> str:
        """Read on until `words` were said so many times; return all that was said."""
        deadline = time.monotonic() + patience
        while self.text.count(words) < times:
            left = deadline - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"{words!r} was not said; said was:\n{self.text}")
        return self.text

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._read(PATIENCE):
            pass
        code = self._process.wait(PATIENCE)
        self._close()
        return code

    def kill(self) -> None:
        """End it as kill -9 does."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(PATIENCE)
        self._close()

    def close_output(self) -> None:
        """Stop reading, as `head` does."""
        self._close()

    def _read(self, seconds: float) -> bool:
        if self._stream.closed or not self._selector.select(seconds):
            return False
        piece = os.read(self._stream.fileno(), 65536)
        self.text += piece.decode()
        return bool(piece)

    def _close(self) -> None:
        self._selector.close()
        self._stream.close()
