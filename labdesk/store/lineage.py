"""Telling a store that went on from one that was copied, or put back to an earlier state, by hand.

Two marks: the file's inode number, kept in `meta`, tells a copy or a replaced file; the highest epoch ever taken, kept
in a small file beside the store, tells older contents written over the same file. Either one means a new lineage.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from labdesk.resource.errors import RevisionExpired
from labdesk.store.errors import StoreReplacedError

INODE_KEY = "inode"
LINEAGE_FROM = "lineage/{:020d}"
"""Key of the lineage that events from that sequence on belong to; those before any such key are of the first one."""
LINEAGE = "SELECT value FROM meta WHERE key = 'lineage'"


def new_lineage() -> str:
    return uuid4().hex[:16]


def lineage_expired() -> RevisionExpired:
    """Return the error of a place in a log that has another history now."""
    return RevisionExpired("The store was restored from a backup or copied since; list again.")


@dataclass(frozen=True, slots=True)
class EpochMark:
    """The highest epoch taken in a lineage of the store at this path."""

    lineage: str
    epoch: int


def mark_path(path: Path) -> Path:
    real = Path(os.path.realpath(path))
    return real.with_name(f"{real.name}.epoch")


def read_mark(path: Path) -> EpochMark | None:
    """Return the mark beside a store, or None; one that cannot be read says nothing."""
    try:
        told = json.loads(mark_path(path).read_text(encoding="utf-8"))
        return EpochMark(str(told["lineage"]), int(told["epoch"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_mark(path: Path, mark: EpochMark) -> None:
    """Write the mark, after the epoch was committed: a crash in between leaves it lower, which means nothing."""
    target = mark_path(path)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps({"lineage": mark.lineage, "epoch": mark.epoch}), encoding="utf-8")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def was_copied_or_put_back(inode: str | None, path: Path, lineage: str, epoch: int, mark: EpochMark | None) -> bool:
    """True if the file is not the one that `inode` was noted of, or holds less than the mark has seen.

    `inode` is None in a store in which nobody has acted yet: there is nothing to protect.
    """
    if inode is not None and inode != inode_of(path):
        return True
    return mark is not None and mark.lineage == lineage and mark.epoch > epoch


def inode_of(path: Path) -> str:
    return str(path.stat().st_ino)


def files_of(path: Path) -> dict[Path, str]:
    """Return the inode numbers of the store's file and of its log, in which what was committed last may be alone."""
    return {file: inode_of(file) for file in (path, path.with_name(f"{path.name}-wal"))}


def require_in_place(files: Mapping[Path, str]) -> None:
    """Raise StoreReplacedError unless the files of a store are still those that the inode numbers were noted of."""
    for path, inode in files.items():
        try:
            found = inode_of(path)
        except FileNotFoundError:
            found = ""
        if found != inode:
            raise StoreReplacedError(
                f"The file {path} was moved, deleted or replaced while LabDesk uses it; what happens now will be lost: "
                "put it back, or start LabDesk again.",
                path=str(path),
            )
