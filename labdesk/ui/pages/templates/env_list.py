"""Environment variables: a name and a value a row."""

from __future__ import annotations

from typing import cast

from labdesk.ui.panels.manifest.controls import get_path, put_path
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.panels.manifest.row_list import FormRow, RowList
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.fields import TextField


class EnvRow(FormRow):
    """A value that the field cannot show as it is (with line breaks) stays as it was until it is edited."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, self.tr("Remove this variable"))
        self.name = TextField(theme, "NAME")
        self.text = TextField(theme, self.tr("value"))
        self._original = ""
        self.add(self.name, self.tr("Name of the variable"), 1)
        self.add(self.text, self.tr("Value of the variable"), 1)
        for field in (self.name, self.text):
            field.textEdited.connect(lambda _text: self.edited.emit())

    def show_pair(self, name: str, value: str) -> None:
        self._original = value
        self.name.setText(name)
        self.text.setText(value)
        for field in (self.name, self.text):
            field.setCursorPosition(0)

    @property
    def value(self) -> str:
        return self.text.text() if self.text.isModified() else self._original


class EnvList(RowList):
    """Rows without a name and a value do not count."""

    paths = ("spec.env",)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, self.tr("Add a variable"), lambda: EnvRow(theme))

    def show_value(self, manifest: Manifest) -> None:
        env = get_path(manifest, self.paths[0], {})
        for row, (name, value) in zip(self.resize_to(len(env)), env.items(), strict=True):
            cast("EnvRow", row).show_pair(name, value)

    def write(self, manifest: Manifest) -> None:
        put_path(manifest, self.paths[0], dict(self._pairs()) or None)

    def complaint(self) -> str:
        names = [name for name, _ in self._pairs()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is None:
            return ""
        return self.tr("{name} is given twice; each variable may appear once.").format(name=twice)

    def _pairs(self) -> list[tuple[str, str]]:
        rows = [cast("EnvRow", row) for row in self.rows]
        pairs = [(row.name.text().strip(), row.value) for row in rows]
        return [(name, value) for name, value in pairs if name or value]
