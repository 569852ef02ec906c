"""The writer's connection: SQLAlchemy Core over the tables, with the hot statements compiled once to text.

Running compiled text through the Core connection costs 11 µs a statement, a Core expression 25 µs, an ORM session far
more (measured). SQLAlchemy is loaded here, in the writer thread, at the first write: programs that only read start
without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labdesk.store.driver import connect_writer, dbapi
from labdesk.store.identity import SCHEMA, newer_store, older_store
from labdesk.store.recent import CommittedWrites

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Executable

    from labdesk.store.statements import HotStatements, InsertTexts
    from labdesk.store.writes import PreparedWrite, Row

CHECKPOINT_AFTER_ROWS = 1_000
"""Row changes between two checkpoints, which hold up commits: 24,000 at once take some 30 ms, these under 10."""


class WriterConnection:
    """One transaction at a time. What `begin` reads holds until the commit, because nobody else can write meanwhile.

    `revision` and `sequence` are the last ones given; AUTOINCREMENT remembers them, so none is ever given twice. `made`
    are this transaction's writes with their revisions.
    """

    def __init__(
        self,
        path: Path,
        may_checkpoint: Callable[[], bool],
        announce: Callable[[tuple[int, int] | None, CommittedWrites | None], None],
    ) -> None:
        """`announce` hears counters and writes before they become visible to others, and None if they will not."""
        from sqlalchemy import create_engine
        from sqlalchemy.exc import IntegrityError
        from sqlalchemy.pool import StaticPool

        from labdesk.store.statements import compile_statements

        self._path = path
        self._may_checkpoint = may_checkpoint
        self._announce = announce
        self._driver_connection = connect_writer(path)
        # What frames every group goes past the Core connection: it has no values, and each such call saves 8 µs.
        self._control = self._driver_connection.execute
        engine = create_engine(
            "sqlite://",
            module=dbapi,
            creator=lambda: self._driver_connection,
            poolclass=StaticPool,
            isolation_level="AUTOCOMMIT",
            paramstyle="qmark",
        )
        self.core: Connection = engine.connect()
        self.hot: HotStatements = compile_statements(engine.dialect)
        self.refusal: type[Exception] = IntegrityError
        self._rows_at_checkpoint = 0
        self._counters_at_begin = (0, 0)
        self._before: list[tuple[int, int, int]] = []
        self.made: list[tuple[PreparedWrite, int]] = []
        self.epoch = 0
        self.lineage = ""
        self.revision = 0
        self.sequence = 0

    # --- what requests use ------------------------------------------------------------------------------------

    def run(self, text: str, parameters: Mapping[str, object] | tuple[object, ...] = ()) -> CursorResult[Any]:
        """Run a statement with its named or positional values."""
        return self.core.exec_driver_sql(text, parameters)

    def run_each(self, text: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Run a statement once for each row of positional values."""
        if rows:
            self.core.exec_driver_sql(text, list(rows))

    def insert(self, texts: InsertTexts, rows: Sequence[Row]) -> None:
        """Add rows with as few statements as the prepared sizes allow."""
        start = 0
        for size, text in texts:
            while len(rows) - start >= size:
                self.core.exec_driver_sql(text, tuple(chain.from_iterable(rows[start : start + size])))
                start += size

    def execute(self, statement: Executable, parameters: Mapping[str, object] | None = None) -> CursorResult[Any]:
        """Run a Core expression."""
        return self.core.execute(statement, parameters)

    def execute_scalar(self, text: str, parameters: Mapping[str, object]) -> Any:
        """Return the first column of the first row, or None."""
        return self.core.exec_driver_sql(text, parameters).scalar()

    # --- what the group commit uses ---------------------------------------------------------------------------

    @property
    def in_transaction(self) -> bool:
        return self._driver_connection.in_transaction

    def begin(self) -> None:
        """Take the write lock; raise a StoreError if a newer program or an older backup has changed the schema."""
        self._before.clear()
        self.made = []
        self._control("BEGIN IMMEDIATE")
        row = self._control(self.hot.select_state).fetchone()
        schema, self.epoch, self.lineage = int(row[0]), int(row[1]), row[2]
        self.revision, self.sequence = self._counters_at_begin = (row[3], row[4])
        if schema != SCHEMA:
            raise (newer_store if schema > SCHEMA else older_store)(self._path, schema)

    def commit(self) -> None:
        if (counters := (self.revision, self.sequence)) != self._counters_at_begin:
            self._announce(counters, CommittedWrites(self.made, self.lineage))
        self._control("COMMIT")

    def rollback(self) -> None:
        """Take everything back, whether SQLite has done so by itself (as when the disk is full) or not."""
        self._announce(None, None)
        if self.in_transaction:
            self._control("ROLLBACK")

    def savepoint(self) -> None:
        self._before.append((self.revision, self.sequence, len(self.made)))
        self._control("SAVEPOINT request")

    def release_savepoint(self) -> None:
        self._before.pop()
        self._control("RELEASE request")

    def undo_savepoint(self) -> None:
        self.revision, self.sequence, made = self._before.pop()
        del self.made[made:]
        self._control("ROLLBACK TO request")
        self._control("RELEASE request")

    def checkpoint_if_due(self) -> None:
        """Only the acting process moves the WAL into the database; two at once is what SQLite once got wrong."""
        rows = self._driver_connection.total_changes
        if rows - self._rows_at_checkpoint >= CHECKPOINT_AFTER_ROWS and self._may_checkpoint():
            self._rows_at_checkpoint = rows
            self._control("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        self.core.close()
        self.core.engine.dispose()
        self._driver_connection.close()
