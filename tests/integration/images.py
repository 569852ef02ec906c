"""Test images made without a registry: Debian's static busybox in a tar, given to `docker import`."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from docker import APIClient

BUSYBOX_IMAGE = "labdesk-test/busybox:1"
STUDENT = 1000
PASSWD = (
    "root:x:0:0:root:/root:/bin/sh\nstudent:x:1000:1000:student:/home/student:/bin/sh\nteacher:x:2000:50::/:/bin/sh\n"
)
GROUP = "root:x:0:\nstaff:x:50:\nstudent:x:1000:\n"


def busybox_tar(extra: Mapping[str, bytes] | None = None) -> bytes:
    """Return a root file system: busybox with all applets, users, /home/student owned by 1000, and `extra`."""
    busybox = Path(shutil.which("busybox") or "/bin/busybox")
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, owner, mode in (
            ("bin", 0, 0o755),
            ("etc", 0, 0o755),
            ("tmp", 0, 0o1777),
            ("run", 0, 0o755),
            ("www", 0, 0o755),
            ("data", 0, 0o755),
            ("home", 0, 0o755),
            ("home/student", STUDENT, 0o750),
        ):
            entry = tarfile.TarInfo(path)
            entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, mode, owner, owner
            tar.addfile(entry)
        files = {
            "bin/busybox": busybox.read_bytes(),
            "etc/passwd": PASSWD.encode(),
            "etc/group": GROUP.encode(),
            "www/index.html": b"hello\n",
            **(extra or {}),
        }
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o755
            tar.addfile(entry, io.BytesIO(content))
        for applet in applets:
            if applet != "busybox":
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
    return buffer.getvalue()


def import_image(api: APIClient, tag: str, tar: bytes, changes: tuple[str, ...] = ()) -> str:
    """Make an image of a tar and return its tag."""
    repository, _, version = tag.rpartition(":")
    api.import_image_from_data(tar, repository=repository, tag=version, changes=list(changes))
    return tag


def random_layer(mebibytes: int) -> dict[str, bytes]:
    """Return a file that does not compress, so that pulling it takes many steps."""
    return {"ballast": os.urandom(mebibytes * 2**20)}


def require_static_busybox() -> None:
    """Fail with what to do if busybox is missing or needs shared libraries."""
    path = shutil.which("busybox")
    if path is None or _has_interpreter(Path(path).read_bytes()):
        pytest.fail("a static busybox is needed to make test images: apt-get install busybox-static")


def _has_interpreter(elf: bytes) -> bool:
    """True if a 64-bit ELF program names a dynamic loader (a program header of type PT_INTERP)."""
    (offset,) = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    return any(struct.unpack_from("<I", elf, offset + index * size)[0] == 3 for index in range(count))
