"""Taking the epoch: from its commit on, whoever acted before is fenced off."""

from __future__ import annotations

from dataclasses import dataclass

from labdesk.store.connection import WriterConnection
from labdesk.store.meta import put_meta


@dataclass(frozen=True, slots=True)
class TakenEpoch:
    epoch: int
    lineage: str


def take_epoch(connection: WriterConnection, saved_at: int) -> TakenEpoch:
    """Raise the epoch by one, inside the writer's transaction."""
    epoch = connection.epoch + 1
    put_meta(connection, "epoch", str(epoch), saved_at)
    connection.epoch = epoch
    return TakenEpoch(epoch, connection.lineage)
