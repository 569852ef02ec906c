"""Pulling an image: one thread per pull, progress over all layers, and a way to stop it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from labdesk.engines.docker_connection import Cut, DockerConnection, inspect_image
from labdesk.engines.docker_look import one_line
from labdesk.engines.service import EngineUnavailable, ImagePullError, PullProgress, RegistryUnreachableError

SILENCE_SECONDS = 280.0
"""The longest time the engine may say nothing during a pull."""

_PASSING = re.compile(
    r"dial tcp|no such host|connection refused|timeout|deadline exceeded|temporary failure|unreachable|connection reset"
    r"|unexpected eof|too ?many ?requests|request canceled|50[0234] |service unavailable|bad gateway",
    re.IGNORECASE,
)


class LayerProgress:
    """Adds up the lines of a pull. Bytes count when downloaded; layers the engine already has do not count."""

    def __init__(self, image: str) -> None:
        self._image = image
        self._layers: dict[str, tuple[int, int]] = {}
        self._retried: set[str] = set()

    def add(self, line: Mapping[str, Any]) -> PullProgress:
        """Return the state after one line of the engine's JSON stream."""
        layer, text = str(line.get("id", "")), str(line.get("status", ""))
        current, total = self._layers.get(layer, (0, 0))
        detail = line.get("progressDetail") or {}
        if text.startswith("Retrying"):
            self._retried.add(layer)
        else:
            self._retried.discard(layer)
        if text == "Downloading":
            total = max(total, int(detail.get("total") or 0))
            current = max(current, min(int(detail.get("current") or 0), total))
            self._layers[layer] = current, total
        elif text in ("Verifying Checksum", "Download complete", "Extracting", "Pull complete"):
            if text == "Extracting" and not total:
                total = int(detail.get("total") or 0)
            self._layers[layer] = total, total
        sums = [sum(numbers) for numbers in zip(*self._layers.values(), strict=True)] or [0, 0]
        told = f"{text} {layer}".strip() if layer in self._layers else text
        return PullProgress(self._image, sums[0], sums[1], told, interrupted=bool(self._retried))


class Pull:
    """One pull; `run` is for a pool thread, `cancel` for any other. Cancelling stops the engine's work too."""

    def __init__(self, connection: DockerConnection, image: str, offer: Callable[[PullProgress], None]) -> None:
        self._connection = connection
        self._image = image
        self._offer = offer
        self._lock = threading.Lock()
        self._cut: Cut | None = None
        self._is_cancelled = False

    def cancel(self) -> None:
        with self._lock:
            self._is_cancelled = True
            if self._cut is not None:
                self._cut.cut()

    def run(self) -> None:
        """Pull to the end; raises ImagePullError with the registry's words, or EngineUnavailable."""
        from docker.errors import APIError, DockerException

        from labdesk.engines.docker_errors import status_of

        with self._connection.stream(SILENCE_SECONDS) as (api, cut):
            with self._lock:
                if self._is_cancelled:
                    return
                self._cut = cut
            progress = LayerProgress(self._image)
            try:
                for line in api.pull(self._image, stream=True, decode=True):
                    if "error" in line:
                        raise pull_error(self._image, str(line["error"]))
                    self._offer(progress.add(line))
            except APIError as error:
                if status_of(error) in (502, 503, 504):
                    raise
                raise pull_error(self._image, str(error.explanation)) from error
            except DockerException as error:  # the name, or the credentials kept on this computer
                raise pull_error(self._image, str(error)) from error
        if not self._is_cancelled and self._connection.call(lambda api: inspect_image(api, self._image)) is None:
            raise EngineUnavailable(
                f"The pull of {self._image} broke off; it is tried again.", cause="no-connection", image=self._image
            )


def pull_error(image: str, words: str) -> ImagePullError:
    """Return the error for what the registry or engine said; one that may pass by itself is told apart."""
    plain = one_line(words.removeprefix("Error response from daemon: "))
    kind = RegistryUnreachableError if _PASSING.search(plain) else ImagePullError
    return kind(plain or f"The image {image} could not be pulled.", image=image, detail=plain)
