"""Bad usage is exit code 2 and one sentence that says what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE

BAD_USAGE = [
    ("get", "Missing argument 'KIND'; see `labdesk get --help`."),
    ("get courses", "'courses' is unknown; use one of templates, labs"),
    ("get labs -o xml", "-o: must be table, json or yaml, not 'xml'."),
    ("get labs Ada!", "'Ada!' can be no name"),
    ("get labs ada -A", "leave out -A"),
    ("get labs ada -l a=b", "Give names or -l, not both."),
    ("get labs -l a=b=c", "selector: cannot read 'a=b=c'"),
    ("get labs -n A_B", "-n: 'A_B' is no namespace"),
    ("get labs --engine podman", "must be 'docker' or 'simulated', not 'podman'"),
    ("get labs --colour", "No such option: --colour"),
    ("-l a=b metrics", "No such option: -l"),
    ("dance", "No such command 'dance'"),
    ("log", "No such command 'log'. Did you mean 'logs'? See `labdesk --help`."),
    ("--demo serve", "--demo opens the window on a simulated engine; it goes with no command."),
    ("--dance", "No such option: --dance"),
    ("apply", "Missing option '--filename' / '-f'"),
    ("apply -f nowhere.yaml", "there is no file nowhere.yaml"),
    ("apply -f /", "/ is a directory"),
    ("apply -f - -f -", "stdin can be read only once"),
    ("stop", "Name at least one, or choose by labels with -l."),
    ("delete labs", "Name at least one, or choose by labels with -l."),
    ("delete", "Missing argument 'KIND'"),
    (
        "extend",
        "Write a lab's name and then its minutes, like `labdesk extend ada-web 15`; see `labdesk extend --help`.",
    ),
    ("extend ada", "Write a lab's name and then its minutes, like `labdesk extend ada-web 15`"),
    ("extend ada soon", "MINUTES: must be a whole number, not 'soon'."),
    ("extend ada --soon 5", "No such option: --soon"),
    ("rerun", "Missing argument 'NAME"),
    ("logs", "Missing argument 'NAME'"),
    ("logs ada --tail 0", "Invalid value for '--tail'"),
    ("events --since yesterday", "--since: 'yesterday' is no time"),
    ("events --since 999999w", "--since: '999999w' is before all time"),
    ("events --severity fatal", "--severity: must be info, warning or error, not 'fatal'."),
    ("events --lab Ada!", "'Ada!' can be no name"),
    ("events --student !", "--student: must be a name, or its beginning."),
    ("events -o yaml", "-o: must be table or json, not 'yaml'."),
    ("workspaces -o xml", "-o: must be table, json or yaml, not 'xml'."),
    ("workspaces remove", "Missing argument 'NAME'; see `labdesk workspaces remove --help`."),
    ("workspaces drop", "No such command 'drop'; see `labdesk workspaces --help`."),
    ("get workspaces", "see `labdesk workspaces --help`"),
    ("delete workspace x", "see `labdesk workspaces --help`"),
    ("backup", "Missing argument 'FILE'"),
    ("restore", "Missing argument 'FILE'"),
    ("restore nowhere.db", "There is no file nowhere.db; check its name."),
    ("adopt everything", "unexpected extra argument"),
    ("metrics -o yaml", "-o: must be table, json or prometheus, not 'yaml'."),
]


@pytest.mark.parametrize(("command_line", "sentence"), BAD_USAGE)
def test_bad_usage_is_one_sentence_and_exit_code_2(typed: Typed, command_line: str, sentence: str) -> None:
    done = typed(*command_line.split())
    assert sentence in done.err
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.endswith(".\n")


@pytest.mark.parametrize(
    "command_line",
    [
        "get labs",
        "stop ada",
        "extend ada 5",
        "rerun ada",
        "logs ada",
        "delete labs ada",
        "events",
        "metrics",
        "adopt",
        "workspaces --engine docker",
        "workspaces remove x --engine docker",
    ],
)
def test_without_a_store_commands_say_so_and_make_none(typed: Typed, own_world: object, command_line: str) -> None:
    done = typed(*command_line.split())
    assert (done.code, done.out) == (1, "")
    assert done.err == f"There is no store at {own_world}; start LabDesk once, or check --store.\n"


def test_a_broken_settings_file_is_named(typed: Typed, tmp_path: object) -> None:
    from labdesk.config import settings_path

    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("{")
    done = typed("get", "labs")
    assert done.code == 2
    assert str(settings_path()) in done.err


def test_without_a_display_the_window_names_serve(typed: Typed) -> None:
    done = typed("--demo")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "There is no display here" in done.err
    assert "`labdesk serve`" in done.err


def test_every_command_explains_itself(typed: Typed) -> None:
    assert typed("--version").out.startswith("labdesk ")
    commands = ["apply", "delete", "doctor", "events", "extend", "get", "logs", "metrics", "rerun", "serve", "stop"]
    overview = typed("--help").out
    for command in commands:
        assert f"\n  {command} " in overview
        assert typed(command, "--help").out.startswith(f"Usage: labdesk {command}")


@pytest.mark.parametrize("command_line", ["get labs", "apply -f {manifest}", "serve", "doctor"])
def test_a_user_without_a_home_is_told_to_name_a_store(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command_line: str
) -> None:
    def nowhere(*_: object, **__: object) -> str:
        raise RuntimeError("could not determine the home directory")

    for folder in ("user_data_dir", "user_config_dir", "user_log_dir"):
        monkeypatch.setattr(f"platformdirs.{folder}", nowhere)
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(TEMPLATE)
    monkeypatch.delenv("LABDESK_STORE")
    done = typed(*command_line.format(manifest=manifest).split())
    assert (done.code, done.out) == (2, "")
    assert done.err == "HOME: is not set and this user has none; set it, or give --store a path.\n"
    assert typed("apply", "-f", str(manifest), "--store", str(tmp_path / "desk.db")).code == 0
