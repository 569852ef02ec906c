"""Build hook: ships `resources/` in the wheel as `labdesk/resources`, with translations compiled."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

QT = "PySide6-Essentials"


class ResourcesHook(BuildHookInterface[Any]):
    """Adds every file of `resources/`; a `translations/*.ts` goes in as the `.qm` that lrelease makes of it.

    An editable build compiles the `.qm` files beside their sources, where a checkout looks for them.
    """

    PLUGIN_NAME = "custom"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._resources = Path(self.root) / "resources"
        self._scratch: str | None = None

    def dependencies(self) -> list[str]:
        """Qt's lrelease is needed only when there is something to compile; the project's own pin says which."""
        if self.target_name != "wheel" or not self._translations():
            return []
        wanted: list[str] = self.metadata.core.dependencies
        return [name for name in wanted if name.lower().startswith(QT.lower())]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        if version == "editable":
            for source in self._translations():
                self._compile(source, source.with_suffix(".qm"))
            return
        self._scratch = tempfile.mkdtemp(prefix="labdesk-build-")
        shipped: dict[str, str] = build_data["force_include"]
        for file in sorted(self._resources.rglob("*")):
            if file.is_file() and file.suffix not in {".ts", ".qm"}:
                shipped[str(file)] = f"labdesk/resources/{file.relative_to(self._resources).as_posix()}"
        unit = Path(self.root) / "packaging" / "labdesk.service"
        shipped[str(unit)] = f"labdesk/resources/desktop/{unit.name}"  # the window installs it when asked to
        for source in self._translations():
            compiled = Path(self._scratch) / f"{source.stem}.qm"
            self._compile(source, compiled)
            shipped[str(compiled)] = f"labdesk/resources/translations/{compiled.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if self._scratch:
            shutil.rmtree(self._scratch)

    def _translations(self) -> list[Path]:
        return sorted(self._resources.glob("translations/*.ts"))

    def _compile(self, source: Path, target: Path) -> None:
        spec = find_spec("PySide6")
        folders = (spec.submodule_search_locations or []) if spec else []
        program = next((tool for folder in folders for tool in Path(folder).glob("lrelease*")), None)
        if program is None:
            raise RuntimeError(f"lrelease was not found; install {QT} to compile {source.name}")
        subprocess.run([program, "-silent", source, "-qm", target], check=True)
