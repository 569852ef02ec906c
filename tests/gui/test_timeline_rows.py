"""The timeline's rows: their order, their headings, and what a change costs."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtTest import QSignalSpy

from labdesk.labs.request import LabInstanceRequest
from labdesk.ui.models.lab_row import LabRow
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.pages.timeline.entries import TimelineEntries
from labdesk.ui.pages.timeline.rows import Heading, RowFilter, arrange
from labdesk.ui.pages.timeline.table_model import TimelineColumn, TimelineTableModel
from labdesk.ui.times import Times
from labdesk.ui.words import phases_summary
from tests.gui.lab_images import change, image_of, in_phase, make_lab

TIMES = Times(ZoneInfo("Europe/Berlin"), QLocale(QLocale.Language.English))


def labs_of(*labs: LabInstanceRequest) -> LabTableModel:
    model = LabTableModel(TIMES)
    model.load([image_of(lab, number) for number, lab in enumerate(labs, 1)])
    return model


def entries_of(*labs: LabInstanceRequest) -> tuple[LabTableModel, TimelineEntries]:
    model = labs_of(*labs)
    entries = TimelineEntries(model)
    model.labs_changed.connect(entries.take)
    entries.rearrange()
    return model, entries


def names(entries: object) -> list[str]:
    return [entry.uid if isinstance(entry, LabRow) else f"[{entry.course}]" for entry in entries]  # type: ignore[attr-defined]


CLASS = (
    make_lab("c", start=30),
    make_lab("a", start=10),
    make_lab("b", start=10, course="ds-200"),
    make_lab("x", start=0, course=""),
)


def test_labs_stand_by_course_and_start_those_without_a_course_last() -> None:
    assert names(arrange(labs_of(*CLASS).rows(), RowFilter())) == ["[cs-101]", "a", "c", "[ds-200]", "b", "[]", "x"]


def test_without_groups_they_stand_by_start_alone() -> None:
    assert names(arrange(labs_of(*CLASS).rows(), RowFilter(grouped=False))) == ["x", "a", "b", "c"]


def test_a_course_or_words_narrow_what_is_shown() -> None:
    rows = list(labs_of(*CLASS).rows())
    assert names(arrange(rows, RowFilter(course="ds-200"))) == ["[ds-200]", "b"]
    assert names(arrange(rows, RowFilter(course=""))) == ["[]", "x"]
    assert names(arrange(rows, RowFilter(text="STUDENT lab-c"))) == ["[cs-101]", "c"]


def test_a_heading_sums_up_its_labs_folded_or_not() -> None:
    labs = [in_phase(make_lab(f"r{n}"), "RUNNING") for n in range(3)]
    labs += [in_phase(make_lab("f"), "FAILED"), make_lab("p")]
    (heading, *rest) = arrange(labs_of(*labs).rows(), RowFilter(folded=frozenset({"cs-101"})))
    assert isinstance(heading, Heading)
    assert phases_summary(heading.phases) == "5: 3 running, 1 failed, 1 waiting"
    assert rest == []


def test_another_state_changes_its_row_and_its_heading_and_moves_nothing() -> None:
    model, entries = entries_of(*CLASS)
    rearranged, changed = QSignalSpy(entries.rearranged), QSignalSpy(entries.rows_changed)
    model.apply([change(in_phase(CLASS[1], "RUNNING"), 10)])
    assert rearranged.count() == 0
    assert changed.at(0) == [{0, 1}]
    heading = entries[0]
    assert isinstance(heading, Heading)
    assert phases_summary(heading.phases) == "2: 1 running, 1 waiting"
    assert entries.place_of("a") == 1


def test_a_lab_that_comes_goes_or_moves_is_put_in_order() -> None:
    model, entries = entries_of(*CLASS)
    model.apply([change(make_lab("n", start=20), 10, "created")])
    assert names(entries.all())[:4] == ["[cs-101]", "a", "n", "c"]
    model.apply([change(make_lab("n", start=40), 11, "updated")])
    assert names(entries.all())[:4] == ["[cs-101]", "a", "c", "n"]
    model.apply([change(make_lab("n", start=40), 12, "deleted")])
    assert names(entries.all())[:3] == ["[cs-101]", "a", "c"]


def test_labs_that_are_not_shown_disturb_nobody() -> None:
    model, entries = entries_of(*CLASS)
    entries.set_filter(RowFilter(course="ds-200"))
    rearranged, changed = QSignalSpy(entries.rearranged), QSignalSpy(entries.rows_changed)
    model.apply([change(in_phase(CLASS[0], "RUNNING"), 10), change(make_lab("n"), 11, "created")])
    assert (rearranged.count(), changed.count()) == (0, 0)


def test_a_folded_course_still_counts_what_happens_to_its_labs() -> None:
    model, entries = entries_of(*CLASS)
    entries.fold("cs-101")
    model.apply([change(in_phase(CLASS[0], "RUNNING"), 10)])
    heading = entries[0]
    assert isinstance(heading, Heading)
    assert phases_summary(heading.phases) == "2: 1 running, 1 waiting"
    entries.fold("cs-101")
    assert names(entries.all())[:3] == ["[cs-101]", "a", "c"]


def test_the_table_takes_up_another_state_without_going_through_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    model, entries = entries_of(*CLASS)
    table = TimelineTableModel(entries, TIMES)
    assert [table.place_of(uid) for uid in ("a", "c", "b", "x", "gone")] == [0, 1, 2, 3, -1]
    monkeypatch.setattr(entries, "all", lambda: pytest.fail("all rows were gone through"))
    model.apply([change(in_phase(CLASS[2], "RUNNING"), 10)])
    place = table.place_of(CLASS[2].metadata.uid)
    assert table.index(place, TimelineColumn.PHASE).data() == "Running"
