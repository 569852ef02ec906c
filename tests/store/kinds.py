"""A small kind for the store's tests: it has a phase, a due time and words for the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.model import UtcDatetime
from labdesk.resource.resource import ChangeNote, Resource, ResourceMetadata, Spec, Status
from labdesk.resource.scheme import Scheme
from labdesk.store.store import ResourceStore

T0 = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
PATIENCE = 60.0
"""Seconds until something that does not come is called missing; never a time that a test measures."""


class WidgetSpec(Spec):
    color: str = "red"
    owner: str = ""
    course: str = ""
    due: UtcDatetime | None = None


class WidgetStatus(Status):
    phase: str = "NEW"
    note: str = ""
    severity: str = "info"


class Widget(Resource):
    KIND: ClassVar[str] = "Widget"
    PLURAL: ClassVar[str] = "widgets"
    ALIASES: ClassVar[tuple[str, ...]] = ("widget",)
    kind: str = "Widget"
    spec: WidgetSpec = Field(default_factory=WidgetSpec)
    status: WidgetStatus = Field(default_factory=WidgetStatus)

    def phase_index(self) -> str:
        return self.status.phase

    def due_index(self) -> datetime | None:
        return self.spec.due

    def check_update(self, old: Widget) -> None:
        if old.status.phase == "SEALED" and self.spec != old.spec:
            raise InvalidResourceError("spec.color", "cannot change any more: the widget is sealed")

    def describe_change(self, old: Widget | None) -> ChangeNote:
        tokens = {"lab": self.metadata.name}
        if self.spec.course:
            tokens["course"] = self.spec.course
        return ChangeNote(
            severity=self.status.severity,
            reason="Made" if old is None else "Painted",
            message=f"Is {self.spec.color} now. {self.status.note}".strip(),
            data={"phase": self.status.phase, "owner": self.spec.owner},
            tokens=tokens,
        )


class Gadget(Resource):
    KIND: ClassVar[str] = "Gadget"
    PLURAL: ClassVar[str] = "gadgets"
    kind: str = "Gadget"
    spec: WidgetSpec = Field(default_factory=WidgetSpec)
    status: WidgetStatus = Field(default_factory=WidgetStatus)


SCHEME = Scheme([Widget, Gadget])


class ManualClock:
    """A wall clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = T0

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)


def widget(name: str = "a", namespace: str = "default", **spec: Any) -> Widget:
    return Widget(metadata=ResourceMetadata(name=name, namespace=namespace), spec=WidgetSpec(**spec))


@asynccontextmanager
async def opened(
    path: Path, *, acting: bool = False, now: ManualClock | None = None, scheme: Scheme = SCHEME, create: bool = True
) -> AsyncIterator[ResourceStore]:
    """Open a store, as the acting process if wanted, and close it at the end."""
    store = await ResourceStore.open_async(path, scheme, now or ManualClock(), create=create)
    try:
        if acting:
            await store.take_epoch_async()
        yield store
    finally:
        await store.close_async()
