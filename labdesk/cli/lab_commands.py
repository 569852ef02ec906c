"""`labdesk stop`, `extend`, `rerun`, `delete`: checked for all that are named, then done, then said in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import cast

import typer

from labdesk.cli.acting_process import say_if_nobody_acts
from labdesk.cli.errors import FailedError, UsageMistakeError
from labdesk.cli.invocation import Invocation
from labdesk.cli.listing import nothing_found
from labdesk.cli.moments import local_time
from labdesk.cli.selection import Selection
from labdesk.cli.storage import opened_store
from labdesk.labs import commands as rules
from labdesk.labs.commands import LabCommands, Outcome
from labdesk.labs.phases import LabPhase
from labdesk.labs.request import DesiredState, LabInstanceRequest
from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import InvalidResourceError, LabDeskError
from labdesk.resource.resource import Resource, ResourceKey

Command = Callable[[LabCommands, Sequence[ResourceKey]], Awaitable[Outcome]]


async def stop(invocation: Invocation, selection: Selection) -> None:
    """End labs now. With labels: those that have not ended yet."""

    def described(before: Resource, after: Resource) -> str:
        lab = _lab(after)
        if _lab(before).spec.desired == DesiredState.STOP:
            return f"{lab.metadata.name} was already asked to stop."
        waits = lab.phase == LabPhase.PENDING or lab.wants_to_run_again
        return f"{lab.metadata.name} {'will not start' if waits else 'is being stopped'}."

    await _carry_out(
        invocation,
        selection,
        check=lambda lab: rules.stop(_lab(lab)),
        command=lambda commands, keys: commands.stop_async(keys),
        describe=described,
        meant=lambda lab: not _lab(lab).is_final,
    )


async def extend(invocation: Invocation, selection: Selection, minutes: int) -> None:
    """Give labs more minutes, or take some back."""

    def described(_before: Resource, after: Resource) -> str:
        lab = _lab(after)
        change = f"{minutes} min later" if minutes > 0 else f"{-minutes} min earlier"
        end = lab.get_expiry() or lab.window_end
        now = invocation.clock.now()
        return f"{lab.metadata.name} ends at {local_time(end, now, invocation.zone)}, {change} than before."

    await _carry_out(
        invocation,
        selection,
        check=lambda lab: rules.extend(_lab(lab), minutes),
        command=lambda commands, keys: commands.extend_async(keys, minutes),
        describe=described,
    )


async def rerun(invocation: Invocation, selection: Selection) -> None:
    """Run ended labs once more."""
    now = invocation.clock.now()

    def described(before: Resource, after: Resource) -> str:
        if after == before:
            return f"{after.metadata.name} was already asked to run again."
        return f"{after.metadata.name} runs again now."

    await _carry_out(
        invocation,
        selection,
        check=lambda lab: rules.run_again(_lab(lab), now),
        command=lambda commands, keys: commands.run_again_async(keys),
        describe=described,
    )


async def delete(invocation: Invocation, selection: Selection, *, force: bool) -> None:
    """Delete resources; a lab goes when its container is gone."""

    def described(before: Resource, after: Resource) -> str:
        what = after.metadata.name if isinstance(after, LabInstanceRequest) else f"The template {after.metadata.name}"
        if before.is_deleting and not force:
            return f"{what} is already being deleted."
        return f"{what} is being deleted{' without waiting for its engine' if force else ''}."

    await _carry_out(
        invocation,
        selection,
        check=lambda resource: resource,
        command=lambda commands, keys: commands.delete_async(keys, force=force),
        describe=described,
    )


async def _carry_out(
    invocation: Invocation,
    selection: Selection,
    *,
    check: Callable[[Resource], Resource],
    command: Command,
    describe: Callable[[Resource, Resource], str],
    meant: Callable[[Resource], bool] = lambda _: True,
) -> None:
    """Check all, then command all. `meant` narrows what labels choose (never what is named)."""
    if not selection.names and not selection.selector.requirements:
        raise UsageMistakeError("Name at least one, or choose by labels with -l.")
    async with opened_store(invocation) as store:
        resources, _ = await selection.list_async(store)
        if not selection.names:
            resources = [resource for resource in resources if meant(resource)]
        if not resources:
            typer.echo(nothing_found(selection))
            return
        commands = LabCommands(store, invocation.clock)
        await _refuse_before_anything(commands, resources, check)
        outcome = await command(commands, [resource.key for resource in resources])
    before = {resource.key: resource for resource in resources}
    for after in outcome.changed:
        typer.echo(describe(before[after.key], after))
    if outcome.changed:
        say_if_nobody_acts(invocation)
    if outcome.refused:
        raise FailedError(_refusal([error for _, error in outcome.refused], len(outcome.changed)))


async def _refuse_before_anything(
    commands: LabCommands, resources: Sequence[Resource], check: Callable[[Resource], Resource]
) -> None:
    refusals: list[LabDeskError] = []
    for resource in resources:
        try:
            check(resource).check_update(resource)
            if isinstance(resource, LabTemplate):
                await commands.require_unused_async(resource.key)
        except InvalidResourceError:
            raise  # what was typed is wrong for every lab: exit code 2
        except LabDeskError as error:
            refusals.append(error)
    if refusals:
        raise FailedError(_refusal(refusals, 0))


def _refusal(errors: Sequence[LabDeskError], changed: int) -> str:
    shown = "; ".join(error.message.rstrip(".") for error in errors[:3])
    more = f"; and {len(errors) - 3} more" if len(errors) > 3 else ""
    return f"{shown}{more}." if changed else f"{shown}{more}; nothing was changed."


def _lab(resource: Resource) -> LabInstanceRequest:
    return cast("LabInstanceRequest", resource)
