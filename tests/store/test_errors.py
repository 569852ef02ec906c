"""What SQLite's error codes are told as."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from labdesk.store.driver import dbapi
from labdesk.store.errors import StoreError, StoreFullError, explain


def io_error(code: int) -> dbapi.Error:
    error = dbapi.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("code", [10, 10 | 19 << 8], ids=["IOERR", "IOERR_SHMSIZE"])
def test_an_io_error_on_a_disk_without_room_says_that_it_is_full(tmp_path, monkeypatch, code: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=4096))
    told = explain(io_error(code), tmp_path / "desk.db")
    assert isinstance(told, StoreFullError)
    assert str(told) == f"The disk under {tmp_path / 'desk.db'} is full; free some space and try again."


@pytest.mark.parametrize("folder", ["", "gone"])
def test_any_other_io_error_is_told_in_its_own_words(tmp_path, monkeypatch, folder: str) -> None:
    usage = shutil.disk_usage
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: SimpleNamespace(free=2**30) if Path(path).exists() else usage(path)
    )
    told = explain(io_error(10), tmp_path / folder / "desk.db")
    assert type(told) is StoreError
    assert "disk I/O error" in str(told)
