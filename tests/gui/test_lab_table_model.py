"""The table's model: what is shown, in which order, and what survives every change."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from labdesk.labs.labels import SESSION_LABEL
from labdesk.labs.request import AccessUrl
from labdesk.resource.selectors import LabelSelector
from labdesk.ui.models.lab_columns import LabColumn, sort_key
from labdesk.ui.models.lab_filter import LabFilter
from labdesk.ui.models.lab_groups import Grouping, LabGroup
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.times import Times
from tests.gui.lab_images import NOW, change, image_of, in_phase, make_lab

TIMES = Times(ZoneInfo("Europe/Berlin"), QLocale(QLocale.Language.English))


def make_model(count: int = 0) -> LabTableModel:
    model = LabTableModel(TIMES)
    model.texts.set_now(NOW)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.load([image_of(make_lab(f"u{number}", start=number), number + 1) for number in range(count)])
    return model


def shown(model: LabTableModel) -> list[str]:
    return [model.entry_at(place).uid for place in range(model.rowCount())]


def text(model: LabTableModel, uid: str, column: LabColumn) -> str:
    return str(model.data(model.index(model.position(uid), column)))


def test_rows_are_sorted_and_stay_sorted_while_labs_change() -> None:
    model = make_model(4)
    model.sort(LabColumn.START, Qt.SortOrder.DescendingOrder)
    assert shown(model) == ["u3", "u2", "u1", "u0"]
    model.apply([change(make_lab("u0", start=99), 10)])
    assert shown(model) == ["u0", "u3", "u2", "u1"]


def test_labs_that_sort_alike_stand_by_their_names() -> None:
    model = make_model()
    model.load([image_of(make_lab(uid), 1) for uid in ("zoe", "ada", "max")])
    assert shown(model) == ["ada", "max", "zoe"]


def test_every_word_of_the_search_must_be_found_in_any_column() -> None:
    model = make_model()
    labs = [make_lab("u1", "Ada Lovelace"), make_lab("u2", "Ada Byron", template="databases")]
    model.load([image_of(lab, 1) for lab in labs])
    model.set_filter(LabFilter(text="ada DATA"))
    assert shown(model) == ["u2"]
    model.set_filter(LabFilter(text="u1@example"))
    assert shown(model) == ["u1"]


def test_every_lab_stands_in_exactly_one_tab() -> None:
    model = make_model()
    phases = ("PENDING", "PROVISIONING", "RUNNING", "COMPLETED", "TIMEOUT", "FAILED")
    model.load([image_of(in_phase(make_lab(f"u{n}"), phase), 1) for n, phase in enumerate(phases)])
    tabs = ("upcoming", "running", "finished", "problems")
    assert [model.count(tab) for tab in tabs] == [2, 1, 2, 1]
    for tab in tabs:
        model.set_filter(LabFilter(tab=tab))
        assert model.rowCount() == model.count(tab)


def test_tabs_count_what_they_would_show_under_the_filter_and_follow_every_change() -> None:
    model = make_model()
    model.load([image_of(make_lab(f"u{n}", course="art" if n < 3 else "bio"), n + 1) for n in range(5)])
    model.set_filter(LabFilter(tab="running", courses=frozenset({"art"})))
    assert (model.count("all"), model.count("upcoming"), model.count("running")) == (3, 3, 0)
    model.apply([change(in_phase(make_lab("u0", course="art"), "RUNNING", "Ready"), 9)])
    model.apply([change(in_phase(make_lab("u4", course="bio"), "FAILED", "OOMKilled", memory="1 GiB"), 10)])
    assert (model.count("upcoming"), model.count("running"), model.count("problems")) == (2, 1, 0)
    assert model.tallies.in_tab("problems") == 1
    model.apply(
        [change(make_lab("u1", course="bio"), 11, "updated"), change(make_lab("u2", course="art"), 12, "deleted")]
    )
    assert (model.count("all"), model.count("upcoming")) == (1, 0)
    for tab in ("all", "upcoming", "running"):
        model.set_filter(LabFilter(tab=tab, courses=frozenset({"bio"})))
        assert model.rowCount() == model.count(tab)


def test_the_count_of_failed_labs_does_not_depend_on_the_search() -> None:
    model = make_model(3)
    model.set_filter(LabFilter(text="nobody"))
    model.apply([change(in_phase(make_lab("u1"), "RUNNING", "Ready"), 9)])
    assert (model.total, model.tallies.in_tab("upcoming"), model.tallies.in_tab("running")) == (3, 2, 1)
    assert model.count("all") == 0


def test_a_lab_that_is_deleted_leaves_with_its_selection() -> None:
    model = make_model(3)
    model.select(["u0", "u1"])
    model.apply([change(make_lab("u1"), 9, "deleted")])
    assert shown(model) == ["u0", "u2"]
    assert model.selected == {"u0"}


def test_one_signal_for_each_run_of_neighbouring_rows() -> None:
    model = make_model(8)
    spy = QSignalSpy(model.dataChanged)
    model.apply([change(in_phase(make_lab(f"u{n}", start=n), "RUNNING"), 20 + n) for n in (1, 2, 3, 6)])
    ranges = [(spy.at(n)[0].row(), spy.at(n)[1].row()) for n in range(spy.count())]
    assert ranges == [(1, 3), (6, 6)]


def test_the_current_row_goes_along_with_its_lab() -> None:
    model = make_model(5)
    current = QPersistentModelIndex(model.index(2, 1))
    model.apply([change(make_lab("u0", start=50), 9), change(make_lab("u9", start=-1), 10, "created")])
    assert model.row_at(current.row()).uid == "u2"
    model.sort(LabColumn.START, Qt.SortOrder.DescendingOrder)
    assert model.row_at(current.row()).uid == "u2"
    model.set_filter(LabFilter(text="u2"))
    assert current.row() == 0
    model.set_filter(LabFilter(text="u3"))
    assert not current.isValid()


def test_indexes_that_change_places_are_not_taken_for_each_other() -> None:
    model = make_model(5)
    indexes = {f"u{n}": QPersistentModelIndex(model.index(n, 0)) for n in range(5)}
    model.sort(LabColumn.START, Qt.SortOrder.DescendingOrder)
    model.apply([change(make_lab("u0", start=9), 10), change(make_lab("u4", start=-9), 11)])
    assert {uid: model.row_at(index.row()).uid for uid, index in indexes.items()} == {uid: uid for uid in indexes}


def test_the_selection_survives_filters_and_only_shown_labs_are_acted_on() -> None:
    model = make_model(4)
    model.select(["u1", "u3"])
    model.set_filter(LabFilter(text="u3"))
    assert [row.uid for row in model.selected_rows()] == ["u3"]
    model.set_filter(LabFilter())
    assert [row.uid for row in model.selected_rows()] == ["u1", "u3"]


def test_time_left_counts_down_in_visible_rows_only() -> None:
    model = make_model()
    model.load([image_of(in_phase(make_lab(f"u{n}", start=-30), "RUNNING"), 1) for n in range(10)])
    assert text(model, "u1", LabColumn.TIME_LEFT) == "30 min 00 s"
    spy = QSignalSpy(model.dataChanged)
    model.tick(NOW + timedelta(seconds=1), 2, 4)
    assert (spy.at(0)[0].row(), spy.at(0)[1].row(), spy.at(0)[0].column()) == (2, 4, LabColumn.TIME_LEFT)
    assert text(model, "u3", LabColumn.TIME_LEFT) == "29 min 59 s"


def test_a_waiting_lab_says_why_and_when_it_should_fit() -> None:
    lab = make_lab("u1", start=-2)
    until = (NOW + timedelta(minutes=6)).isoformat()
    lab = lab.with_lab_condition(
        "Schedulable", False, "EngineFullUntil", {"need": "2 GiB", "free": "0.5 GiB", "until": until}, NOW
    )
    model = make_model()
    model.load([image_of(lab, 1)])
    assert text(model, "u1", LabColumn.TIME_LEFT) == "in 6 min"
    assert text(model, "u1", LabColumn.MESSAGE) == "Engine full: needs 2 GiB, 0.5 GiB free until 10:48"


def test_an_action_that_waits_is_said_in_the_row() -> None:
    model = make_model(2)
    model.hold(["u1"], "Stopping …")
    assert text(model, "u1", LabColumn.MESSAGE) == "Stopping …"
    model.hold(["u1"], "")
    assert text(model, "u1", LabColumn.MESSAGE) == ""


def test_screen_readers_get_words() -> None:
    model = make_model(1)
    assert model.data(model.index(0, LabColumn.PHASE), Qt.ItemDataRole.AccessibleTextRole) == "Pending"


def test_an_older_image_schema_is_read_through_the_scheme() -> None:
    image = image_of(make_lab("u1", "Ada Lovelace"), 1)
    image.schema = 0
    model = make_model()
    model.load([image])
    assert model.row_at(0).student == "Ada Lovelace"


steps = st.lists(
    st.tuples(
        st.sampled_from(["create", "change", "delete", "sort", "filter", "group", "fold", "select"]),
        st.integers(0, 11),
        st.integers(-60, 60),
        st.sampled_from(["PENDING", "RUNNING", "FAILED", "TIMEOUT"]),
    ),
    max_size=40,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=steps, batch=st.integers(1, 6))
def test_after_any_changes_the_rows_are_those_that_pass_in_order(
    steps: list[tuple[str, int, int, str]], batch: int
) -> None:
    model = make_model(5)
    current = QPersistentModelIndex(model.index(2, 0))
    current_uid = model.row_at(2).uid
    waiting = []
    for revision, (what, number, start, phase) in enumerate(steps, start=10):
        uid = f"u{number}"
        if what == "sort":
            columns = (LabColumn.START, LabColumn.PHASE, LabColumn.STUDENT, LabColumn.TIME_LEFT)
            model.sort(columns[number % 4], Qt.SortOrder(start % 2))
        elif what == "group":
            model.group(list(Grouping)[number % 3], model.groups.folded)
        elif what == "fold":
            model.fold(model.groups.folded ^ {course_of(number)})
        elif what == "select":
            model.select(model.selected ^ {uid})
        elif what == "filter":
            model.set_filter(LabFilter(tab=("all", "running", "upcoming")[number % 3], text="" if start < 30 else "1"))
        else:
            kind = {"create": "created", "change": "status_updated", "delete": "deleted"}[what]
            lab = make_lab(uid, start=start, course=course_of(number + start // 30))
            waiting.append(change(in_phase(lab, phase), revision, kind))
        if len(waiting) >= batch:
            model.apply(waiting)
            waiting = []
    model.apply(waiting)
    check_order(model)
    check_groups(model)
    if current.isValid():
        assert model.entry_at(current.row()).uid == current_uid


def check_order(model: LabTableModel) -> None:
    """The labs that pass stand in order, in groups in the order of their names, and everybody is found where it is."""
    column, order = model.sorting
    groups = model.groups
    expected = [row for row in model.rows() if model.passes(row)]
    expected.sort(key=sort_key(column), reverse=order != Qt.SortOrder.AscendingOrder)
    if groups.is_on:
        expected.sort(key=lambda row: (not groups.name_of(row), groups.name_of(row)))
        expected = [row for row in expected if groups.name_of(row) not in groups.folded]
    entries = [model.entry_at(place) for place in range(model.rowCount())]
    assert [entry.uid for entry in entries if isinstance(entry, LabRow)] == [row.uid for row in expected]
    assert [model.position(entry.uid) for entry in entries] == list(range(len(entries)))


def check_groups(model: LabTableModel) -> None:
    """Every summary says what its labs are, as if it had been counted just now."""
    groups, passing = model.groups, [row for row in model.rows() if model.passes(row)]
    entries = [model.entry_at(place) for place in range(model.rowCount())]
    summaries = [entry for entry in entries if isinstance(entry, LabGroup)]
    assert [entry.name for entry in summaries] == sorted(
        {groups.name_of(row) for row in passing} if groups.is_on else (), key=lambda name: (not name, name)
    )
    for summary in summaries:
        members = [row for row in passing if groups.name_of(row) == summary.name]
        assert +summary.phases == Counter(row.phase for row in members)
        assert summary.selected == {row.uid for row in members} & model.selected
        assert sorted(model.uids_of(summary)) == sorted(row.uid for row in members)


def course_of(number: int) -> str:
    return ("cs-101", "art-2", "")[number % 3]


@pytest.mark.parametrize("column", list(LabColumn))
def test_every_column_has_a_heading_and_a_text(column: LabColumn) -> None:
    model = make_model(1)
    assert model.headerData(column, Qt.Orientation.Horizontal)
    assert isinstance(model.data(model.index(0, column)), str)
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert not QModelIndex().isValid()


# --- what is found ------------------------------------------------------------------------------------------------


def found(model: LabTableModel, words: str) -> list[str]:
    model.set_filter(LabFilter(text=words))
    return sorted(shown(model))


@pytest.mark.parametrize("column", [column for column in LabColumn if column != LabColumn.TIME_LEFT])
def test_whatever_a_column_shows_is_found(column: LabColumn) -> None:
    lab = in_phase(make_lab("u1", "Ada", start=-90, **{SESSION_LABEL: "monday-1"}), "RUNNING", "Ready")
    urls = (AccessUrl(name="http", url="http://127.0.0.1:20001"),)
    lab = lab.with_status(access_urls=urls).with_spec(extension_minutes=30)
    model = make_model(3)
    model.apply([change(lab, 20)])
    shown_there = text(model, "u1", column)
    assert shown_there
    assert "u1" in found(model, shown_there)
    assert found(model, f"{shown_there} nobody-has-this") == []


def test_a_day_and_a_month_are_found_though_only_the_clock_is_shown_today() -> None:
    model = make_model(2)
    model.apply([change(make_lab("u1", start=3 * 24 * 60), 9)])
    assert found(model, "10:42") == ["u0", "u1"]
    assert found(model, "mon nov 23") == ["u0"]
    assert found(model, "thu") == ["u1"]


def test_the_sentence_shown_is_found_also_where_another_one_is_stored() -> None:
    model = make_model(2)
    model.apply([change(in_phase(make_lab("u1"), "FAILED", "OOMKilled", memory="64 MiB"), 9)])
    assert text(model, "u1", LabColumn.MESSAGE) == "Out of memory: 64 MiB was not enough"
    assert found(model, "out of 64 enough") == ["u1"]


def test_a_message_that_nobody_had_said_before_is_found_while_it_is_searched_for() -> None:
    model = make_model(2)
    assert found(model, "enough") == []
    model.apply([change(in_phase(make_lab("u1"), "FAILED", "OOMKilled", memory="64 MiB"), 9)])
    assert shown(model) == ["u1"]
    model.apply([change(in_phase(make_lab("u0"), "FAILED", "OOMKilled", memory="64 MiB"), 10)])
    assert shown(model) == ["u0", "u1"]


def test_times_are_found_as_another_zone_shows_them() -> None:
    times = Times(ZoneInfo("Europe/Berlin"), QLocale(QLocale.Language.English))
    model = LabTableModel(times)
    model.texts.set_now(NOW)
    model.load([image_of(make_lab("u1"), 1)])
    assert found(model, "10:42") == ["u1"]
    times.zone = ZoneInfo("Asia/Tokyo")
    model.set_filter(LabFilter())
    assert found(model, "18:42") == ["u1"]
    assert found(model, "10:42") == []


@pytest.mark.parametrize(
    ("selector", "expected"),
    [("labdesk/course=cs-101", ["u0", "u1"]), ("tier in (gold, tin),!old", ["u2"]), ("tier", ["u2", "u3"])],
)
def test_labels_are_selected_by_the_grammar_of_kubernetes(selector: str, expected: list[str]) -> None:
    model = make_model(2)
    model.apply([change(make_lab("u2", course="", tier="gold"), 9), change(make_lab("u3", "", course="", tier="a"), 9)])
    model.set_filter(LabFilter(selector=LabelSelector.parse(selector)))
    assert sorted(shown(model)) == expected
    model.apply([change(make_lab(expected[0], course="", other="x"), 20)])
    assert sorted(shown(model)) == expected[1:]


def test_what_labs_were_and_are_is_told_first() -> None:
    model, told = make_model(2), list[object]()
    model.rows_changed.connect(
        lambda changes: told.extend((old and old.phase, new and new.phase) for old, new in changes)
    )
    model.counts_changed.connect(lambda: told.append("counts"))
    model.labs_loaded.connect(lambda: told.append("loaded"))
    model.apply([change(in_phase(make_lab("u0"), "RUNNING"), 9), change(make_lab("u9"), 10, "created")])
    assert told == [("PENDING", "RUNNING"), (None, "PENDING"), "counts"]
    model.apply([change(make_lab("u9"), 11, "deleted")])
    assert told[3:] == [("PENDING", None), "counts"]
    model.load([])
    assert told[5:] == ["loaded", "counts"]


# --- groups -------------------------------------------------------------------------------------------------------


def make_classes() -> LabTableModel:
    """Two courses, and a lab without one."""
    model = make_model()
    phases = ("RUNNING", "FAILED", "PENDING")
    labs = [in_phase(make_lab(f"a{n}", course="art-2", start=n), phase) for n, phase in enumerate(phases)]
    labs += [make_lab("c0"), make_lab("n0", course="")]
    model.load([image_of(lab, 1) for lab in labs])
    model.group(Grouping.COURSE)
    return model


def test_a_summary_stands_above_the_labs_of_its_course_and_counts_them() -> None:
    model = make_classes()
    assert shown(model) == ["course/art-2", "a0", "a1", "a2", "course/cs-101", "c0", "course/", "n0"]
    assert str(model.data(model.index(0, 0))) == "art-2, 3: 1 running, 1 failed, 1 waiting"
    model.apply([change(in_phase(make_lab("a1", course="art-2", start=1), "RUNNING"), 9)])
    assert str(model.data(model.index(0, 0))) == "art-2, 3: 2 running, 1 waiting"
    assert str(model.data(model.index(6, 0))) == "No course, 1 waiting"


def test_sessions_group_by_their_label() -> None:
    model = make_model()
    labs = [make_lab("u1", **{SESSION_LABEL: "mon-2"}), make_lab("u2"), make_lab("u3", **{SESSION_LABEL: "mon-1"})]
    model.load([image_of(lab, 1) for lab in labs])
    model.group(Grouping.SESSION)
    assert shown(model) == ["session/mon-1", "u3", "session/mon-2", "u1", "session/", "u2"]


def test_a_folded_course_hides_its_labs_and_goes_on_counting() -> None:
    model = make_classes()
    model.fold({"art-2"})
    assert shown(model)[:2] == ["course/art-2", "course/cs-101"]
    model.apply([change(make_lab("a9", course="art-2"), 9, "created")])
    assert str(model.data(model.index(0, 0))) == "art-2, folded, 4: 1 running, 1 failed, 2 waiting"
    assert model.rowCount() == 5
    assert model.position("a0") == -1


def test_labs_that_are_selected_and_folded_away_are_acted_on_and_said() -> None:
    model = make_classes()
    model.select(["a0", "a2", "c0"])
    model.fold({"art-2"})
    assert [row.uid for row in model.selected_rows()] == ["c0", "a0", "a2"]
    assert str(model.data(model.index(0, 0))).endswith("· 2 selected")
    model.set_filter(LabFilter(text="c0@"))
    assert [row.uid for row in model.selected_rows()] == ["c0"]


def test_a_group_comes_with_its_first_lab_and_goes_with_its_last() -> None:
    model = make_classes()
    model.apply([change(make_lab("b0", course="bio"), 9, "created"), change(make_lab("c0"), 10, "deleted")])
    assert shown(model) == ["course/art-2", "a0", "a1", "a2", "course/bio", "b0", "course/", "n0"]


def test_a_range_over_a_folded_course_takes_its_labs() -> None:
    model = make_classes()
    model.fold({"art-2"})
    assert model.uids_between(0, 2) == ["a0", "a1", "a2", "c0"]
    model.fold(())
    assert model.uids_between(0, 2) == ["a0", "a1"]
    model.select_all()
    assert len(model.selected) == 5
