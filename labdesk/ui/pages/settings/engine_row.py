"""The engine's address with its Test button."""

from __future__ import annotations

from PySide6.QtCore import Qt

from labdesk.ui.pages.settings.engine_test import EngineTest
from labdesk.ui.pages.settings.inputs import TextInput
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button


class EngineInput(TextInput):
    """The button tests what stands in the field, also before it is set. Enter in the field sets and tests it."""

    def __init__(self, theme: Theme, test: EngineTest, placeholder: str) -> None:
        super().__init__(theme, placeholder, width=300)
        self._test = test
        self.button = Button(theme, self.tr("Test"), tip=self.tr("Ask the engine at this address who it is"))
        self.button.clicked.connect(self._test_now)
        self.line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.field.returnPressed.connect(self._test_now)

    def _test_now(self) -> None:
        self._test.test(self.field.text().strip())
