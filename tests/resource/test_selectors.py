import pytest

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.selectors import LabelSelector

LABELS = {"app": "web", "tier": "a", "labdesk/course": "cs-101"}


@pytest.mark.parametrize(
    "text",
    ["", "app=web", "app==web", "app!=db", "tier in (a, b)", "tier notin (b)", "app", "!old", "labdesk/course=cs-101,app",  # noqa: E501
     "missing!=x", "missing notin (x,y)"],
)  # fmt: skip
def test_matching_selectors(text: str) -> None:
    assert LabelSelector.parse(text).matches(LABELS)


@pytest.mark.parametrize("text", ["app=db", "!app", "tier in (b,c)", "missing", "app!=web", "app=web,tier=b"])
def test_selectors_that_do_not_match(text: str) -> None:
    assert not LabelSelector.parse(text).matches(LABELS)


@pytest.mark.parametrize("text", ["a=b=c", "in (a)", "a in b", "-a=b", "a=b c", ",", "a=" + "x" * 64])
def test_a_broken_term_is_named(text: str) -> None:
    with pytest.raises(InvalidResourceError, match="cannot read"):
        LabelSelector.parse(text)
