"""The editor of one template: a form, the same as YAML, and what saving would change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from labdesk.labs.template import LabTemplate
from labdesk.labs.template_grammar import is_image_name
from labdesk.resource.errors import LabDeskError
from labdesk.ui.page import PageContext
from labdesk.ui.pages.templates.draft import blank_manifest, check_draft, manifest_of, template_defaults
from labdesk.ui.pages.templates.form import TemplateForm
from labdesk.ui.panels.manifest.controls import get_path
from labdesk.ui.panels.manifest.draft import NEW, Draft, Manifest, yaml_of
from labdesk.ui.panels.manifest.editor import CHANGES, ManifestEditor
from labdesk.ui.panels.manifest.footer import EditorWords
from labdesk.ui.panels.template_shelf import TemplateShelf

_FORM_CAN_SHOW = frozenset({"metadata.name", "spec.image"})
"""Problems with which the form can show a manifest all the same."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("TemplateEditor", text)


class TemplateEditor(ManifestEditor):
    """Edits one template; the subject is its `namespace/name`.

    `saved` carries the template as committed and its former manifest (None for a new one).
    """

    form: TemplateForm
    saved = Signal(object, object)  # LabTemplate, Manifest | None

    def __init__(self, context: PageContext, shelf: TemplateShelf, beside: Sequence[QWidget]) -> None:
        words = EditorWords(
            tabs=_tr("How the template is shown"),
            yaml=_tr("The template as YAML"),
            gone=_tr("This template was deleted meanwhile. Saving creates it again."),
            changed=_tr("This template was changed elsewhere meanwhile. Saving replaces that."),
            save_tip=_tr("{action} (Ctrl+Enter); labs already started keep what they had"),
        )
        super().__init__(context, TemplateForm(context.theme), words, Draft(NEW, None, blank_manifest()), beside)
        self._shelf = shelf
        shelf.changed.connect(self.take_templates)

    # --- what others use --------------------------------------------------------------------------------------

    @property
    def image(self) -> str:
        """The image named in the editor; while that cannot be one, the stored template's."""
        named = get_path(self._draft.manifest, "spec.image", "")
        if isinstance(named, str) and is_image_name(named):
            return named
        return str(get_path(self._draft.base, "spec.image", "")) if self._draft.base is not None else ""

    @property
    def description(self) -> str:
        return str(get_path(self._draft.manifest, "spec.description", ""))

    def open_template(self, subject: str) -> None:
        """Show a template, with the changes that were made to it before; an unknown one changes nothing."""
        if self._shelf.template(subject) is not None and subject != self._draft.subject:
            self._switch_to(self._begun(subject))
            self.take_templates()

    def open_new(self, manifest: Manifest | None = None) -> None:
        """Show a new template: the one begun before, or a given manifest (a copy, an import)."""
        begun = self._draft if self._draft.subject == NEW else self._begun(NEW)
        self._switch_to(begun if manifest is None else Draft(NEW, None, manifest, touched=True))
        self.form.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.form.name.selectAll()

    def open_import(self, manifest: Manifest, subject: str) -> None:
        """Show the changes an imported manifest would make to the template that has its name."""
        self.open_template(subject)
        self._draft.take_manifest(manifest)
        self._show_draft()
        self.tabs.choose(CHANGES)

    def take_templates(self) -> None:
        """Templates changed: show the new state, unless there are changes here; those are never taken away."""
        draft = self._draft
        if draft.subject == NEW or self._saving is not None:
            self._refresh()
            return
        stored = self._stored(draft.subject)
        changed = stored.base is not None and stored.base != draft.base
        if changed and not draft.is_dirty:
            self._draft = stored
            self._show_draft()
        else:
            self.footer.show_news(gone=stored.base is None, changed=changed)

    # --- drafts -----------------------------------------------------------------------------------------------

    def _stored(self, subject: str) -> Draft:
        template = self._shelf.template(subject)
        if template is None:
            return Draft(NEW, None, blank_manifest())
        base = manifest_of(template)
        return Draft(subject, base, base)

    def _defaults(self, manifest: Manifest) -> Manifest:
        return template_defaults()

    def _form_can_show(self) -> bool:
        return not self._draft.text_problem and set(self._check()) <= _FORM_CAN_SHOW

    def _show_in_form(self, manifest: Manifest) -> None:
        self.form.show_manifest(manifest, name_fixed=self._draft.subject != NEW)

    def _check_manifest(self, manifest: Manifest) -> dict[str, str]:
        return check_draft(manifest, {facts.subject for facts in self._shelf.facts}, self._draft.subject)

    def _shown_problems(self, problems: dict[str, str]) -> dict[str, str]:
        """A field nobody has come to yet is not complained about until saving is tried."""
        empty = {"metadata.name": self.form.name, "spec.image": self.form.image}
        return {
            path: text
            for path, text in problems.items()
            if self._draft.tried or path not in empty or empty[path].text() or empty[path].isModified()
        }

    # --- saving -----------------------------------------------------------------------------------------------

    async def _save_async(self) -> None:
        draft = self._draft
        try:
            with self._until_saved():
                (applied,) = await self._context.commands.apply_async(yaml_of(draft.manifest))
        except LabDeskError as error:
            self._show_refusal(error)
            return
        template = applied.resource
        assert isinstance(template, LabTemplate)  # noqa: S101  (the draft was checked to be one)
        base = manifest_of(template)
        self._show_saved(Draft(template.key.subject, base, base))
        self.saved.emit(template, draft.base)
