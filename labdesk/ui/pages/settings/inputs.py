"""What a setting is changed with. `typed` carries what is being typed, `chosen` what is meant to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from labdesk.ui.theme import Theme
from labdesk.ui.widgets.completion import complete_from
from labdesk.ui.widgets.fields import TextField, mark_invalid
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.tabs import SegmentedTabs

_MIB = 2**20


class SettingInput(QWidget):
    """Base of all of them; `show_value` shows what is set without telling anybody."""

    typed = Signal(object)
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(8)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """What can be chosen, to be found by a search."""
        return ""

    @property
    def stops(self) -> list[QWidget]:
        """What has the keyboard while this is changed."""
        raise NotImplementedError

    @property
    def stop(self) -> QWidget:
        """Where the Tab key goes first."""
        return next(stop for stop in self.stops if stop.focusPolicy() != Qt.FocusPolicy.NoFocus)

    def show_value(self, value: Any) -> None:
        raise NotImplementedError

    def set_name(self, name: str, description: str) -> None:
        """Tell screen readers what this sets."""
        raise NotImplementedError

    def mark_wrong(self, wrong: bool) -> None:
        """Frame it in the colour of failure, or not."""

    def set_changeable(self, on: bool) -> None:
        """Let it be changed, or only be looked at."""
        self.setEnabled(on)


class TextInput(SettingInput):
    """A line of text. `unit` stands behind it; `read` makes the value of the text, `write` the text of the value."""

    def __init__(
        self,
        theme: Theme,
        placeholder: str = "",
        *,
        unit: str = "",
        width: int = 300,
        read: Callable[[str], Any] = str,
        write: Callable[[Any], str] = str,
    ) -> None:
        super().__init__()
        self._read, self._write = read, write
        self._shown = ""
        self.field = TextField(theme, placeholder)
        self.field.setFixedWidth(width)
        self.field.textEdited.connect(lambda text: self.typed.emit(self._read(text.strip())))
        self.field.editingFinished.connect(self._finished)
        self.line.addWidget(self.field)
        if unit:
            self.line.addWidget(Label(theme, unit, tone="text_muted"))

    @property
    def stops(self) -> list[QWidget]:
        return [self.field]

    def show_value(self, value: Any) -> None:
        """What is being typed stays."""
        self._shown = self._write(value)
        if not (self.field.hasFocus() and self.field.isModified()) and self.field.text() != self._shown:
            self.field.setText(self._shown)
            self.field.setCursorPosition(0)

    def set_name(self, name: str, description: str) -> None:
        self.field.setAccessibleName(name)
        self.field.setAccessibleDescription(description)

    def mark_wrong(self, wrong: bool) -> None:
        mark_invalid(self.field, wrong)

    def set_changeable(self, on: bool) -> None:
        """What stands beside the field asks and shows, which is possible in any case."""
        self.field.setEnabled(on)

    def _finished(self) -> None:
        text = self.field.text().strip()
        self.field.setModified(False)
        if text != self._shown:
            self.chosen.emit(self._read(text))


class ChoiceInput(SettingInput):
    """One of a few, side by side."""

    def __init__(self, theme: Theme, choices: Sequence[tuple[str, str]], name: str) -> None:
        super().__init__()
        self._quiet = False
        self._choices = dict(choices)
        self.tabs = SegmentedTabs(theme, choices, name)
        self.line.addWidget(self.tabs)
        self.tabs.chosen.connect(self._tab_chosen)

    @property
    def stops(self) -> list[QWidget]:
        return self.tabs.buttons()

    def show_value(self, value: Any) -> None:
        self._quiet = True
        if value in self._choices:
            self.tabs.choose(value)
        self._quiet = False

    @property
    def words(self) -> str:
        return " ".join(self._choices.values())

    def set_name(self, name: str, description: str) -> None:
        self.tabs.setAccessibleName(name)
        self.tabs.setAccessibleDescription(description)

    def _tab_chosen(self, key: str) -> None:
        if not self._quiet:
            self.chosen.emit(key)


class ZoneInput(TextInput):
    """A time zone, found by any part of its name. `zones` is asked when somebody types: it reads many files."""

    def __init__(self, theme: Theme, zones: Callable[[], Iterable[str]], placeholder: str) -> None:
        super().__init__(theme, placeholder)
        self._zones = zones
        self._model = QStringListModel(self)
        self.field.textEdited.connect(lambda _text: self.list_zones())
        complete_from(theme, self.field, self._model, placeholder).activated.connect(self._picked)

    def list_zones(self) -> None:
        """Have the names to be found; at the first letter typed, before Qt looks for it among them."""
        if not self._model.rowCount():
            self._model.setStringList(sorted(self._zones()))

    def _picked(self, zone: str) -> None:
        self.typed.emit(zone)
        self.chosen.emit(zone)


def number_of(text: str) -> Any:
    """Return the number a text means, or the text: the model then says what is wrong with it."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def number_text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def bytes_of_mib(text: str) -> Any:
    """Return the bytes of a number of MiB, or the text if it is none."""
    number = number_of(text)
    return number if isinstance(number, str) else round(number * _MIB)


def mib_text(value: Any) -> str:
    return number_text(round(value / _MIB, 1)) if isinstance(value, int) else str(value)
