"""Keeps what is in view in its place while labs above it come, go and move."""

from __future__ import annotations

from statistics import median_low

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTableView

from labdesk.ui.models.lab_table import LabTableModel

_SAMPLES = 5


class ScrollKeeper(QObject):
    """Some rows in view are looked up before and after a change; as far as most of them moved, it scrolls along.

    At the very top it stays there: what comes first is to be seen.
    """

    def __init__(self, view: QTableView, model: LabTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._labs = model
        self._places: dict[str, int] = {}
        model.shifting.connect(self._note)
        model.shifted.connect(self._follow)

    def _note(self) -> None:
        self._places = {}
        if not self._view.verticalScrollBar().value():
            return
        first, last = self._view.rowAt(0), self._view.rowAt(self._view.viewport().height() - 1)
        last = last if last >= 0 else self._labs.rowCount() - 1
        step = max((last - first) // _SAMPLES, 1)
        self._places = {self._labs.entry_at(place).uid: place for place in range(first, last + 1, step)}

    def _follow(self) -> None:
        found = [(self._labs.position(uid), before) for uid, before in self._places.items()]
        moves = [place - before for place, before in found if place >= 0]
        if not moves or not (rows := median_low(moves)):
            return
        bar = self._view.verticalScrollBar()
        wanted = bar.value() + rows * self._view.verticalHeader().defaultSectionSize()
        if wanted > bar.maximum():
            self._view.updateGeometries()  # it has not heard of the new rows yet
        bar.setValue(wanted)
