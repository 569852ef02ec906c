"""One pull serves all who wait for its image."""

from __future__ import annotations

import asyncio

from labdesk.control.tasks import TaskOwner
from labdesk.engines.service import ProgressHandler, PullProgress
from labdesk.engines.simulated import SimulatedContainerService
from labdesk.engines.simulation import Operation
from labdesk.labs.lifecycle import ImageState
from labdesk.labs.pulls import ImagePull, ImagePullCoordinator
from labdesk.rehearsal.virtual import VirtualClock, run_virtual
from labdesk.resource.resource import ResourceKey
from tests.labs.samples import NOW

IMAGE = "labdesk-test/busybox:1"


def key(name: str) -> ResourceKey:
    return ResourceKey("LabInstanceRequest", "default", name)


def test_a_lab_that_missed_the_image_just_before_its_pull_ended_joins_it_and_pulls_nothing() -> None:
    async def story(clock: VirtualClock) -> None:
        engine = SimulatedContainerService(clock.now, 1)
        woken: list[str] = []
        tasks = TaskOwner("test")
        pulls = ImagePullCoordinator(engine, clock, tasks, lambda woken_key: woken.append(woken_key.name))
        pulls.pull(IMAGE, key("ada"), NOW)
        await tasks.wait_async(60)
        assert woken[-1] == "ada"
        pulls.pull(IMAGE, key("bob"), NOW)
        assert (woken[-1], engine.calls[Operation.PULL]) == ("bob", 1)
        assert [pull.state for pull in pulls.pulls] == [ImageState.PRESENT]
        await asyncio.sleep(60)
        engine.images.clear()
        pulls.pull(IMAGE, key("eve"), NOW)  # somebody has removed it since
        await tasks.wait_async(60)
        assert engine.calls[Operation.PULL] == 2

    run_virtual(story, NOW)


def test_a_pull_that_fails_in_an_unforeseen_way_keeps_nobody_waiting() -> None:
    async def story(clock: VirtualClock) -> None:
        class Broken(SimulatedContainerService):
            async def pull_image_async(self, image: str, on_progress: ProgressHandler) -> None:
                raise KeyError("layers")

        woken, reported = list[str](), list[str]()
        tasks = TaskOwner("test", lambda what, _error: reported.append(what))
        pulls = ImagePullCoordinator(Broken(clock.now, 1), clock, tasks, lambda lab: woken.append(lab.name))
        pulls.pull(IMAGE, key("ada"), NOW)
        await tasks.wait_async(60)
        (pull,) = pulls.pulls
        assert (woken, pull.state, pull.reason) == (["ada"], ImageState.REFUSED, "ImagePull")
        assert "layers" in pull.detail
        assert reported == [f"pull {IMAGE}"]

    run_virtual(story, NOW)


def test_a_listener_that_fails_keeps_the_image_from_no_lab() -> None:
    async def story(clock: VirtualClock) -> None:
        def fail(_pull: ImagePull) -> None:
            raise KeyError("a progress bar")

        engine = SimulatedContainerService(clock.now, 1)
        engine.images.clear()
        woken, reported, heard = list[str](), list[str](), list[ImageState]()
        tasks = TaskOwner("test", lambda what, _error: reported.append(what))
        pulls = ImagePullCoordinator(engine, clock, tasks, lambda lab: woken.append(lab.name))
        pulls.add_listener(fail)
        pulls.add_listener(lambda pull: heard.append(pull.state))
        pulls.pull(IMAGE, key("ada"), NOW)
        await tasks.wait_async(60)
        assert [pull.state for pull in pulls.pulls] == [ImageState.PRESENT]
        assert (woken[-1], heard[-1]) == ("ada", ImageState.PRESENT)
        assert set(reported) == {f"tell of the pull of {IMAGE}"}

    run_virtual(story, NOW)


def test_labs_hear_of_the_size_as_soon_as_it_is_known_and_then_now_and_again() -> None:
    async def story(clock: VirtualClock) -> None:
        woken: list[str] = []

        async def pull(image: str, on_progress: ProgressHandler) -> None:
            for current, total in ((0, 0), (0, 0), (1, 100), (2, 100), (3, 100)):
                on_progress(PullProgress(image, current, total))
                woken.append("")

        await asyncio.sleep(60)
        engine = SimulatedContainerService(clock.now, 1)
        engine.pull_image_async = pull  # type: ignore[method-assign]
        tasks = TaskOwner("test")
        pulls = ImagePullCoordinator(engine, clock, tasks, lambda _key: woken.append(pulls.pulls[0].progress))
        pulls.pull(IMAGE, key("ada"), NOW)
        await tasks.wait_async(60)
        assert woken == ["begun", "", "", "0 % of 100 B", "", "", "", "0 % of 100 B"]

    run_virtual(story, NOW)
