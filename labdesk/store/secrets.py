"""Per-lab passwords, apart from the store: one file each, readable by the owner only, never in a log or an event."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from labdesk.store.errors import explain

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without l, o, 0, 1: a student may have to type it."""
_LENGTH = 16
_UID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


class SecretStore:
    """Passwords by lab uid, in a directory of mode 0700 beside the store's real path. Blocks for a small file."""

    def __init__(self, store_path: Path) -> None:
        self._store_path = store_path
        real = Path(os.path.realpath(store_path))
        self.directory = real.with_name(f"{real.name}.secrets")

    def password_for(self, uid: str) -> str | None:
        """Return the lab's password, or None if it has none."""
        try:
            return self._file(uid).read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise explain(error, self.directory) from error

    def ensure(self, uid: str) -> str:
        """Return the lab's password, making one of 80 random bits at the first call; safe against a second process."""
        known = self.password_for(uid)
        if known is not None:
            return known
        password = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        try:
            self._make_directory()
            return self._write_once(self._file(uid), password)
        except OSError as error:
            raise explain(error, self.directory) from error

    def forget(self, uid: str) -> None:
        """Remove the lab's password; nothing if it has none."""
        try:
            self._file(uid).unlink(missing_ok=True)
        except OSError as error:
            raise explain(error, self.directory) from error

    def _file(self, uid: str) -> Path:
        if not _UID.fullmatch(uid):
            raise ValueError(f"{uid!r} is no uid")
        return self.directory / uid

    def _make_directory(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.directory.stat().st_mode & 0o077:
            self.directory.chmod(0o700)

    def _write_once(self, path: Path, password: str) -> str:
        """Write the whole file or nothing; whoever comes second reads what the first wrote."""
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.draft")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(password + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        finally:
            draft.unlink(missing_ok=True)
        return password
