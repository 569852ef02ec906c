"""What of the Qt binding is switched off."""

from __future__ import annotations

import contextlib
from importlib import import_module


def leave_sources_unread() -> None:
    """Keep PySide6 from reading the source of every module that is imported after it.

    It looks for the word PySide6 there, to know where its `__feature__` switches count; nothing here uses those.
    Measured: a tenth of the window's start, and 24 MiB of source lines that Python then keeps.
    """
    with contextlib.suppress(ImportError):  # a version of the binding that has no such part
        features = import_module("shibokensupport.feature")
        if hasattr(features, "_mod_uses_pyside"):
            features._mod_uses_pyside = lambda _module: False  # noqa: SLF001  (there is no public switch)
