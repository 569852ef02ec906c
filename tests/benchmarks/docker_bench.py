"""A class of thirty on the real engine, against the bare SDK with the same configuration and network.

The desk runs with its window open. Interleaved pairs; what counts is the median of the pairs' ratios.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from labdesk.config import DeskSettings
from labdesk.desk import Desk
from labdesk.engines.docker_config import container_config
from labdesk.engines.spec import ContainerIdentity, ContainerSpec
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.students import Student
from labdesk.resource.events import ResourceChangeEvent
from labdesk.resource.resource import ResourceKey
from tests.benchmarks.control_bench import Stalls
from tests.benchmarks.figures import Figure
from tests.integration.cleaning import remove_everything
from tests.integration.images import BUSYBOX_IMAGE, busybox_tar, import_image
from tests.labs.samples import template

LABS, PAIRS, THREADS = 30, 5, 8
DEFAULT_HOST = "unix:///var/run/docker.sock"


def measure_classes() -> list[Figure]:
    """Thirty labs from their creation to RUNNING, and from stop to removed, in pairs with the bare SDK."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from docker import APIClient
    from PySide6.QtWidgets import QApplication

    from labdesk.ui.loop import DeskEventLoop

    host = os.environ.get("DOCKER_HOST") or DEFAULT_HOST
    api = APIClient(base_url=host, version="auto", max_pool_size=32)
    import_image(api, BUSYBOX_IMAGE, busybox_tar())
    app = QApplication(["labdesk"])
    app.setQuitOnLastWindowClosed(False)
    with TemporaryDirectory() as directory, asyncio.Runner(loop_factory=lambda: DeskEventLoop(app)) as runner:
        os.environ["XDG_CONFIG_HOME"] = directory
        settings = DeskSettings(store=Path(directory) / "desk.db", docker_host=host)
        return runner.run(in_window(app, settings, api))


async def in_window(app: Any, settings: DeskSettings, api: Any) -> list[Figure]:
    from labdesk.ui.app import _Application

    # What stands here before the window is this run's own, no part of what is measured.
    gc.collect()
    gc.freeze()
    window = _Application(app, settings, demo=False)
    running = asyncio.ensure_future(window.run_async())
    while window._assembly is None or window._desk is None:
        await asyncio.sleep(0.01)
    desk = window._desk
    try:
        return await compare(desk, api)
    finally:
        window._closing.set()
        await running
        remove_everything(api, {"label": f"labdesk.desk={desk.store.desk_id}"})


async def compare(desk: Desk, api: Any) -> list[Figure]:
    spec = {
        "image": BUSYBOX_IMAGE,
        "command": ["httpd", "-f", "-p", "8080", "-h", "/www"],
        "user": "1000",
        "resources": {"cpu": "500m", "memory": "32Mi", "pids": 32},
        "readinessProbe": {"tcpSocket": {"port": "http"}, "periodSeconds": 0.1},
    }
    await desk.store.create_async(template(**spec))
    while desk.engine_monitor.since is None:
        await asyncio.sleep(0.01)
    pool = ThreadPoolExecutor(THREADS)
    pairs, stalls = [], []
    await a_class(desk, "warm-up", stalls)
    for number in range(PAIRS):
        ours = await a_class(desk, f"class-{number}", stalls) if number % 2 else None
        bare = await asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(1), bare_class, api, desk, pool)
        pairs.append((ours or await a_class(desk, f"class-{number}", stalls), bare))
    start = median(ours[0] / bare[0] for ours, bare in pairs)
    stop = median(ours[1] / bare[1] for ours, bare in pairs)
    return [
        Figure("class_start_30_ratio", start, "x", 1.15, baseline=median(bare[0] for _, bare in pairs)),
        Figure("class_stop_30_ratio", stop, "x", 1.25, baseline=median(bare[1] for _, bare in pairs)),
        Figure("loop_stall_max_ms", max(stalls[1:]) * 1e3, "ms", 50),
    ]


async def a_class(desk: Desk, name: str, stalls: list[float]) -> tuple[float, float]:
    """Return seconds to all RUNNING and seconds to all removed."""
    students = [Student(f"{name}-{number}@example.edu", f"{name} {number}") for number in range(LABS)]
    measured = Stalls()
    began = time.perf_counter()
    running = asyncio.ensure_future(counted(desk, lambda lab: lab.phase == "RUNNING"))
    await asyncio.sleep(0)
    made = await desk.commands.create_labs_async("web", students, None, 60)
    await running
    started = time.perf_counter() - began
    stalls.append(measured.stop())
    print(f"{name}: held {stalls[-1] * 1e3:.0f} ms, late {measured.waited * 1e3:.0f} ms", file=sys.stderr)
    keys: list[ResourceKey] = [lab.key for lab in made]
    began = time.perf_counter()
    gone = asyncio.ensure_future(counted(desk, lambda lab: lab.is_final and lab.status.cleaned_up))
    await asyncio.sleep(0)
    await desk.commands.stop_async(keys)
    await gone
    stopped = time.perf_counter() - began
    await desk.commands.delete_async(keys)
    return started, stopped


async def counted(desk: Desk, condition: Any) -> None:
    """Return when as many labs as a class has have come to be so."""
    done, seen = asyncio.Event(), set()

    def handle(event: ResourceChangeEvent[LabInstanceRequest]) -> None:
        if event.change_type != "deleted" and condition(event.resource):
            seen.add(event.image.uid)
            if len(seen) == LABS:
                done.set()

    desk.labs.add_change_handler(handle)
    await done.wait()
    desk.labs.remove_change_handler(handle)


def bare_class(api: Any, desk: Desk, pool: ThreadPoolExecutor) -> tuple[float, float]:
    """The same thirty containers by the SDK alone: create and start, then stop and remove."""
    spec = resolved_spec(desk)

    def start(_number: int) -> str:
        identity = ContainerIdentity(desk.store.desk_id, "bare", uuid.uuid4().hex[:16], "default", "bare", 1, spec.hash)
        made: str = api.create_container_from_config(container_config(identity, spec, "x"), identity.container_name)[
            "Id"
        ]
        api.start(made)
        return made

    def remove(container: str) -> None:
        api.stop(container, timeout=5)
        api.remove_container(container, v=True, force=True)

    began = time.perf_counter()
    containers = list(pool.map(start, range(LABS)))
    started = time.perf_counter() - began
    began = time.perf_counter()
    list(pool.map(remove, containers))
    return started, time.perf_counter() - began


def resolved_spec(desk: Desk) -> ContainerSpec:
    """What the desk would ask the engine for, with ports of the engine's choice."""
    from labdesk.labs.resolve import AccessDefaults, resolve_container_spec
    from tests.labs.samples import lab

    stored = next(iter(desk.templates.cache.images())).decode()
    return resolve_container_spec(lab(), stored, {}, AccessDefaults(), desk.store.desk_id)  # type: ignore[arg-type]
