"""What an installed wheel holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

TRANSLATION = """<?xml version="1.0" encoding="utf-8"?>
<TS version="2.1" language="de_DE"><context><name>Labs</name>
<message><source>Stop</source><translation>Beenden</translation></message>
</context></TS>
"""


def build_wheel(project: Path, into: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--wheel-dir", into, project], check=True)
    (wheel,) = into.glob("labdesk-*.whl")
    return wheel


def copy_project(into: Path) -> Path:
    """A copy of what a build reads, so that building never writes into the checkout."""
    for folder in ("labdesk", "resources", "packaging"):
        shutil.copytree(CHECKOUT / folder, into / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md"):
        shutil.copy(CHECKOUT / file, into)
    return into


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copy_project(tmp_path_factory.mktemp("project"))
    translations = project / "resources" / "translations"
    translations.mkdir(exist_ok=True)
    (translations / "labdesk_de.ts").write_text(TRANSLATION, "utf-8")
    return build_wheel(project, tmp_path_factory.mktemp("wheel"))


def test_every_resource_ships_inside_the_package(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    resources = CHECKOUT / "resources"
    files = [file for file in resources.rglob("*") if file.is_file() and file.suffix not in {".ts", ".qm"}]
    assert files
    assert {f"labdesk/resources/{file.relative_to(resources).as_posix()}" for file in files} <= names


def test_the_systemd_unit_ships_for_the_window_to_install(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        unit = files.read("labdesk/resources/desktop/labdesk.service").decode()
    assert unit == (CHECKOUT / "packaging" / "labdesk.service").read_text("utf-8")


def test_translations_ship_compiled_and_without_their_sources(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "labdesk/resources/translations/labdesk_de.qm" in names
    assert not [name for name in names if name.endswith(".ts")]


def test_nothing_but_the_package_is_installed(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"labdesk"}


def test_an_installed_wheel_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    code = "from labdesk.paths import resource_path as path; print(path('templates', 'shell.yaml').read_text())"
    found = subprocess.run([python, "-I", "-c", code], cwd="/", capture_output=True, text=True, check=True)
    assert found.stdout.strip() == (CHECKOUT / "resources/templates/shell.yaml").read_text("utf-8").strip()


def test_a_checkout_finds_the_same_resources() -> None:
    from labdesk.paths import resource_path

    assert resource_path("templates", "shell.yaml") == CHECKOUT / "resources" / "templates" / "shell.yaml"
