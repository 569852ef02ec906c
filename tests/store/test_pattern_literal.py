"""What a regular expression cannot do without, for any expression."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labdesk.store.pattern_child import compile_pattern
from labdesk.store.pattern_literal import required_text


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"zebra\d+", "zebra"),
        (r"^Exit code (1|2)\.$", "t code "),
        (r"(zebra|gnu) of \w+", "of "),
        (r"(?:failed|gone)", ""),
        (r"(memory)+ ?full", "memory"),
        (r"(memory)? full", "full"),
        (r"a.*bc", "bc"),
        (r"Lovelace: ready", "lovelace"),
        (r"x(?=long)", "x"),
        (r"(?!long)x", "x"),
        (r"[abc]{3}", ""),
        (r"größe", "gr"),
        (r"(?x) long er  # words", "longer"),
        (r"(?-i:ABC)", "abc"),
    ],
)
def test_the_longest_part_that_no_match_can_do_without(pattern: str, expected: str) -> None:
    assert required_text(pattern) == expected


PARTS = st.sampled_from(
    ["a", "B", ":", " ", "ab", ".", "b?", "(a|b)", "(ab)+", "(a b)*", "[ab]", r"\w", "^", "(?=a)", "a{2}"]
)


@given(
    st.lists(PARTS, min_size=1, max_size=6).map("".join), st.text("abAB: ", max_size=12), st.text("abAB: ", max_size=12)
)
def test_what_matches_holds_it_whichever_of_the_joined_texts_it_lies_in(pattern: str, one: str, other: str) -> None:
    required = required_text(pattern)
    found = compile_pattern(pattern).search(f"{one}: {other}")
    if found:
        assert required in one.lower() or required in other.lower()
    assert re.fullmatch("[^:]*", required)


def test_letters_that_others_beyond_ascii_match_are_left_out() -> None:
    beyond = "".join(map(chr, (*range(0x80, 0xD800), *range(0xE000, 0x110000))))
    alike = {letter for letter in "abcdefghijklmnopqrstuvwxyz" if re.search(letter, beyond, re.IGNORECASE)}
    assert alike == {"i", "k", "s"}
    assert required_text("".join(sorted(alike))) == ""
