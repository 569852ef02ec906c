"""What the log tells an instructor of the controller's own doings."""

from __future__ import annotations

from pathlib import Path

from labdesk.engines.service import EngineRequestError
from labdesk.engines.simulation import Behaviour, Operation
from labdesk.store.writes import Create
from tests.desk.harness import World, add, in_world, is_phase, lab, until

PROBE = {"tcpSocket": {"port": "http"}}


def test_the_controllers_events_name_the_student_and_promise_nothing_of_the_lab(tmp_path: Path) -> None:
    """A lab that failed, and one that waits for room: nothing in the log says that all went well."""

    async def story(world: World) -> None:
        world.engine.faults.script(Operation.CREATE, EngineRequestError("no such runtime"))
        world.engine.faults.script(Operation.REMOVE, EngineRequestError("device or resource busy"))
        async with world.desk() as desk:
            await add(desk, lab(), lab("big-web", resources={"memory": "64Gi"}), readinessProbe=PROBE)
            await until(desk, lambda current: current.is_final and current.status.cleaned_up)
            await until(desk, lambda current: bool(current.status.conditions), "big-web")
            await desk.store.commit_async([Create(lab("bob-web", durationMinutes=10).with_metadata(uid=""))])
            await until(desk, is_phase("RUNNING"), "bob-web")
            await until(desk, lambda current: current.is_final and current.status.cleaned_up, "bob-web")
        told = [event for event in world.told if ".reconcil" in event.type]
        assert {event.type.partition(".")[2] for event in told} == {
            "reconciled",
            "reconciliation.requeued",
            "reconciliation.failed",
        }
        assert {event.data["student"] for event in told} == {"Ada Lovelace"}
        assert all(event.data["attempt"] for event in told)
        assert {event.message for event in told if event.severity == "info"} == {
            "Nothing more to do for now.",
            "LabDesk looks again soon.",
        }

    in_world(tmp_path, story, behaviour_of=lambda _identity, _spec: Behaviour(ready_after=3))
