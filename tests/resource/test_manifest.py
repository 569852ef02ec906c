import pytest
from hypothesis import given
from hypothesis import strategies as st

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.manifest import MANIFEST_LIMIT, read_documents, write_documents


def test_documents_come_back_as_written() -> None:
    documents = [{"kind": "A", "spec": {"n": 1}}, {"kind": "B"}]
    assert read_documents(write_documents(documents)) == documents


def test_a_script_is_written_line_by_line() -> None:
    documents = [{"command": ["sh", "-c", "echo one\nexec two\n"]}]
    assert write_documents(documents) == "command:\n- sh\n- -c\n- |\n  echo one\n  exec two\n"
    assert read_documents(write_documents(documents)) == documents


@given(st.text("ab \n\t'\"#:|-%é\r", max_size=20))
def test_any_text_comes_back_as_written(text: str) -> None:
    documents = [{"command": [text], "env": {"NAME": text}}]
    assert read_documents(write_documents(documents)) == documents


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a: [1\n", "line 2"),
        ("a: !!python/object:os.system {}\n", "the tag .* is not allowed"),
        ("a: !custom 1\n", "the tag .* is not allowed"),
        ("a: 1\na: 2\n", "given twice"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("a: \x00", "not valid YAML"),
        ("x: 1\ny: 2026-13-45T99:00:00Z", "line 2: '2026-13-45T99:00:00Z' is no number and no time"),
        ("x: " + "9" * 5000, "line 1: '9999.*…' is no number and no time"),
        ("? [a]\n: 1\n", "line 1: the name before a colon must be text"),
        ("? {a: b}\n: 1\n", "line 1: the name before a colon must be text"),
        ("a: 1\n1: 2\n", "line 2: the name '1' before a colon must be text"),
        ("[" * 5000, "nested too deeply"),
        ("x" * (MANIFEST_LIMIT + 1), "larger than"),
    ],
)
def test_trouble_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(InvalidResourceError, match=words) as caught:
        read_documents(text)
    assert "\n" not in str(caught.value)
