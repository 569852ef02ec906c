"""Checks of the engine, and of one template on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from labdesk.cli.doctor.findings import Finding, note, ok, wrong
from labdesk.cli.invocation import Invocation
from labdesk.config import EngineKind
from labdesk.desk_engine import engine_factory
from labdesk.engines.service import ContainerService, EngineInfo, EngineRequestError, EngineUnavailable
from labdesk.engines.spec import PullPolicy
from labdesk.labs.reasons import sentence
from labdesk.labs.repository import LabInstanceRepository
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.resolve import AccessDefaults, needs_password
from labdesk.labs.template import LabTemplate
from labdesk.resource.quantity import format_bytes, parse_bytes
from labdesk.store.store import ResourceStore

RegistryProblem = Callable[[str], Awaitable[str]]
"""Says why the engine could not pull an image; empty if it could."""


@asynccontextmanager
async def connected_engine(invocation: Invocation) -> AsyncIterator[ContainerService]:
    """The engine of the settings, for looking only."""
    engine = engine_factory(invocation.settings, invocation.clock)("doctor")
    try:
        yield engine
    finally:
        await engine.close_async()


async def check_engine(engine: ContainerService, kind: EngineKind) -> tuple[Finding, EngineInfo | None]:
    """Whether it answers, who it is and how big."""
    try:
        info = await engine.get_engine_info_async()
    except (EngineUnavailable, EngineRequestError) as error:
        return wrong("Engine", error.message), None
    what = f"{info.name} {info.version}" if kind == EngineKind.SIMULATED else f"Docker {info.version} on {info.name}"
    where = f" at {info.address}" if info.address else ""
    told = f"{what}{where}: {format_bytes(info.memory)} of memory, {info.cpus} CPUs."
    if not info.pids:
        told += " It does not say how many processes it can have, so they are not counted."
    if kind == EngineKind.SIMULATED:
        return note("Engine", f"{told} No real containers run on it."), info
    return ok("Engine", told), info


async def check_template(
    invocation: Invocation,
    store: ResourceStore,
    template: LabTemplate,
    engine: ContainerService,
    info: EngineInfo | None,
    registry_problem: RegistryProblem,
) -> AsyncIterator[Finding]:
    """Yield findings about password, image and room; without `info` (no engine) about the password only."""
    yield check_password(invocation, template)
    if info is not None:
        yield await check_image(template, engine, registry_problem)
        active = await LabInstanceRepository(store).find_active_async(lambda _lab, _error: None)
        yield check_room(invocation, template, info, active)


def check_password(invocation: Invocation, template: LabTemplate) -> Finding:
    """A template open to the network must use the lab's password."""
    access = AccessDefaults(invocation.settings.bind_address, invocation.settings.access_host)
    if needs_password(template, access):
        return wrong("Password", sentence("PasswordRequired", {"template": template.metadata.name}))
    bind = template.spec.access.bind or access.bind
    if not template.spec.ports:
        return ok("Password", "It opens no port, so it needs none.")
    reach = "is open on this computer only" if bind.startswith("127.") or bind == "::1" else "asks for a password"
    return ok("Password", f"It {reach} (listens on {bind}).")


async def check_image(template: LabTemplate, engine: ContainerService, registry_problem: RegistryProblem) -> Finding:
    """Present, or to be had from its registry."""
    image, policy = template.spec.image, template.spec.image_pull_policy
    present = await engine.image_present_async(image)
    if present and policy != PullPolicy.ALWAYS:
        return ok("Image", f"{image} is on the engine.")
    if policy == PullPolicy.NEVER:
        return wrong("Image", sentence("ImageAbsent", {"image": image}))
    problem = await registry_problem(image)
    if problem:
        return wrong("Image", f"{image} is not on the engine and cannot be pulled: {problem}")
    return note("Image", f"{image} will be pulled when the first lab starts; pull it before class to save time.")


def check_room(
    invocation: Invocation, template: LabTemplate, info: EngineInfo, active: list[LabInstanceRequest]
) -> Finding:
    """Whether one lab fits at all, and now."""
    need = parse_bytes(template.spec.resources.memory)
    usable = info.memory - min(invocation.settings.reserve_memory, info.memory // 4)
    booked = sum(lab.status.resolved_spec.memory for lab in active if lab.status.resolved_spec is not None)
    if need > usable:
        return wrong("Room", sentence("TooBig", {"need": format_bytes(need), "total": format_bytes(usable)}))
    free = max(usable - booked, 0)
    if need > free:
        return note("Room", f"One lab needs {format_bytes(need)} but {format_bytes(free)} are free now: it would wait.")
    return ok("Room", f"One lab needs {format_bytes(need)}; there is room for {free // need} now.")
