"""The order of the table's rows as keys to bisect by, in groups or without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt

from labdesk.ui.models.lab_columns import LabColumn, sort_key
from labdesk.ui.models.lab_groups import Entry, LabGroup, LabGroups, group_order

OrderKey = Callable[[Entry], tuple[Any, ...]]


class Backwards:
    """Compares the other way round, for bisecting a descending list."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: Backwards) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Backwards) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]


def order_key(column: LabColumn, order: Qt.SortOrder, groups: LabGroups) -> OrderKey:
    """Return what rows are ordered by: a group's summary stands before its labs, whatever those are sorted by."""
    value: Callable[[Any], Any] = sort_key(column)
    if order != Qt.SortOrder.AscendingOrder:
        ascending = value
        value = lambda row: Backwards(ascending(row))  # noqa: E731
    if not groups.is_on:
        return lambda row: (value(row), row.number)  # type: ignore[union-attr]
    name_of = groups.name_of

    def key(entry: Entry) -> tuple[Any, ...]:
        if isinstance(entry, LabGroup):
            return group_order(entry.name), 0
        return group_order(name_of(entry)), 1, value(entry), entry.number

    return key
