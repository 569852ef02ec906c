"""The entry scripts say what is wrong in one sentence; packaging/test runs all tests, and .ci/run is packaging/test."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGING = CHECKOUT / "packaging"
SCRIPTS = [PACKAGING / "run", PACKAGING / "test", PACKAGING / "environment.sh", PACKAGING / "test_parts.sh"]


def call(function: str, tools: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Call a shell function of the scripts with some programs replaced by the given script bodies."""
    tools.mkdir(exist_ok=True)
    for name, body in programs.items():
        program = tools / name.replace("_", "-")
        program.write_text(f"#!/bin/bash\n{body}\n")
        program.chmod(0o755)
    return subprocess.run(
        [
            "bash", "-euo", "pipefail", "-c",
            f"source {PACKAGING}/environment.sh; source {PACKAGING}/test_parts.sh; {function}",
        ],
        env={**os.environ, "PATH": f"{tools}:/usr/bin:/bin", "TMPDIR": str(tools)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_parse_and_name_no_host(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    assert not re.search(r"https?://|\.(?:com|net|org|io)\b", script.read_text("utf-8").replace("docker.io", ""))


def test_ci_runs_exactly_the_test_script() -> None:
    lines = (CHECKOUT / ".ci" / "run").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        'exec bash "$(dirname "${BASH_SOURCE[0]}")/../packaging/test"'
    ]


def test_installed_packages_are_left_alone(tmp_path: Path) -> None:
    outcome = call(
        "install_packages Tests first second", tmp_path / "tools",
        dpkg_query="echo first installed; echo second installed", apt_get="exit 9",
    )  # fmt: skip
    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_a_package_that_cannot_be_installed_is_named_in_one_sentence(tmp_path: Path) -> None:
    outcome = call(
        "install_packages Tests first second", tmp_path / "tools",
        dpkg_query="echo first installed; exit 1", apt_get="echo E: Unable to locate package second; exit 100",
    )  # fmt: skip
    assert outcome.returncode == 1
    sentence = outcome.stderr.splitlines()[-1]
    assert "second" in sentence
    assert "first" not in sentence
    assert "apt-get" in sentence


def test_without_a_usable_python_the_sentence_says_which_one_is_needed(tmp_path: Path) -> None:
    outcome = call("install_packages() { :; }; pythons=(python3); find_python", tmp_path / "tools", python3="exit 1")
    assert outcome.returncode == 1
    assert "needs Python 3.11 or newer" in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_each_checkout_and_each_project_file_has_its_own_environment(tmp_path: Path) -> None:
    names = []
    for folder, content in (("one", "a"), ("one", "b"), ("two", "a"), ("one", "a")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "pyproject.toml").write_text(content)
        script = f'checkout={tmp_path / folder}; find_python; name_environment; echo "$venv"'
        names.append(call(script, tmp_path / "tools").stdout)
    assert names[3] == names[0]
    assert len(set(names)) == 3


def pytest_runs(function: str, tools: Path, python: str = "") -> list[str]:
    """Return what pytest is called with, and at last the status, if python does what is given."""
    outcome = call(
        f'cache=/cache; {function}; echo "status $status"', tools,
        python=f'printf "%s\\n" "${{*:7}} [$LABDESK_FAILED_CHECKS]"\n{python}',
    )  # fmt: skip
    return outcome.stdout.splitlines()


FAST_PART = "-n auto --dist worksteal -m not (docker or x11) []"


def test_everything_runs_in_a_process_per_core_and_then_one_by_one(tmp_path: Path) -> None:
    assert pytest_runs("fast=; run_tests", tmp_path / "tools") == [FAST_PART, "-m docker or x11 []", "status 0"]
    assert pytest_runs("fast=1; run_tests", tmp_path / "tools") == [FAST_PART, "status 0"]


def test_what_a_person_chooses_is_one_run_in_one_process(tmp_path: Path) -> None:
    chosen = "run_tests tests/store -k 'a or b'"
    assert pytest_runs(f"fast=; {chosen}", tmp_path / "tools") == ["tests/store -k a or b []", "status 0"]
    assert pytest_runs(f"fast=1; {chosen}", tmp_path / "tools") == [
        "-m not (docker or x11) tests/store -k a or b []", "status 0"
    ]  # fmt: skip


def test_a_failure_in_either_part_fails_and_the_first_one_is_named_after_the_second(tmp_path: Path) -> None:
    first = pytest_runs("fast=; run_tests", tmp_path / "tools", '[[ $* != *"-n auto"* ]]')
    assert first == [FAST_PART, "-m docker or x11 [tests without Docker and X server]", "status 1"]
    second = pytest_runs("fast=; run_tests", tmp_path / "tools", '[[ $* == *"-n auto"* ]]')
    assert second == [FAST_PART, "-m docker or x11 []", "status 1"]


def test_what_was_interrupted_does_not_go_on(tmp_path: Path) -> None:
    assert pytest_runs("fast=; run_tests", tmp_path / "tools", "exit 2") == [FAST_PART, "status 2"]


def test_a_failed_check_is_named_after_the_tests(tmp_path: Path) -> None:
    runs = pytest_runs("fast=1; check false; run_tests", tmp_path / "tools")
    assert runs == [FAST_PART.replace("[]", "[false]"), "status 0"]
