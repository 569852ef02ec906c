"""Which LabDesk this is."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def version_line() -> str:
    """Return `labdesk 1.2.3`, of the installed package or of the checkout this runs from."""
    try:
        number = version("labdesk")
    except PackageNotFoundError:
        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
        number = tomllib.loads(project.read_text("utf-8"))["project"]["version"]
    return f"labdesk {number}"
