"""Passwords: one file each, for the owner's eyes only."""

from __future__ import annotations

from stat import S_IMODE

import pytest

from labdesk.store.errors import StoreUnwritableError
from labdesk.store.secrets import SecretStore


def test_a_password_is_made_once_and_kept_until_it_is_forgotten(store_path):
    secrets = SecretStore(store_path)
    assert secrets.password_for("lab1") is None
    password = secrets.ensure("lab1")
    assert secrets.ensure("lab1") == password == SecretStore(store_path).password_for("lab1")
    assert secrets.ensure("lab2") != password
    secrets.forget("lab1")
    secrets.forget("lab1")
    assert secrets.password_for("lab1") is None
    assert secrets.ensure("lab1") != password


def test_passwords_are_long_and_easy_to_type(store_path):
    password = SecretStore(store_path).ensure("lab1")
    assert len(password) == 16
    assert not set(password) & set("lo01 \"'$&{}")
    assert password.isascii()
    assert password.isalnum()


def test_only_the_owner_can_read_and_nothing_else_is_left(store_path):
    secrets = SecretStore(store_path)
    secrets.directory.mkdir(mode=0o755)
    secrets.ensure("lab1")
    assert S_IMODE(secrets.directory.stat().st_mode) == 0o700
    (file,) = secrets.directory.iterdir()
    assert S_IMODE(file.stat().st_mode) == 0o600


def test_who_comes_second_gets_what_the_first_wrote_meanwhile(store_path, monkeypatch):
    first, second = SecretStore(store_path), SecretStore(store_path)
    written: list[str] = []

    def meanwhile() -> None:
        written.append(first.ensure("lab1"))

    monkeypatch.setattr(second, "_make_directory", meanwhile)
    assert second.ensure("lab1") == written[0] == first.password_for("lab1")
    assert [file.name for file in first.directory.iterdir()] == ["lab1"]


@pytest.mark.parametrize("uid", ["", "../x", "a/b", ".", "a b", "x" * 65, "ü"])
def test_what_is_no_uid_never_becomes_a_path(store_path, uid):
    with pytest.raises(ValueError, match="no uid"):
        SecretStore(store_path).ensure(uid)


def test_a_directory_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnwritableError, match="permissions"):
        SecretStore(tmp_path / "file" / "desk.db").ensure("lab1")
