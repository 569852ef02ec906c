"""What becomes of the labs that the New lab panel would create: their names, and whether there is room. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from labdesk.engines.monitor import EngineMonitor, EngineState
from labdesk.labs.capacity import Booking, CapacityLedger
from labdesk.labs.limits import Need
from labdesk.labs.outlook import Claim, Outlook, foresee
from labdesk.labs.students import Student, lab_name
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.panels.template_facts import TemplateFacts


@dataclass(frozen=True, slots=True)
class Forecast:
    """`outlook` is None while the engine's size is not known; `away` says that the engine does not answer.

    `doubled` are the students who have another lab of the template in that time, by name; with `same_work` both labs
    would write to one workspace.
    """

    names: tuple[str, ...]
    count: int
    need: Need
    total_memory: int
    outlook: Outlook | None
    away: bool
    doubled: tuple[str, ...] = ()
    same_work: bool = False


def forecast(
    students: Sequence[Student],
    template: TemplateFacts,
    start: datetime,
    length: timedelta,
    rows: Iterable[LabRow],
    templates: Iterable[TemplateFacts],
    monitor: EngineMonitor,
    capacity: CapacityLedger,
    now: datetime,
) -> Forecast:
    """Work out what would come of one lab for each student from `start` on; it and `now` are aware UTC."""
    taken: set[str] = set()
    claims: list[Claim] = []
    doubled: dict[str, str] = {}
    by_address = {student.email.casefold(): student for student in students}
    needs = {facts.subject: facts.need for facts in templates}
    for row in rows:
        if row.namespace == template.namespace:
            taken.add(row.name)
        if not row.is_final:
            claims += _claims(row, needs, capacity.booking)
            if (row.namespace, row.template) == (template.namespace, template.name) and (
                start.timestamp() < row.ends
                and row.start < (start + length).timestamp()
                and (student := by_address.get(row.email.casefold())) is not None
            ):
                doubled[student.email] = row.student
    known = monitor.info is not None
    return Forecast(
        tuple(lab_name(student, template.name, taken) for student in students),
        len(students),
        template.need,
        capacity.limits.memory,
        foresee(len(students), template.need, start, length, claims, capacity.limits, now) if known else None,
        monitor.state is EngineState.UNREACHABLE,
        tuple(doubled.values()),
        template.keeps_work,
    )


def _claims(row: LabRow, needs: Mapping[str, Need], booking: Callable[[str], Booking | None]) -> Iterator[Claim]:
    """What a lab holds, or will want by what its template asks for now."""
    held = booking(row.uid)
    wanted = held or needs.get(f"{row.namespace}/{row.template}")
    if wanted is not None:
        yield Claim(wanted.share, _moment(row.start), _moment(row.ends), held is not None)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
