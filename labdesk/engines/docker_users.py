"""Who `user` of a spec is inside an image. Pure but for the reader it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    uid: int = 0
    gid: int = 0


ROOT = Owner()


def numeric_owner(user: str, *, any_group: bool = False) -> Owner | None:
    """Return the owner if the text alone tells it: root, or uid:gid in numbers. None if the image must be asked.

    With `any_group` a number for the user is enough; group 0 then stands for one that is not known.
    """
    name, _, group = user.partition(":")
    if user in ("", "root", "0"):
        return ROOT
    if name.isdecimal() and (group.isdecimal() or any_group):
        return Owner(int(name), int(group) if group.isdecimal() else 0)
    return None


def resolve_user(user: str, read: Callable[[str], str]) -> Owner:
    """Return the numeric owner meant by "", uid, name, uid:gid or name:group, by the image's own files.

    As the engine does it: a uid without an entry has group 0, and so has nobody at all. A name that is not there
    counts as root, because the engine will refuse to start such a container anyway. `read` returns a file's text.
    """
    name, _, group = user.partition(":")
    uid, gid = _account(name, read) if name else (0, 0)
    if group:
        gid = int(group) if group.isdecimal() else _field(read("/etc/group"), group, 2)
    return Owner(uid, gid)


def _account(name: str, read: Callable[[str], str]) -> tuple[int, int]:
    for entry in _entries(read("/etc/passwd")):
        if len(entry) > 3 and name in (entry[0], entry[2]):
            return int(entry[2]), int(entry[3])
    return (int(name), 0) if name.isdecimal() else (0, 0)


def _field(text: str, name: str, index: int) -> int:
    return next((int(entry[index]) for entry in _entries(text) if len(entry) > index and entry[0] == name), 0)


def _entries(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split(":")
