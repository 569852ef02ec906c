"""Telling a network file system, whose locks cannot be trusted, from a local one."""

from __future__ import annotations

import getpass
import os
import re
from pathlib import Path

from labdesk.store.errors import StoreOnNetworkError, explain

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|coda|davfs|glusterfs|gpfs|lustre|ncpfs|ocfs2|beegfs"
    r"|fuse\.(sshfs|s3fs|rclone|glusterfs|ceph|gvfsd-fuse|goofys|davfs2?|smbnetfs|curlftpfs)"
)


def is_there(path: Path) -> bool:
    """True if there is a file; raise StoreUnwritableError where this user may not even look."""
    try:
        return path.exists()
    except OSError as error:
        raise explain(error, path) from error


def check_local_filesystem(path: Path, mounts: str | None = None) -> None:
    """Raise StoreOnNetworkError, naming a local path to use instead, if `path` lies on a network file system.

    `mounts` is the text of /proc/self/mountinfo; where there is none (not Linux) only UNC paths are told.
    """
    if str(path).startswith("\\\\"):
        raise _refusal(path, "a network share", "")
    if mounts is None:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape") if _MOUNTS.exists() else ""
    kind = _filesystem_of(path, mounts)
    if _NETWORK.fullmatch(kind):
        raise _refusal(path, kind, mounts)


def _filesystem_of(path: Path, mounts: str) -> str:
    """Return the type of the innermost mount that holds the real path, or an empty string."""
    real = os.path.realpath(path)
    found, kind = "", ""
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        # The last of equal mount points lies on top of the others.
        if inside and len(point) >= len(found):
            found, kind = point, after.split(" ")[0]
    return kind


def _refusal(path: Path, kind: str, mounts: str) -> StoreOnNetworkError:
    local = local_store_path(mounts)
    return StoreOnNetworkError(
        f"The store {path} lies on a network file system ({kind}), where two desks could act at once; "
        f"use a local path, like --store {local}.",
        path=str(path),
        suggestion=str(local),
    )


def local_store_path(mounts: str) -> Path:
    """Return a store path on this computer's own disk that outlives a restart."""
    from platformdirs import user_data_path

    usual = user_data_path("labdesk") / "desk.db"
    if not _NETWORK.fullmatch(_filesystem_of(usual, mounts)):
        return usual
    return Path("/var/tmp") / f"labdesk-{getpass.getuser()}" / "desk.db"  # noqa: S108  (survives a restart; the directory is the user's own)
