"""Documents and match expressions, for any text people may type."""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labdesk.store.driver import dbapi
from labdesk.store.fulltext import document_of, filter_token, match_expression, token_value

TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40)


@pytest.fixture(scope="module")
def index():
    connection = dbapi.connect(":memory:", isolation_level=None)
    connection.execute(
        "CREATE VIRTUAL TABLE t USING fts5(document, content='', prefix='2 3', "
        "tokenize=\"unicode61 remove_diacritics 2 tokenchars ':'\")"
    )
    yield connection
    connection.close()


@given(value=TEXT, other=TEXT)
def test_filter_tokens_are_plain_words_and_different_for_different_values(value, other):
    token = filter_token("lab", value)
    assert re.fullmatch(r"lab:[a-z0-9:]*", token)
    assert (token == filter_token("lab", other)) == (value == other)
    assert token_value(token) == value


@given(typed=TEXT, value=TEXT)
def test_whatever_is_typed_is_a_valid_expression(index, typed, value):
    expression = match_expression(typed, {"lab": [value], "sev": ["error", "warning"], "type": [value + "*"]})
    index.execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression,)).fetchone()


@given(message=TEXT, value=TEXT)
def test_an_event_is_found_by_its_own_words_and_filters(index, message, value):
    index.execute("INSERT INTO t(t) VALUES ('delete-all')")
    index.execute("INSERT INTO t(rowid, document) VALUES (1, ?)", (document_of([message], {"lab": value}),))
    expression = match_expression(message.replace('"', " "), {"lab": [value]})
    assert index.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,)).fetchall() == [(1,)]


@given(message=TEXT)
def test_words_never_hold_a_filter(index, message):
    index.execute("INSERT INTO t(t) VALUES ('delete-all')")
    index.execute("INSERT INTO t(rowid, document) VALUES (1, ?)", (document_of([message, "sev:error"], {}),))
    for expression in (match_expression("", {"sev": ["error"]}), match_expression("", {"sev": ["e*"]})):
        assert index.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,)).fetchall() == []


def test_nothing_asked_is_no_expression():
    assert match_expression("  ", {"lab": [], "sev": ()}) is None
    assert match_expression('"" - "--"', {}) is None


def test_the_driver_is_the_one_with_the_fix_for_lost_wal_resets():
    assert dbapi.sqlite_version_info >= (3, 51, 3)
    assert dbapi is not sqlite3
