"""Taking the epoch: from its commit on, whoever acted before is fenced off."""

from __future__ import annotations

from pathlib import Path

from labdesk.store.connection import WriterConnection
from labdesk.store.lineage import (
    INODE_KEY,
    LINEAGE_FROM,
    EpochMark,
    inode_of,
    new_lineage,
    read_mark,
    was_copied_or_put_back,
)
from labdesk.store.meta import put_meta


def take_epoch(connection: WriterConnection, path: Path, saved_at: int) -> EpochMark:
    """Raise the epoch inside the writer's transaction; give a copied or restored store a new lineage."""
    inode = connection.execute_scalar("SELECT value FROM meta WHERE key = :key", {"key": INODE_KEY})
    mark = read_mark(path)
    epoch = max(connection.epoch, mark.epoch if mark is not None else 0) + 1
    if was_copied_or_put_back(inode, path, connection.lineage, connection.epoch, mark):
        connection.lineage = new_lineage()
        put_meta(connection, "lineage", connection.lineage, saved_at)
        put_meta(connection, LINEAGE_FROM.format(connection.sequence + 1), connection.lineage, saved_at)
    put_meta(connection, INODE_KEY, inode_of(path), saved_at)
    put_meta(connection, "epoch", str(epoch), saved_at)
    connection.epoch = epoch
    return EpochMark(connection.lineage, epoch)
