"""One pull per image for all labs that wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from labdesk.control.clock import Clock
from labdesk.control.tasks import TaskOwner
from labdesk.engines.service import (
    ContainerService,
    EngineRequestError,
    EngineUnavailable,
    ImagePullError,
    ProgressHandler,
    PullProgress,
    RegistryUnreachableError,
)
from labdesk.engines.spec import PullPolicy
from labdesk.labs.lifecycle import ImageState
from labdesk.resource.quantity import format_bytes
from labdesk.resource.resource import ResourceKey

RETRY_SECONDS = (2.0, 5.0, 10.0)
JUST_ENDED_SECONDS = 2.0
NOTICE_SECONDS = 2.0
"""Waiting labs hear of progress at most this often; each notice is a commit per lab."""


@dataclass
class ImagePull:
    """The current or last pull of one image. `current` and `total` in bytes, 0 while unknown.

    `interrupted` while the registry does not answer and the engine waits to try again.

    `reason` and `detail` say why it was refused: a reason of labs/reasons.py and the engine's words.
    """

    image: str
    state: ImageState = ImageState.PULLING
    current: int = 0
    total: int = 0
    interrupted: bool = False
    reason: str = ""
    detail: str = ""
    ended_at: datetime | None = None
    waiting: set[ResourceKey] = field(default_factory=set)
    noticed_at: float = 0.0

    @property
    def progress(self) -> str:
        """For people, in steps of 10 % so that a slow pull does not fill the log."""
        if not self.total:
            return "begun"
        done = f"{self.current * 10 // self.total * 10} % of {format_bytes(self.total)}"
        return f"{done}, but the registry does not answer; it is tried again" if self.interrupted else done


class ImagePullCoordinator:
    """Knows every pull; `wake` is called with the key of each lab that should look again."""

    def __init__(
        self, engine: ContainerService, clock: Clock, tasks: TaskOwner, wake: Callable[[ResourceKey], None]
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._tasks = tasks
        self._wake = wake
        self._pulls: dict[str, ImagePull] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._listeners: list[Callable[[ImagePull], None]] = []

    @property
    def pulls(self) -> tuple[ImagePull, ...]:
        return tuple(self._pulls.values())

    def add_listener(self, listener: Callable[[ImagePull], None]) -> None:
        """`listener` hears of every progress and end, for progress bars."""
        self._listeners.append(listener)

    def state(
        self, image: str, policy: PullPolicy, key: ResourceKey, since: datetime | None
    ) -> tuple[ImageState, ImagePull | None]:
        """What a lab that began provisioning at `since` should think of the image; a pull under way it joins.

        A pull that ended before then says nothing about now; with policy Always it must be pulled anew.
        """
        pull = self._pulls.get(image)
        if pull is not None and (pull.ended_at is None or since is None or pull.ended_at >= since):
            if pull.ended_at is None:
                pull.waiting.add(key)
            return pull.state, pull
        return (ImageState.ABSENT if policy == PullPolicy.ALWAYS else ImageState.UNKNOWN), None

    def pull(self, image: str, key: ResourceKey, since: datetime | None) -> None:
        """Begin a pull, or join the one under way; `key` is woken on progress and at the end."""
        pull = self._pulls.get(image)
        if pull is not None and pull.state == ImageState.PRESENT and self._has_just_ended(pull):
            self._wake(key)  # its create was refused a moment before the pull ended
            return
        finished = pull is None or (pull.ended_at is not None and (since is None or pull.ended_at < since))
        if pull is None or finished or pull.state == ImageState.PRESENT:
            pull = self._pulls[image] = ImagePull(image)
            pull.waiting.add(key)
            self._running[image] = self._tasks.spawn(self._run(pull), f"pull {image}")
            return
        pull.waiting.add(key)

    def leave(self, key: ResourceKey) -> None:
        """A lab waits no more: a pull that nobody waits for any longer is called off, in the engine too."""
        for image, pull in list(self._pulls.items()):
            if pull.ended_at is None and key in pull.waiting:
                pull.waiting.remove(key)
                if not pull.waiting:
                    del self._pulls[image]
                    self._running.pop(image).cancel()

    def _has_just_ended(self, pull: ImagePull) -> bool:
        return pull.ended_at is not None and (self._clock.now() - pull.ended_at).total_seconds() < JUST_ENDED_SECONDS

    async def _run(self, pull: ImagePull) -> None:
        def on_progress(progress: PullProgress) -> None:
            is_first = not pull.total and progress.total > 0  # until then there was nothing to tell
            pull.current, pull.total, pull.interrupted = progress.current, progress.total, progress.interrupted
            self._notify(pull)
            if is_first or self._clock.monotonic() - pull.noticed_at >= NOTICE_SECONDS:
                pull.noticed_at = self._clock.monotonic()
                self._wake_waiting(pull)

        try:
            await self._pull_patiently(pull.image, on_progress)
            pull.state = ImageState.PRESENT
        except EngineRequestError as error:
            pull.state, pull.detail = ImageState.REFUSED, error.message
            pull.reason = (error if isinstance(error, ImagePullError) else ImagePullError).reason
        except EngineUnavailable:
            self._pulls.pop(pull.image, None)
        except Exception as error:  # noqa: BLE001  (a pull's edge: those who wait for it must not wait for ever)
            self._tasks.report(f"pull {pull.image}", error)
            pull.state, pull.reason, pull.detail = ImageState.REFUSED, ImagePullError.reason, str(error)
        finally:
            pull.ended_at = self._clock.now()
            self._notify(pull)
            self._wake_waiting(pull)

    async def _pull_patiently(self, image: str, on_progress: ProgressHandler) -> None:
        """Try again a few times while the registry cannot be reached; a registry that refuses is believed at once."""
        for pause in RETRY_SECONDS:
            try:
                return await self._engine.pull_image_async(image, on_progress)
            except RegistryUnreachableError:
                await asyncio.sleep(pause)
        return await self._engine.pull_image_async(image, on_progress)

    def _notify(self, pull: ImagePull) -> None:
        for listener in self._listeners:
            try:
                listener(pull)
            except Exception as error:  # noqa: BLE001  (a listener's edge: it must not keep the image from labs)
                self._tasks.report(f"tell of the pull of {pull.image}", error)

    def _wake_waiting(self, pull: ImagePull) -> None:
        for key in tuple(pull.waiting):
            self._wake(key)
