"""The text of "Copy diagnostics": all that helps somebody help, and no secret. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from labdesk.resource.quantity import format_bytes
from labdesk.ui.pages.health.snapshot import HealthSnapshot
from labdesk.ui.redaction import without_secrets


def diagnostics_text(snapshot: HealthSnapshot, home: str = "") -> str:
    """Return the diagnostics as plain text in English, for a bug report; times are UTC."""
    engine, store = snapshot.engine, snapshot.store
    lines = [f"LabDesk diagnostics, {_utc(snapshot.taken_at)}"]
    lines += _section("Versions", snapshot.versions)
    lines += _section(
        "Engine",
        {
            "kind": engine.kind,
            "address": engine.address,
            "state": f"{'reachable' if engine.reachable else 'not reachable'} since {_utc(engine.since)}",
            "name": engine.name,
            "version": engine.version,
            "id": engine.engine_id,
            "processors": engine.cpus,
            "memory": f"{_booked(engine.memory_booked)}, {format_bytes(engine.memory_offered)} offered, "
            f"{format_bytes(engine.memory_total)} in all",
            "last error": engine.last_error or "none",
        },
    )
    lines += _section(
        "Store",
        {
            "path": store.path,
            "size": f"{format_bytes(store.file_bytes)} and {format_bytes(store.wal_bytes)} of write-ahead log",
            "revision": store.revision,
            **{f"rows in {table}": count for table, count in store.rows.items()},
            "lineage": store.lineage,
            "epoch": store.epoch,
            "desk": store.desk_id,
            "this process": "acts" if store.acting else "observes",
            "integrity": store.integrity or "not checked",
        },
    )
    lines += _section("Loops", {beat.name: f"last pass {_utc(beat.last_pass)}" for beat in snapshot.heartbeats})
    lines += _section("Queue", snapshot.queue)
    lines += _section("Metrics", {name: f"{value:g}" for name, value in sorted(snapshot.metrics.items())})
    lines += _section(
        "Last errors", ((f"{_utc(error.time)} {error.where}", error.message) for error in snapshot.errors)
    )
    return without_secrets("\n".join(lines), home) + "\n"


def _section(title: str, entries: Mapping[str, object] | Iterable[tuple[str, object]]) -> list[str]:
    pairs = list(entries.items() if isinstance(entries, Mapping) else entries)
    return ["", title, *(f"  {name}: {value}" for name, value in pairs)] if pairs else ["", title, "  none"]


def _utc(moment: datetime | None) -> str:
    return "never" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _booked(memory: int | None) -> str:
    return "booked by the acting process" if memory is None else f"{format_bytes(memory)} booked"
