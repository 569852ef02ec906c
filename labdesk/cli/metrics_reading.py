"""`labdesk metrics`: what the acting process counted last, with its age; never the zeros of a fresh process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from labdesk.cli.acting_process import somebody_acts
from labdesk.cli.errors import FailedError
from labdesk.cli.invocation import Invocation
from labdesk.cli.moments import relative_time
from labdesk.cli.storage import opened_store
from labdesk.cli.tables import Column, TablePrinter
from labdesk.control.metrics import KeptValues
from labdesk.desk import METRICS_KEY

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

AGE_NAME = "labdesk_metrics_age_seconds"


@dataclass(frozen=True, slots=True)
class KeptMetrics:
    """Taken at `at` (aware UTC); `acting` tells whether the process that counts is still there."""

    at: datetime
    values: dict[str, float]
    acting: bool

    def age(self, now: datetime) -> timedelta:
        """How old they are; a clock set back makes them new, not from the future."""
        return max(now - self.at, timedelta())


async def metrics(invocation: Invocation, output: str) -> None:
    """Print the kept values. Raises FailedError if nobody has ever acted."""
    async with opened_store(invocation) as store:
        found = await store.meta.get_async(METRICS_KEY)
    if not found:
        raise FailedError(
            "There are no metrics yet: no process has run labs on this store; start `labdesk serve` or open the window."
        )
    acting = somebody_acts(invocation.settings.store)
    kept = KeptMetrics(datetime.fromisoformat(found["at"]), dict(found["values"]), acting)
    now = invocation.clock.now()
    if output == "json":
        typer.echo(
            json.dumps(
                {
                    "at": kept.at.isoformat(),
                    "ageSeconds": round(kept.age(now).total_seconds(), 3),
                    "acting": kept.acting,
                    "values": kept.values,
                },
                indent=2,
            )
        )
    elif output == "prometheus":
        typer.echo(render_prometheus(kept, now), nl=False)
    else:
        TablePrinter((Column("NAME"), Column("VALUE"))).print(
            [(name, f"{value:g}") for name, value in kept.values.items()]
        )
        state = "of the process that runs the labs" if acting else "of the last process that ran labs; none does now"
        typer.echo(f"Counted {relative_time(now - kept.age(now), now)}: values {state}.")


def render_prometheus(kept: KeptMetrics, now: datetime) -> str:
    """Return Prometheus' text format under the names the desk itself exposes, with the age as one more metric."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    collector: Collector = KeptValues(kept.values)
    registry.register(collector)
    Gauge(AGE_NAME, "Seconds since these values were taken", registry=registry).set(kept.age(now).total_seconds())
    return generate_latest(registry).decode()
