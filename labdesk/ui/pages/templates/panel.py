"""The panel beside the table of templates: whose editor it is, its image, and the editor."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from labdesk.ui.page import PageContext
from labdesk.ui.pages.templates.editor import TemplateEditor
from labdesk.ui.pages.templates.image_card import ImageCard
from labdesk.ui.panels.manifest.draft import NEW
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.buttons import ButtonKind
from labdesk.ui.widgets.labels import ElidedLabel
from labdesk.ui.widgets.side_panel import SidePanel

_WIDTH = 440


class TemplatePanel(SidePanel):
    """Escape closes it; what was typed stays."""

    def __init__(self, context: PageContext, shelf: TemplateShelf) -> None:
        theme = context.theme
        close_tip = QCoreApplication.translate("TemplateEditor", "Close (Esc); what you typed stays")
        super().__init__(theme, close_tip=close_tip, width=_WIDTH)
        self.setAccessibleName(self.tr("Template"))
        self.subtitle = ElidedLabel(theme, role="caption", tone="text_muted")
        self.image_card = ImageCard(theme)
        row_buttons = [
            ActionButton(theme, context.actions, identity, kind=ButtonKind.QUIET)
            for identity in ("template.duplicate", "template.export", "template.delete")
        ]
        for button in row_buttons:
            button.set_icon_only(True)
        self.editor = TemplateEditor(context, shelf, row_buttons)
        padding = theme.space.panel_padding
        self.column.setContentsMargins(padding + 1, 2, padding, padding)
        self.column.addWidget(self.subtitle)
        self.column.addWidget(self.image_card)
        self.column.addWidget(self.editor, 1)
        self.footer.addWidget(self.editor.footer)
        self.use_footer()
        self.editor.field_wanted.connect(self.reveal)
        self.editor.refreshed.connect(self._show_whose)

    def _show_whose(self) -> None:
        editor = self.editor
        self.title.set_text(editor.subject.rpartition("/")[2] or self.tr("New template"))
        about = editor.description or editor.image
        self.subtitle.set_text(self.tr("What every lab of this kind is made of") if editor.subject == NEW else about)
