"""Running the checks and printing what they found."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import cast

from labdesk.cli.doctor.engine import RegistryProblem, check_engine, check_template, connected_engine
from labdesk.cli.doctor.findings import Finding, State, ok
from labdesk.cli.doctor.machine import check_machine
from labdesk.cli.doctor.registry import registry_problem
from labdesk.cli.doctor.store import check_store
from labdesk.cli.errors import FailedError
from labdesk.cli.invocation import Invocation, carry_out
from labdesk.cli.storage import opened_store
from labdesk.cli.tables import Column, TablePrinter
from labdesk.config import EngineKind
from labdesk.labs.template import LabTemplate

COLUMNS = (
    Column("CHECK"),
    Column("STATE", styles={"ok": "green", "note": "yellow", "wrong": "bold red"}),
    Column("WHAT WAS FOUND", wraps=True),
)


def doctor(invocation: Invocation, template: str, namespace: str) -> None:
    """Print all findings. Raises FailedError if something is wrong, ResourceNotFoundError for an unknown template."""
    findings = [*check_machine(invocation), *check_store(invocation.settings.store)]
    findings += carry_out(_look_at_engine(invocation, template, namespace))
    TablePrinter(COLUMNS).print([(one.check, one.state.value, one.sentence) for one in findings])
    bad = [one.check for one in findings if one.state == State.WRONG]
    if bad:
        raise FailedError(f"Something is wrong with: {', '.join(bad)}.")


async def _look_at_engine(invocation: Invocation, name: str, namespace: str) -> list[Finding]:
    async with connected_engine(invocation) as engine:
        finding, info = await check_engine(engine, invocation.settings.engine)
        findings = [finding]
        if name:
            async with opened_store(invocation) as store:
                template = cast("LabTemplate", await store.get_async(LabTemplate.KIND, namespace, name))
                findings.append(ok("Template", f"{name}: {template.spec.description or template.spec.image}"))
                asked = check_template(invocation, store, template, engine, info, _registry(invocation))
                findings += [found async for found in asked]
    return findings


def _registry(invocation: Invocation) -> RegistryProblem:
    """Ask in a thread of its own; the simulated engine gives every image."""

    async def ask(image: str) -> str:
        if invocation.settings.engine == EngineKind.SIMULATED:
            return ""
        with ThreadPoolExecutor(1, thread_name_prefix="labdesk-registry") as thread:
            question = partial(registry_problem, image, invocation.settings.docker_host)
            return await asyncio.get_running_loop().run_in_executor(thread, question)

    return ask
