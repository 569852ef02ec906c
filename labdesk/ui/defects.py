"""Where errors that nobody caught are told: in the page they arose in, else at the foot of the window."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType

import structlog
from PySide6.QtCore import QObject
from shiboken6 import isValid

from labdesk.resource.errors import LabDeskError
from labdesk.ui.main_window import MainWindow
from labdesk.ui.page_frame import PageFrame

_PAGES = "labdesk.ui.pages."
_log = structlog.get_logger(__name__)


class Defects:
    """Errors of tasks come by `tell`; those of Qt's slots and events by the interpreter's hook, while `caught`."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def tell(self, _what: str, error: BaseException) -> None:
        """Show an error once, where the instructor is looking; the log has the rest."""
        toasts, tr = self._window.toasts, self._window.tr
        if isinstance(error, LabDeskError):
            toasts.show(error.message, tone="failed")
        elif (frame := self.frame_of(error)) is not None:
            frame.show_trouble(error)
        else:
            sentence = tr("Something went wrong: {error}. The log file has the details.")
            toasts.show(sentence.format(error=str(error) or type(error).__name__), tone="failed")

    def frame_of(self, error: BaseException) -> PageFrame | None:
        """Return the page whose code, or whose part, raised it: the innermost of the calls that belongs to one."""
        for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
            owner = frame.f_locals.get("self")
            part = owner if isinstance(owner, QObject) else None
            while part is not None and isValid(part):
                if isinstance(part, PageFrame):
                    return part
                part = part.parent()
            module = str(frame.f_globals.get("__name__", ""))
            if module.startswith(_PAGES):
                key = module.removeprefix(_PAGES).partition(".")[0]
                if key in self._window.frames:
                    return self._window.frames[key]
        return None

    @contextlib.contextmanager
    def caught(self) -> Iterator[None]:
        """Let errors that reach the interpreter's edge be told in the window."""
        before = sys.excepthook

        def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if not isinstance(error, Exception) or not isValid(self._window):
                before(kind, error, trace)
                return
            _log.error("uncaught", error=str(error), exception="".join(traceback.format_exception(error)))
            try:
                self.tell("", error)
            except Exception:  # noqa: BLE001  (there is no edge beyond this one)
                before(kind, error, trace)
            sys.last_value = sys.last_traceback = None  # they keep all that the failed calls held

        sys.excepthook = hook
        try:
            yield
        finally:
            sys.excepthook = before
