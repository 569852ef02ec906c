"""A template while it is being edited: what is wrong with it, and what saving it changes."""

from __future__ import annotations

from typing import Any

import pytest

from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import InvalidResourceError
from labdesk.ui.pages.templates.draft import blank_manifest, check_draft, copy_of, manifest_of, template_defaults
from labdesk.ui.pages.templates.files import read_import
from labdesk.ui.panels.manifest.draft import LEFT_OUT, count_changes, diff_lines, read_yaml, with_defaults, yaml_of


def manifest(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "labdesk/v1",
        "kind": "LabTemplate",
        "metadata": {"name": "web"},
        "spec": {"image": "nginx:1.27", **spec},
    }


def test_a_template_and_its_manifest_say_the_same() -> None:
    written = manifest(ports=[{"name": "http", "containerPort": 80}], resources={"memory": "1Gi"}, env={"A": "b"})
    assert manifest_of(LabTemplate.model_validate(written)) == written


def test_what_the_control_plane_set_is_not_shown_for_editing() -> None:
    template = LabTemplate.model_validate(manifest()).with_metadata(
        uid="u", generation=3, annotations={"labdesk/mark": "x", "note": "kept"}
    )
    assert manifest_of(template)["metadata"] == {"name": "web", "annotations": {"note": "kept"}}


def test_every_problem_has_the_path_of_its_field() -> None:
    wrong = manifest(image="", ports=[{"name": "http", "containerPort": 0}], resources={"memory": "0Gi"}, colour="red")
    problems = check_draft(wrong, ())
    assert set(problems) == {"spec.image", "spec.ports[0].containerPort", "spec.resources.memory", "spec.colour"}
    assert problems["spec.image"] == "must not be empty; name an image like nginx:1.27"


def test_a_new_template_says_what_is_missing() -> None:
    problems = check_draft(blank_manifest(), ())
    assert problems["metadata.name"].startswith("must not be empty")
    assert problems["spec.image"].startswith("must not be empty")


def test_a_new_template_may_not_take_another_ones_name() -> None:
    assert "name of another template" in check_draft(manifest(), {"default/web"})["metadata.name"]
    assert check_draft(manifest(), {"default/web"}, "default/web") == {}


def test_a_template_keeps_its_name() -> None:
    renamed = {**manifest(), "metadata": {"name": "other"}}
    assert "cannot be changed (web)" in check_draft(renamed, {"default/web"}, "default/web")["metadata.name"]


def test_a_copy_gets_a_free_name() -> None:
    assert copy_of(manifest(), {"web"})["metadata"]["name"] == "web-copy"
    assert copy_of(manifest(), {"web", "web-copy"})["metadata"]["name"] == "web-copy-2"
    longest = {**manifest(), "metadata": {"name": "a" * 63}}
    assert check_draft(copy_of(longest, ()), ()) == {}


def test_a_diff_shows_what_comes_and_goes_with_what_is_around_it() -> None:
    lines = diff_lines(manifest(), manifest(workspace="/home/lab"))
    assert "+  workspace: /home/lab" in lines
    assert count_changes(lines) == (1, 0)
    assert diff_lines(manifest(), manifest()) == []


@pytest.mark.parametrize(
    ("changed", "before", "after"),
    [
        ({"imagePullPolicy": "Always"}, "  imagePullPolicy: IfNotPresent", "  imagePullPolicy: Always"),
        ({"readOnlyRoot": False}, "  readOnlyRoot: true", "  readOnlyRoot: false"),
        ({"resources": {"memory": "1Gi"}}, "    memory: 512Mi", "    memory: 1Gi"),
    ],
)
def test_a_default_that_is_changed_is_shown_and_what_it_goes_back_to_as_well(
    changed: dict[str, Any], before: str, after: str
) -> None:
    defaults = template_defaults()
    stored, wanted = manifest(), manifest(**changed)
    for old, new, gone, come in ((stored, wanted, before, after), (wanted, stored, after, before)):
        lines = diff_lines(with_defaults(old, new, defaults), with_defaults(new, old, defaults))
        assert [line for line in lines if line[0] in "+-"] == [f"-{gone}", f"+{come}"]


def test_what_has_no_default_is_only_added() -> None:
    stored, wanted = manifest(), manifest(workspace="/home/lab", env={"A": "b"})
    assert with_defaults(stored, wanted, template_defaults()) == stored


def test_a_diff_marks_what_it_leaves_out() -> None:
    env = {f"NAME_{number:02}": "x" for number in range(30)}
    lines = diff_lines(manifest(env=env), manifest(env={**env, "NAME_02": "y", "NAME_27": "y"}))
    assert LEFT_OUT in lines
    assert count_changes(lines) == (2, 2)


def test_yaml_is_read_back_as_it_was_written() -> None:
    assert read_yaml(yaml_of(manifest(env={"A": "{{lab.password}}"}))) == manifest(env={"A": "{{lab.password}}"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spec: [", "line 1"),
        ("- a\n- b", "must be a mapping"),
        ("a: 1\n---\nb: 2", "room for one manifest, not 2"),
        ("", "empty"),
    ],
)
def test_yaml_that_is_no_template_says_why(text: str, said: str) -> None:
    with pytest.raises(InvalidResourceError, match=said):
        read_yaml(text)


def test_an_import_takes_only_templates_and_names_the_document_that_is_wrong() -> None:
    good = yaml_of(manifest())
    assert read_import(f"{good}---\n{good}") == [manifest(), manifest()]
    with pytest.raises(InvalidResourceError, match=r"kind: must be LabTemplate, not 'LabInstanceRequest' \(document 2"):
        read_import(f"{good}---\n{{kind: LabInstanceRequest}}")
    with pytest.raises(InvalidResourceError, match=r"spec.image: .* \(document 2\)"):
        read_import(f"{good}---\n{yaml_of(manifest(image='No'))}")
