"""`labdesk apply`: everything of all files, or nothing and one sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from labdesk.cli.acting_process import NOBODY_ACTS
from tests.cli.conftest import Typed
from tests.cli.manifests import TEMPLATE, lab, together

Write = Callable[[str], str]

BAD_LABS = [
    ('labTemplate: ""', "spec.labTemplate: must not be empty"),
    ("labTemplate: nosuch", "spec.labTemplate: there is no template 'nosuch' in default; known: none yet"),
    ("durationMinutes: 0", "spec.durationMinutes: must be at least 1, not 0"),
    ("durationMinutes: 481", "spec.durationMinutes: must be at most 480, not 481"),
    ("durationMinutes: long", "spec.durationMinutes: must be a whole number, not 'long'"),
    ("studentEmail: ada", "spec.studentEmail: 'ada' is no e-mail address"),
    ("resources: {cpu: nan}", "spec.resources.cpu: 'nan' is no quantity"),
    ("resources: {cpu: .nan}", "spec.resources.cpu"),
    ("resources: {cpu: 0}", "spec.resources.cpu: must be from 10m to 8 cores"),
    ("resources: {cpu: 9}", "spec.resources.cpu: must be from 10m to 8 cores"),
    ("resources: {memory: 0Gi}", "spec.resources.memory: must be from 6 MiB to 1 TiB"),
    ("resources: {memory: lots}", "spec.resources.memory: 'lots' is no quantity"),
    ("scheduledStart: 2036-11-23T10:00:00", "spec.scheduledStart:"),
    ("scheduledStart: 2020-11-23T10:00:00Z", "spec.scheduledStart: the whole lab would lie in the past"),
    ("colour: red", "spec.colour: there is no such field"),
]
BAD_TEMPLATES = [
    ('image: ""', "spec.image: must not be empty"),
    ("ports: [{name: a, containerPort: 80}, {name: b, containerPort: 80}]", "the containerPort 80 is given"),
    ("ports: [{name: a, containerPort: 65536}]", "spec.ports[0].containerPort: must be at most 65535"),
    ("ports: [{name: a, containerPort: 0}]", "spec.ports[0].containerPort: must be at least 1"),
    ("env: {1A: x}", "spec.env: '1A' is no variable name"),
    ("privileged: true", "spec.privileged: there is no such field"),
    ("capabilities: [SYS_ADMIN]", "spec.capabilities: SYS_ADMIN is not allowed"),
]
BAD_TEXTS = [
    ("", "the manifest is empty"),
    ("kind: [", "this is not valid YAML"),
    ("a: !!python/object/apply:os.system [id]", "the tag"),
    ("a: &x 1\nb: *x", "aliases are not allowed"),
    ("a: 1\na: 2", "'a' is given twice"),
    ("- just a list", "a manifest must be a mapping"),
    (TEMPLATE.replace("labdesk/v1", "labdesk/v2"), "apiVersion: must be labdesk/v1, not 'labdesk/v2'"),
    (TEMPLATE.replace("LabTemplate", "Pod"), "kind: must be one of LabTemplate, LabInstanceRequest, not 'Pod'"),
    (TEMPLATE.replace("name: web", "name: Web!"), "metadata.name: 'Web!' must be"),
    ("[" * 5000, ""),
]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a manifest and returns its path."""
    numbers = iter(range(100))

    def write_file(text: str) -> str:
        file = tmp_path / f"manifest-{next(numbers)}.yaml"
        file.write_text(text, "utf-8")
        return str(file)

    return write_file


@pytest.fixture
def nothing_was_applied(typed: Typed, own_world: Path) -> Callable[[], bool]:
    """Return a function that tells whether the store is empty, or not even there."""

    def look() -> bool:
        if not own_world.exists():
            return True
        kinds = ("labs", "templates")
        return all(json.loads(typed("get", kind, "-A", "-o", "json").out) == [] for kind in kinds)

    return look


@pytest.mark.parametrize(("spec", "sentence"), BAD_LABS)
def test_a_bad_lab_is_refused_and_nothing_before_it_applied(
    typed: Typed, write: Write, nothing_was_applied: Callable[[], bool], spec: str, sentence: str
) -> None:
    field = spec.partition(":")[0]
    document = lab("bob-web").replace(f"{field}: web, ", "").replace(f"{field}: bob-web@example.edu, ", "")
    bad = document.replace("spec: {", f"spec: {{{spec}, ")
    good = lab() if "nosuch" not in spec else ""
    done = typed("apply", "-f", write(together(*([TEMPLATE, good] if good else []), bad)))
    assert sentence in done.err
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert nothing_was_applied()


@pytest.mark.parametrize(("spec", "sentence"), BAD_TEMPLATES)
def test_a_bad_template_is_refused_and_nothing_before_it_applied(
    typed: Typed, write: Write, nothing_was_applied: Callable[[], bool], spec: str, sentence: str
) -> None:
    image = "" if spec.startswith("image") else "image: x, "
    bad = f"apiVersion: labdesk/v1\nkind: LabTemplate\nmetadata: {{name: bad}}\nspec: {{{image}{spec}}}\n"
    done = typed("apply", "-f", write(together(TEMPLATE, bad)))
    assert sentence in done.err
    assert "(document 2)" in done.err
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert nothing_was_applied()


@pytest.mark.parametrize(("text", "sentence"), BAD_TEXTS)
def test_what_is_no_manifest_is_refused_in_one_sentence(
    typed: Typed, write: Write, nothing_was_applied: Callable[[], bool], text: str, sentence: str
) -> None:
    done = typed("apply", "-f", write(TEMPLATE), "-f", write(text))
    assert sentence in done.err
    assert "manifest-1.yaml: " in done.err
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert nothing_was_applied()


def test_a_name_given_twice_is_refused(typed: Typed, write: Write, nothing_was_applied: Callable[[], bool]) -> None:
    done = typed("apply", "-f", write(together(TEMPLATE, lab())), "-f", write(lab()))
    assert (done.code, done.out) == (2, "")
    assert "'ada-web' is given twice" in done.err
    assert nothing_was_applied()


def test_bytes_that_are_no_text_are_refused(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "photo.yaml"
    file.write_bytes(b"\xff\xd8\xff\xe0")
    done = typed("apply", "-f", str(file))
    assert done.code == 2
    assert "no text in UTF-8" in done.err


def test_several_files_are_applied_together_in_any_order(typed: Typed, write: Write) -> None:
    done = typed("apply", "-f", write(lab()), "-f", write(TEMPLATE))
    assert done.out.splitlines() == ["labinstancerequest/ada-web created", "labtemplate/web created", NOBODY_ACTS]
    assert (done.code, done.err) == (0, "")


def test_applying_again_tells_what_changed(typed: Typed, write: Write) -> None:
    file = write(together(TEMPLATE, lab()))
    typed("apply", "-f", file)
    assert typed("apply", "-f", file).out.splitlines() == [
        "labtemplate/web unchanged",
        "labinstancerequest/ada-web unchanged",
    ]
    changed = typed("apply", "-f", write(lab(spec="durationMinutes: 30")))
    assert changed.out.splitlines() == ["labinstancerequest/ada-web updated", NOBODY_ACTS]


def test_a_manifest_comes_from_stdin_too(process: Typed) -> None:
    done = process("apply", "-f", "-", stdin=TEMPLATE)
    assert (done.code, done.out, done.err) == (0, "labtemplate/web created\n", "")


def test_a_stdin_that_was_closed_is_told_in_one_sentence(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    done = typed("apply", "-f", "-")
    assert (done.code, done.err) == (2, "-f: there is no input to read; give it a file, or a manifest on stdin.\n")


def test_ctrl_c_ends_it_while_it_waits_for_stdin(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a running loop the first one would be kept until something was typed."""

    class Keyboard:
        buffer: ClassVar[Keyboard]

        def read(self, _limit: int) -> bytes:
            with pytest.raises(RuntimeError, match="no running event loop"):
                asyncio.get_running_loop()
            raise KeyboardInterrupt

    Keyboard.buffer = Keyboard()
    monkeypatch.setattr("sys.stdin", Keyboard())
    assert typed("apply", "-f", "-").code == 130


def test_what_is_being_deleted_is_not_said_to_be_unchanged(typed: Typed, write: Write) -> None:
    file = write(together(TEMPLATE, lab()))
    typed("apply", "-f", file)
    typed("delete", "labs", "ada-web")
    done = typed("apply", "-f", file)
    assert (done.code, done.out) == (2, "")
    assert done.err == "metadata.name: 'ada-web' is being deleted; wait, then apply again.\n"


def test_what_get_prints_can_be_applied(typed: Typed, write: Write) -> None:
    typed("apply", "-f", write(together(TEMPLATE, lab())))
    printed = typed("get", "labs", "-o", "yaml").out
    assert typed("apply", "-f", write(printed)).out == "labinstancerequest/ada-web unchanged\n"


def test_the_same_manifest_can_be_applied_after_a_lab_was_stopped_and_run_again(typed: Typed, write: Write) -> None:
    file = write(together(TEMPLATE, lab()))
    typed("apply", "-f", file)
    typed("extend", "ada-web", "15")
    typed("stop", "ada-web")
    assert typed("apply", "-f", file).out.splitlines()[1] == "labinstancerequest/ada-web unchanged"
    (stored,) = json.loads(typed("get", "labs", "-o", "json").out)
    assert (stored["spec"]["desired"], stored["spec"]["extensionMinutes"]) == ("Stop", 15)


def test_a_file_too_large_to_be_a_class_is_refused_before_it_is_read_whole(typed: Typed, write: Write) -> None:
    done = typed("apply", "-f", write("# " + "x" * (4 * 2**20)))
    assert (done.code, done.out) == (2, "")
    assert "is larger than 4 MiB; split it" in done.err
