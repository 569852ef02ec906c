"""The entry point."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line of this process and leave it."""
    # Loading makes many objects and no garbage; looking for some meanwhile is a sixth of the time `get` takes.
    gc.disable()
    from labdesk.cli.edge import run

    sys.exit(run(sys.argv[1:]))
