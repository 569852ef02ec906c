"""Beneath the toolbar: which templates, courses and labels to show, with what is wrong with a selector beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.selectors import LabelSelector
from labdesk.ui.models.lab_filter import EVERYTHING
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.sentences import as_sentence
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.filter_chip import FilterChip
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.search_field import SearchField

_LEAST_SELECTOR, _AROUND_SELECTOR, _LEAST_PROBLEM = 320, 80, 180
"""Pixels of the field for a selector, those of it that are no text, and those that say what is wrong with one."""


class LabFilterBar(QWidget):
    """`changed` tells of another choice. While a selector cannot be read, the last one that could be holds."""

    changed = Signal()

    def __init__(self, theme: Theme, model: LabTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.selector = EVERYTHING
        self.templates_chip = FilterChip(
            theme, self.tr("Template"), self.tr("Show only some templates"), self.tr("Search templates")
        )
        self.courses_chip = FilterChip(
            theme, self.tr("Course"), self.tr("Show only some courses"), self.tr("Search courses")
        )
        self._field = SearchField(
            theme,
            self.tr("tier=gold, group in (a, b), !old"),
            clear_tip=self.tr("Show labs whatever their labels"),
            icon="mdi6.tag-outline",
        )
        self.labels = self._field.edit
        self.labels.setAccessibleName(self.tr("Labels"))
        self.labels.setToolTip(
            self.tr("A label selector, as in Kubernetes: a=b, a!=b, a in (x, y), a notin (x), a, !a")
        )
        self._problem = ElidedLabel(theme, role="caption", tone="failed")
        self._clear = Button(theme, self.tr("Show all"), kind=ButtonKind.LINK, tip=self.tr("Clear search and filters"))
        caption = Label(theme, self.tr("Labels"), tone="text_muted")
        caption.setBuddy(self.labels)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.templates_chip)
        row.addWidget(self.courses_chip)
        row.addSpacing(4)
        row.addWidget(caption)
        row.addWidget(self._field, 1_000)  # as wide as its text needs; the problem has the rest
        row.addWidget(self._problem, 1)
        row.addWidget(self._clear)
        self.templates_chip.values_wanted.connect(
            lambda: self.templates_chip.chooser.show_values(self._model.tallies.templates)
        )
        self.courses_chip.values_wanted.connect(
            lambda: self.courses_chip.chooser.show_values(self._model.tallies.courses)
        )
        for chip in (self.templates_chip, self.courses_chip):
            chip.changed.connect(lambda _values: self.changed.emit())
        self._field.searched.connect(self._read_selector)
        self.labels.textChanged.connect(self._fit)
        theme.changed.connect(self._fit)
        self._fit()
        self.cleared = self._clear.clicked

    @property
    def templates(self) -> frozenset[str]:
        return frozenset(self.templates_chip.values)

    @property
    def courses(self) -> frozenset[str]:
        return frozenset(self.courses_chip.values)

    @property
    def count(self) -> int:
        """How many choices narrow the labs."""
        return len(self.templates) + len(self.courses) + len(self.selector.requirements)

    @property
    def problem(self) -> str:
        """What is wrong with the selector, or nothing."""
        return self._problem.text

    def tab_stops(self) -> list[QWidget]:
        return [self.templates_chip, self.courses_chip, *self._field.tab_stops(), self._clear]

    def set_labels(self, text: str) -> None:
        """Write a selector and use it at once."""
        self._field.set_text(text)
        self.labels.setCursorPosition(0)

    def clear(self) -> None:
        """Choose nothing any more, without telling."""
        blocked = self.blockSignals(True)
        self._show((), ())
        self.set_labels("")
        self.blockSignals(blocked)

    def state(self) -> dict[str, Any]:
        """What to remember."""
        return {
            "templates": sorted(self.templates),
            "courses": sorted(self.courses),
            "labels": self.labels.text() if not self.problem else "",
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Choose what was remembered."""
        self._show(_texts(state.get("templates")), _texts(state.get("courses")))
        self.set_labels(str(state.get("labels", "")))

    def focus_first(self) -> None:
        self.templates_chip.setFocus(Qt.FocusReason.TabFocusReason)

    def _show(self, templates: Iterable[str], courses: Iterable[str]) -> None:
        self.templates_chip.set_values(tuple(templates))
        self.courses_chip.set_values(tuple(courses))

    def _fit(self) -> None:
        wanted = self.labels.fontMetrics().horizontalAdvance(self.labels.text()) + _AROUND_SELECTOR
        self._field.setMaximumWidth(max(wanted, _LEAST_SELECTOR))

    def _read_selector(self) -> None:
        problem = ""
        try:
            selector = LabelSelector.parse(self.labels.text())
        except InvalidResourceError as error:
            selector, problem = self.selector, as_sentence(error.problem)
        self._problem.set_text(problem)
        self._problem.setMinimumWidth(_LEAST_PROBLEM if problem else 0)
        self._field.set_problem(problem)
        if selector != self.selector:
            self.selector = selector
            self.changed.emit()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
