"""The log file: JSON lines for those who look for a defect. The screen gets sentences instead."""

from __future__ import annotations

import logging
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs
import structlog

FILE_BYTES, FILES_KEPT = 2 * 2**20, 3


def log_path() -> Path:
    """Where this user's log file is."""
    return Path(platformdirs.user_log_dir("labdesk", appauthor=False)) / "labdesk.log"


def write_log_to_file() -> Path | None:
    """Send all log records of this process to the log file; return its path, or None if it cannot be written.

    Called again it changes nothing.
    """
    try:
        path = log_path()
    except RuntimeError:  # this user has no home directory
        return None
    root = logging.getLogger()
    if any(isinstance(known, RotatingFileHandler) and known.baseFilename == str(path) for known in root.handlers):
        return path
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return path if isinstance(handler, RotatingFileHandler) else None


def show_errors(show: Callable[[str, Path | None], None], path: Path | None) -> None:
    """Also hand every error's sentence to `show`, with the log file's path; it may be called in any thread."""

    class Shown(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told = record.msg
            if isinstance(told, dict):
                show(": ".join(str(told[part]) for part in ("task", "error") if told.get(part)) or told["event"], path)
            else:
                show(record.getMessage(), path)

    logging.getLogger().addHandler(Shown(logging.ERROR))


def record_defect(error: BaseException) -> Path | None:
    """Write an unexpected error with its traceback to the log file; return the file's path, None if that failed."""
    path = write_log_to_file()
    structlog.get_logger(__name__).error("defect", exc_info=error)
    return path
