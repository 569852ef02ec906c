"""Creating many labs: a class in one commit, a whole school in several, so that it can be watched and stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.students import Student

BATCH = 100


class LabCreator(Protocol):
    """The one command this needs."""

    async def create_labs_async(
        self,
        template: str,
        students: Sequence[Student],
        start: datetime | None,
        duration_minutes: int,
        namespace: str = ...,
        labels: Mapping[str, str] | None = ...,
    ) -> list[LabInstanceRequest]: ...


async def create_in_batches(
    creator: LabCreator,
    subject: str,
    students: Sequence[Student],
    start: datetime | None,
    minutes: int,
    labels: Mapping[str, str],
    on_created: Callable[[list[LabInstanceRequest], Sequence[Student]], None],
    go_on: Callable[[], bool],
) -> None:
    """Create a lab for each student of the template `namespace/name`; each batch is all or nothing.

    `on_created` gets the labs and the students of every batch that was committed; `go_on` is asked before each. Raises
    LabDeskError at the first batch that was refused.
    """
    namespace, _, template = subject.partition("/")
    for first in range(0, len(students), BATCH):
        if not go_on():
            return
        batch = students[first : first + BATCH]
        labs = await creator.create_labs_async(template, batch, start, minutes, namespace, labels)
        on_created(labs, batch)
