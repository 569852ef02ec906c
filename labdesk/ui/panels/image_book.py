"""Which images are on the engine: asked when it matters, pulled on demand, unknown while the engine is away."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from labdesk.engines.service import (
    ContainerService,
    EngineRequestError,
    EngineUnavailable,
    PullProgress,
)
from labdesk.labs.lifecycle import ImageState as PullState
from labdesk.resource.quantity import parse_bytes

if TYPE_CHECKING:
    from labdesk.control.tasks import TaskOwner
    from labdesk.engines.monitor import EngineMonitor
    from labdesk.labs.pulls import ImagePull
    from labdesk.ui.models.lab_row import LabRow


class Presence(StrEnum):
    """What is known of an image. `REFUSED`: the last pull failed, and it is not there."""

    UNKNOWN = "unknown"
    PRESENT = "present"
    MISSING = "missing"
    PULLING = "pulling"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImageState:
    """`current` and `total` are bytes of the pull, 0 while unknown; `message` says why the last pull was refused.

    `for_labs` tells of a pull that labs wait for: it is theirs, and not to be cancelled here. `interrupted` while its
    registry does not answer and the engine waits to try again.
    """

    presence: Presence
    current: int = 0
    total: int = 0
    message: str = ""
    for_labs: bool = False
    interrupted: bool = False

    @property
    def percent(self) -> int | None:
        """Whole percent of the pull, None while the size is unknown."""
        return self.current * 100 // self.total if self.total else None


UNKNOWN = ImageState(Presence.UNKNOWN)
_PULLING = "Pulling"
_PROGRESS = re.compile(r"(\d+) % of ([\d.]+) ([KMG]i)?B")
"""How labs tell of a pull: `40 % of 120 MiB`."""
_REFUSED = frozenset({"ImagePull", "RegistryUnreachable"})
_RECENT_S = 86_400.0
"""A pull for labs that failed before this is old news: the registry is asked again."""


class ImageBook(QObject):
    """`changed` carries an image's name. Pulls belong to the window and end with it."""

    changed = Signal(str)

    def __init__(
        self, engine: ContainerService, monitor: EngineMonitor, tasks: TaskOwner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._monitor = monitor
        self._tasks = tasks
        self._states: dict[str, ImageState] = {}
        self._pulls: dict[str, asyncio.Task[ImageState]] = {}
        self._looking: set[str] = set()
        self._refusals: dict[str, str] = {}
        self._followed: dict[str, ImagePull] = {}
        self._is_closed = False
        monitor.add_listener(self._engine_changed)

    @property
    def is_reachable(self) -> bool:
        """False while the engine does not answer: what is not known now cannot be found out."""
        return self._monitor.reachable

    def state(self, image: str) -> ImageState:
        return self._states.get(image, UNKNOWN)

    def look(self, images: Iterable[str]) -> None:
        """Ask the engine for these images; those being pulled or asked for already are left alone."""
        wanted = [image for image in dict.fromkeys(images) if image not in self._pulls and image not in self._looking]
        if wanted and self.is_reachable and not self._is_closed:
            self._looking.update(wanted)
            self._tasks.spawn(self._look_async(wanted), "look for images")

    def pull(self, image: str) -> None:
        """Begin to pull an image; nothing happens if a pull of it is under way."""
        if image not in self._pulls:
            self._set(image, ImageState(Presence.PULLING))
            task = self._pulls[image] = self._tasks.spawn(self._pull_async(image), f"pull {image}")
            task.add_done_callback(lambda ended: self._pull_ended(image, ended))

    def cancel(self, image: str) -> None:
        """Stop a pull that was begun here, also in the engine; then ask again what is there."""
        if (task := self._pulls.get(image)) is not None:
            task.cancel()

    def is_pulled_here(self, image: str) -> bool:
        """True while a pull begun here is under way."""
        return image in self._pulls

    def take_labs(self, labs: Iterable[LabRow], now: float) -> None:
        """Take from labs which images are being pulled for them, and which were refused (`now` in epoch seconds).

        Images that are no longer being pulled for labs are asked for.
        """
        told: dict[str, tuple[int, int]] = {}
        refused: dict[str, LabRow] = {}
        for lab in labs:
            image = lab.parameters.get("image", "")
            if image and lab.reason == _PULLING:
                told[image] = _bytes_told(lab.parameters)
            elif image and lab.reason in _REFUSED and now - lab.ends < _RECENT_S:
                refused[image] = max(refused.get(image, lab), lab, key=attrgetter("ends"))
        self._refusals = {image: lab.parameters.get("detail", "") for image, lab in refused.items()}
        self._show_labs_pulls(told)
        for image in self._refusals:
            if self.state(image).presence is Presence.MISSING:
                self._found(image, False)

    def follow(self, pull: ImagePull) -> None:
        """Take how far a pull for labs is from the process that does it, when that is this one.

        Labs tell of it too, but seldom and in steps, and of its end a moment later.
        """
        if self._is_closed or pull.image in self._pulls:
            return
        self._followed[pull.image] = pull
        if pull.ended_at is None:
            self._set(
                pull.image,
                ImageState(Presence.PULLING, pull.current, pull.total, for_labs=True, interrupted=pull.interrupted),
            )
        elif pull.state is PullState.PRESENT:
            self._set(pull.image, ImageState(Presence.PRESENT))
        elif pull.state is PullState.REFUSED:
            self._set(pull.image, ImageState(Presence.REFUSED, message=pull.detail))
        else:
            self._set(pull.image, UNKNOWN)
            self.look([pull.image])

    def _show_labs_pulls(self, told: Mapping[str, tuple[int, int]]) -> None:
        for image in [image for image, pull in self._followed.items() if pull.ended_at and image not in told]:
            del self._followed[image]
        ended = [
            image
            for image, state in self._states.items()
            if state.presence is Presence.PULLING
            and state.for_labs
            and image not in told
            and image not in self._followed
        ]
        for image, (current, total) in told.items():
            if image not in self._pulls and image not in self._followed:
                self._set(image, ImageState(Presence.PULLING, current, total, for_labs=True))
        for image in ended:
            self._set(image, UNKNOWN)
        self.look(ended)

    def close(self) -> None:
        """End every pull and hear of the engine no more."""
        if self._is_closed:
            return
        self._is_closed = True
        self._monitor.remove_listener(self._engine_changed)
        for task in self._pulls.values():
            task.cancel()

    async def _look_async(self, images: list[str]) -> None:
        try:
            for image in images:
                present = await self._engine.image_present_async(image)
                if self.state(image).presence is not Presence.PULLING:
                    self._found(image, present)
                self._looking.discard(image)
        except (EngineUnavailable, EngineRequestError):
            pass  # the banner tells of the engine; what was not answered stays unknown
        finally:
            self._looking.difference_update(images)

    def _found(self, image: str, present: bool) -> None:
        """A refusal stays to be read until the image is there after all."""
        if present:
            if self.state(image).presence is not Presence.PRESENT:
                self._set(image, ImageState(Presence.PRESENT))
        elif image in self._refusals:
            self._set(image, ImageState(Presence.REFUSED, message=self._refusals[image]))
        elif self.state(image).presence is not Presence.REFUSED:
            self._set(image, ImageState(Presence.MISSING))

    async def _pull_async(self, image: str) -> ImageState:
        """Return what is known of the image afterwards."""

        def on_progress(progress: PullProgress) -> None:
            if image in self._pulls:
                self._set(
                    image,
                    ImageState(Presence.PULLING, progress.current, progress.total, interrupted=progress.interrupted),
                )

        try:
            try:
                await self._engine.pull_image_async(image, on_progress)
            except EngineRequestError as error:
                present = await self._engine.image_present_async(image)  # the one that was there still is
                return ImageState(Presence.PRESENT if present else Presence.REFUSED, message=error.message)
        except (EngineUnavailable, EngineRequestError):  # the banner tells of it; the image is asked for again
            return UNKNOWN
        return ImageState(Presence.PRESENT)

    def _pull_ended(self, image: str, task: asyncio.Task[ImageState]) -> None:
        """Also for a pull that was cancelled, perhaps before its first step."""
        self._pulls.pop(image, None)
        if self._is_closed:
            return
        ended_well = not task.cancelled() and task.exception() is None
        self._set(image, task.result() if ended_well else UNKNOWN)
        if self.state(image) is UNKNOWN:
            self.look([image])

    def _engine_changed(self) -> None:
        """Away: nothing is known any more. Back, perhaps as another engine: everything is asked again."""
        if not self._monitor.reachable:
            for image in list(self._states):
                if image not in self._pulls:
                    self._set(image, UNKNOWN)
        else:
            self.look(list(self._states))
        self.changed.emit("")  # whether something can be pulled also changes where no image does

    def _set(self, image: str, state: ImageState) -> None:
        if self._states.get(image) != state:
            self._states[image] = state
            self.changed.emit(image)


def _bytes_told(parameters: Mapping[str, str]) -> tuple[int, int]:
    """Return how much of how much a lab says is pulled, of `40 % of 120 MiB`; zeros before the size is known."""
    match = _PROGRESS.match(parameters.get("progress", ""))
    if match is None:
        return 0, 0
    percent, number, unit = match.groups(default="")
    total = parse_bytes(number + unit)
    return -(-total * int(percent) // 100), total
