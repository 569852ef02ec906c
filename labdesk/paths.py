"""Where the files that ship with the program are."""

from __future__ import annotations

from pathlib import Path


def resource_path(*parts: str) -> Path:
    """Return a file or folder of `resources/`, from an installed wheel (in the package) or a checkout (beside it)."""
    package = Path(__file__).resolve().parent
    shipped = package / "resources"
    return (shipped if shipped.is_dir() else package.parent / "resources").joinpath(*parts)
