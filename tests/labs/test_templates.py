"""What the journal tells of a template."""

from __future__ import annotations

from tests.labs.samples import NOW, template


def test_a_template_that_is_to_be_deleted_is_told_so() -> None:
    made = template()
    doomed = made.with_metadata(deletion_timestamp=NOW)
    note = doomed.describe_change(made)
    assert (note.reason, note.message) == (
        "TemplateDeletionRequested",
        "The deletion of the template web was asked for.",
    )
    assert note.tokens == {"template": "web"}
    assert made.describe_change(None).message == "The template web was created."
    assert template(image="labdesk-test/busybox:2").describe_change(made).reason == "TemplateChanged"
    relabelled = doomed.with_metadata(labels={"room": "b"})
    assert relabelled.describe_change(doomed).reason == "TemplateChanged"
