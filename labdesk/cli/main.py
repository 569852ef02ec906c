"""The entry point."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line of this process and leave it."""
    # Loading makes many objects and no garbage; looking for some meanwhile is a sixth of the time `get` takes.
    gc.disable()
    try:
        from labdesk.cli.edge import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED  # so early that nothing was begun
    sys.exit(code)
