"""What of the Qt binding is switched off."""

from __future__ import annotations

import contextlib
from importlib import import_module

_READER = "_mod_uses_pyside"


def leave_sources_unread() -> None:
    """Keep PySide6 from reading the source of every module that is imported after it.

    It looks for the word PySide6 there, to know where its `__feature__` switches count; nothing here uses those.
    Measured: a tenth of the window's start, and 24 MiB of source lines that Python then keeps.
    """
    with contextlib.suppress(ImportError):  # a version of the binding that has no such part
        features = vars(import_module("shibokensupport.feature"))
        if _READER in features:  # there is no public switch
            features[_READER] = lambda _module: False
