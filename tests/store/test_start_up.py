"""Reading starts without what only writing needs: the command line answers at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.store.kinds import opened, widget

ROOT = Path(__file__).parents[2]
READER = """
import asyncio, sys
from pathlib import Path
from tests.store.kinds import opened
async def main():
    async with opened(Path(sys.argv[1]), create=False) as store:
        print(len((await store.list_async()).images))
asyncio.run(main())
print(*sorted({"alembic", "sqlalchemy", "sqlmodel", "PySide6"} & set(sys.modules)))
"""


def test_opening_and_reading_load_neither_alembic_nor_sqlalchemy_nor_qt(run, store_path):
    async def make():
        async with opened(store_path) as store:
            await store.create_async(widget())

    run(make())
    told = subprocess.run(
        [sys.executable, "-c", READER, str(store_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "1\n\n"
