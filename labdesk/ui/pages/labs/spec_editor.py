"""A lab's spec in the inspector: a form, the same as YAML, and what saving would change."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QTimer

from labdesk.labs.commands import EditedMeanwhileError
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import LabDeskError
from labdesk.ui.page import PageContext
from labdesk.ui.pages.labs.spec_draft import Editable, check_lab, editable, is_shaped, manifest_of_lab, merged_edit
from labdesk.ui.pages.labs.spec_form import LabSpecForm
from labdesk.ui.panels.manifest.controls import get_path
from labdesk.ui.panels.manifest.draft import Draft, Manifest, read_yaml, yaml_of
from labdesk.ui.panels.manifest.editor import CHANGES, FORM, ManifestEditor
from labdesk.ui.panels.manifest.footer import EditorWords
from labdesk.ui.sentences import as_sentence


def _tr(text: str) -> str:
    return QCoreApplication.translate("LabSpecEditor", text)


class LabSpecEditor(ManifestEditor):
    """Edits one lab; the subject is its uid."""

    form: LabSpecForm

    def __init__(self, context: PageContext) -> None:
        words = EditorWords(
            tabs=_tr("How the spec is shown"),
            yaml=_tr("Spec as YAML"),
            gone=_tr("This lab was deleted meanwhile."),
            changed=_tr("This lab was changed elsewhere meanwhile. What you changed stays."),
            save_tip=_tr("{action} (Ctrl+Enter); it can be undone"),
        )
        form = LabSpecForm(context.theme, context.times, context.clock.now)
        super().__init__(context, form, words, Draft("", {}, {}))
        self._lab: LabInstanceRequest | None = None
        self._templates: list[str] = []
        self._limits: dict[str, Manifest] = {}
        form.edited.connect(form.show_start_hint)

    def show_lab(self, lab: LabInstanceRequest) -> None:
        """Show a lab as it is now; changes that were made here are never taken away."""
        before, self._lab = self._lab, lab
        base, uid = manifest_of_lab(lab), lab.metadata.uid
        if uid != self._draft.subject:
            self._switch_to(self._begun(uid))
            self._context.tasks.spawn(self._load_templates_async(lab.metadata.namespace), "templates of the desk")
        elif base == self._draft.base and before is not None and editable(before) is editable(lab):
            return
        if self._saving is not None:
            return
        told = bool(self.footer.news)
        self.footer.show_news(gone=False, changed=self._follow(base) or (told and self._draft.is_dirty))
        self._show_draft()

    def take_focus(self) -> None:
        """Give the keyboard to the first thing that can be changed."""
        if self.tabs.current != FORM:
            self.tabs.button(self.tabs.current).setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        field = next((field for field in self.form.fields.values() if field.control.isEnabled()), None)
        if field is not None:
            field.control.setFocus(Qt.FocusReason.ShortcutFocusReason)
            QTimer.singleShot(0, field, lambda: self.field_wanted.emit(field))  # once the panel has made room

    # --- drafts -----------------------------------------------------------------------------------------------

    def _stored(self, subject: str) -> Draft:
        base = manifest_of_lab(self._lab) if self._lab is not None else {}
        return Draft(subject, base, base)

    def _catch_up(self) -> None:
        if self._lab is not None:
            self._follow(manifest_of_lab(self._lab))

    def _follow(self, base: Manifest) -> bool:
        """Go on from the lab as it is stored now: what was not touched here follows it.

        Return True if there are changes here made to something else.
        """
        draft = self._draft
        if base == draft.base:
            return False
        if not draft.is_dirty:
            self._draft = Draft(draft.subject, base, base)
            return False
        if not draft.text:
            draft.manifest = merged_edit(draft.manifest, draft.base or base, base)
        draft.base = base
        return draft.is_dirty

    # --- showing ----------------------------------------------------------------------------------------------

    async def _load_templates_async(self, namespace: str) -> None:
        listing = await self._context.store.list_async(LabTemplate.KIND, namespace)
        self._templates = sorted(image.name for image in listing.images)
        templates = [template for image in listing.images if isinstance(template := image.decode(), LabTemplate)]
        self._limits = {template.metadata.name: template.spec.resources.to_manifest() for template in templates}
        self.form.template.set_choices(self._templates)
        self._refresh()

    def _show_draft(self) -> None:
        if self._lab is not None:
            self.yaml.setReadOnly(editable(self._lab) is Editable.NOTHING)
            super()._show_draft()

    def _defaults(self, manifest: Manifest) -> Manifest:
        """A lab has the limits of its template where it names none."""
        return {"spec": {"resources": self._limits.get(str(get_path(manifest, "spec.labTemplate")), {})}}

    def _form_can_show(self) -> bool:
        return not self._draft.text_problem and is_shaped(self._draft.manifest)

    def _show_in_form(self, manifest: Manifest) -> None:
        if self._lab is not None:
            self.form.show_manifest(manifest, editable(self._lab))

    def _check_manifest(self, manifest: Manifest) -> dict[str, str]:
        if self._lab is None or not self._draft.is_dirty:
            return {}
        return check_lab(manifest, self._lab, self._templates, self._context.clock.now())

    # --- saving -----------------------------------------------------------------------------------------------

    async def _save_async(self) -> None:
        draft, seen = self._draft, self._lab
        assert seen is not None  # noqa: S101  (nothing is saved without a lab)
        try:
            with self._until_saved():
                saved = await self._commit_async(seen, draft.manifest)
        except EditedMeanwhileError:
            await self._show_who_was_faster_async(seen)
            return
        except LabDeskError as error:
            self._show_refusal(error)
            return
        if self._draft is draft:
            self._lab = saved
            self._show_saved(self._stored(draft.subject))
        former = manifest_of_lab(seen)
        self._context.toasts.offer_undo(
            self.tr("{student}'s lab saved").format(student=saved.student),
            lambda: self._context.tasks.spawn(self._take_back_async(saved, former), "undo the edit"),
        )

    async def _commit_async(self, seen: LabInstanceRequest, manifest: Manifest) -> LabInstanceRequest:
        return await self._context.commands.edit_async(seen, read_yaml(yaml_of(manifest)))

    async def _show_who_was_faster_async(self, seen: LabInstanceRequest) -> None:
        stored = await self._context.store.find_uid_async(seen.metadata.uid)
        if isinstance(stored, LabInstanceRequest) and self._draft.subject == seen.metadata.uid:
            self.show_lab(stored)
            self.tabs.choose(CHANGES)
            self.footer.set_error(self.tr("Somebody else was faster; nothing was saved."))

    async def _take_back_async(self, saved: LabInstanceRequest, former: Manifest) -> None:
        """Take back what the edit changed, and nothing others changed since; a lab that refuses that says why."""
        stored = await self._context.store.find_uid_async(saved.metadata.uid)
        if not isinstance(stored, LabInstanceRequest):
            self._context.toasts.show(self.tr("This lab was deleted meanwhile."), tone="failed")
            return
        try:
            await self._commit_async(stored, merged_edit(former, manifest_of_lab(saved), manifest_of_lab(stored)))
        except LabDeskError as error:
            self._context.toasts.show(as_sentence(error.message), tone="failed")
