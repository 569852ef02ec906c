"""The entry point."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line of this process and leave it."""
    # Loading makes many objects and no garbage; looking for some meanwhile is a sixth of the time `get` takes.
    gc.disable()
    _stand_in_for_closed_streams()
    try:
        from labdesk.cli.edge import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED  # so early that nothing was begun
    sys.exit(code)


def _stand_in_for_closed_streams() -> None:
    """Started with stdout or stderr closed (`>&-`, some services) Python has none: what is said then goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (open to the end)
