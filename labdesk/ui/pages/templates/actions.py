"""What can be done with templates: every action once, for buttons, menus, shortcuts and the command field."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from labdesk.ui.actions import ActionRegistry, ActionSpec, Undoing

ROW_ACTIONS = ("template.pull", "template.cancel_pull", "template.duplicate", "template.export", "template.delete")
"""What can be done with the current template, in the order of menus."""


class TemplateActions(QObject):
    """`run` maps the ids to what they do."""

    def __init__(
        self, registry: ActionRegistry, run: Mapping[str, Callable[[], object]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._registry = registry
        for spec in self._specs():
            registry.add(spec, run[spec.id])

    def _specs(self) -> list[ActionSpec]:
        group, harmless, inverse = self.tr("Templates"), Undoing.HARMLESS, Undoing.INVERSE
        pull_tip = self.tr("Download the image now, so that no lab waits for it")
        import_tip = self.tr("Create or change templates from a manifest")
        trash, export_tip = (
            "mdi6.trash-can-outline",
            self.tr("Write the template as a manifest, for another LabDesk or labdesk apply"),
        )
        return [
            ActionSpec("template.new", self.tr("New template"), group, inverse, "Shift+N", "mdi6.plus"),
            ActionSpec("template.pull", self.tr("Pull image"), group, harmless, "P", "mdi6.download-outline", pull_tip),
            ActionSpec("template.cancel_pull", self.tr("Cancel the pull"), group, harmless, "", "mdi6.close"),
            ActionSpec("template.duplicate", self.tr("Duplicate"), group, inverse, "D", "mdi6.content-copy"),
            ActionSpec("template.import", self.tr("Import …"), group, inverse, "Ctrl+I", "mdi6.import", import_tip),
            ActionSpec("template.export", self.tr("Export …"), group, harmless, "Ctrl+E", "mdi6.export", export_tip),
            ActionSpec("template.delete", self.tr("Delete template"), group, Undoing.HELD, "Shift+Del", trash),
            ActionSpec("template.add_samples", self.tr("Add the samples"), group, inverse, "", "mdi6.bookshelf"),
        ]  # fmt: skip

    def refresh(self, enabled: Mapping[str, bool], reasons: Mapping[str, str]) -> None:
        """Enable what makes sense now, which without a template is little; say why the rest must wait."""
        first = self.tr("Choose a template on the Templates page first")
        for identity in ROW_ACTIONS:
            self._registry.set_possible(identity, enabled.get(identity, False), reasons.get(identity, first))
