"""Telling network file systems from local ones by the mount table."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labdesk.store.errors import StoreOnNetworkError
from labdesk.store.filesystem import check_local_filesystem

ROOT = "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"


def mount(point: str, kind: str, tags: str = "shared:9") -> str:
    return f"99 21 0:50 / {point} rw,relatime {tags} - {kind} source rw\n"


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ceph", "lustre", "glusterfs"])
def test_a_store_on_a_network_mount_is_refused_naming_its_kind_and_a_local_path(kind):
    with pytest.raises(StoreOnNetworkError, match=rf"\({kind}\).*--store /") as caught:
        check_local_filesystem(Path("/srv/class/desk.db"), ROOT + mount("/srv", kind))
    assert not caught.value.parameters["suggestion"].startswith("/srv")


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs", "fuseblk", "fuse.mergerfs"])
def test_a_store_on_a_local_mount_is_fine(kind):
    check_local_filesystem(Path("/srv/class/desk.db"), ROOT + mount("/srv", kind))


def test_the_innermost_and_latest_mount_decides():
    inner_local = ROOT + mount("/srv", "nfs4") + mount("/srv/disk", "xfs")
    check_local_filesystem(Path("/srv/disk/desk.db"), inner_local)
    covered = ROOT + mount("/srv", "ext4") + mount("/srv", "nfs4", tags="")
    with pytest.raises(StoreOnNetworkError):
        check_local_filesystem(Path("/srv/desk.db"), covered)
    check_local_filesystem(Path("/srvice/desk.db"), ROOT + mount("/srv", "nfs4"))


def test_mount_points_with_blanks_and_links_are_followed(tmp_path):
    (tmp_path / "my home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "my home")
    real = os.path.realpath(tmp_path / "my home").replace(" ", "\\040")
    with pytest.raises(StoreOnNetworkError):
        check_local_filesystem(tmp_path / "link" / "desk.db", ROOT + mount(real, "nfs"))


def test_with_the_home_on_the_network_the_suggestion_is_not_in_the_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("USER", "ada")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    with pytest.raises(StoreOnNetworkError) as caught:
        check_local_filesystem(Path("/home/ada/desk.db"), ROOT + mount("/home", "nfs4"))
    assert caught.value.parameters["suggestion"].startswith("/var/tmp/labdesk-")


def test_this_machines_own_table_is_read(tmp_path):
    check_local_filesystem(tmp_path / "desk.db")


def test_a_windows_share_is_refused():
    with pytest.raises(StoreOnNetworkError):
        check_local_filesystem(Path("\\\\server\\class\\desk.db"), "")
