"""What is done with templates as a whole: delete, import, and taking either back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from labdesk.labs.commands import Outcome
from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import LabDeskError
from labdesk.resource.manifest import write_documents
from labdesk.resource.resource import ResourceKey
from labdesk.ui.page import PageContext
from labdesk.ui.pages.templates.draft import manifest_of
from labdesk.ui.panels.manifest.draft import Manifest
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.sentences import as_sentence
from labdesk.ui.widgets.toast import HOLD_MS
from labdesk.ui.words import counted


class TemplateChanges(QObject):
    """`held_changed` tells that `remark` says something else of a template now."""

    held_changed = Signal()

    def __init__(
        self,
        context: PageContext,
        shelf: TemplateShelf,
        hold_milliseconds: int = HOLD_MS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._shelf = shelf
        self._hold_milliseconds = hold_milliseconds
        self._held: set[str] = set()

    def remark(self, subject: str) -> str:
        """What is being done with a template, for its row."""
        return self.tr("Deleting …") if subject in self._held else ""

    def delete(self, subject: str) -> None:
        """Delete a template after a time in which that can be undone; one that waiting labs use is refused at once."""
        template = self._shelf.template(subject)
        if template is not None and subject not in self._held:
            self._context.tasks.spawn(self._delete_async(template), "delete template")

    async def _delete_async(self, template: LabTemplate) -> None:
        commands, key, subject = self._context.commands, template.key, template.key.subject
        try:
            await commands.require_unused_async(key)
        except LabDeskError as error:
            self._context.toasts.show(as_sentence(error.message), tone="failed")
            return
        self._hold(subject, True)

        async def run() -> None:
            try:
                self._report(await commands.delete_async([key]))
            finally:
                self._hold(subject, False)

        self._context.toasts.offer_undo(
            self.tr("Deleting {name} …").format(name=template.metadata.name),
            undo=lambda: self._hold(subject, False),
            commit=lambda: self._context.tasks.spawn(run(), "delete template"),
            milliseconds=self._hold_milliseconds,
        )

    def _hold(self, subject: str, held: bool) -> None:
        (self._held.add if held else self._held.discard)(subject)
        self.held_changed.emit()

    async def import_async(self, manifests: Sequence[Manifest]) -> None:
        """Create or change all of these, or none; with a way back."""
        former = {
            subject: manifest_of(template)
            for subject in map(subject_of, manifests)
            if (template := self._shelf.template(subject)) is not None
        }
        applied = await self._context.commands.apply_async(write_documents(list(manifests)))
        created = [one.resource.key for one in applied if one.action == "created"]
        changed = [former[one.resource.key.subject] for one in applied if one.action == "updated"]
        text = counted(len(applied), self.tr("{n} template imported"), self.tr("{n} templates imported"))
        if created or changed:
            self._context.toasts.offer_undo(text, lambda: self._take_back(created, changed))
        else:
            self._context.toasts.show(self.tr("{what}; none of them is new").format(what=text))

    def saved(self, template: LabTemplate, former: Manifest | None) -> None:
        """Say that a template was saved, with a way back."""
        name, created = template.metadata.name, former is None
        text = self.tr("{name} created") if created else self.tr("{name} saved")
        keys, manifests = ([template.key], []) if former is None else ([], [former])
        self._context.toasts.offer_undo(text.format(name=name), lambda: self._take_back(keys, manifests))

    def _take_back(self, created: Sequence[ResourceKey], changed: Sequence[Manifest]) -> None:
        async def run() -> None:
            try:
                if changed:
                    await self._context.commands.apply_async(write_documents(list(changed)))
                self._report(await self._context.commands.delete_async(created))
            except LabDeskError as error:
                self._context.toasts.show(as_sentence(error.message), tone="failed")

        self._context.tasks.spawn(run(), "undo the templates")

    def _report(self, outcome: Outcome) -> None:
        if outcome.refused:
            self._context.toasts.show(as_sentence(outcome.refused[0][1].message), tone="failed")


def subject_of(manifest: Manifest) -> str:
    """Return the `namespace/name` that a valid manifest is about."""
    return LabTemplate.model_validate(manifest).key.subject
