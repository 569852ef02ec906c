"""A lab's spec in the inspector: a form, the same as YAML, and what saving would change."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labdesk.labs.commands import EditedMeanwhileError
from labdesk.labs.request import LabInstanceRequest
from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import InvalidResourceError, LabDeskError
from labdesk.ui.page import PageContext
from labdesk.ui.pages.labs.spec_draft import Editable, check_lab, editable, is_shaped, manifest_of_lab, merged_edit
from labdesk.ui.pages.labs.spec_form import LabSpecForm
from labdesk.ui.panels.manifest.draft import Draft, Manifest, count_changes, diff_lines, read_yaml, yaml_of
from labdesk.ui.panels.manifest.footer import EditorFooter, EditorWords
from labdesk.ui.sentences import as_sentence
from labdesk.ui.widgets.code_view import DiffView, YamlEdit
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.tabs import SegmentedTabs

FORM, YAML, CHANGES = "form", "yaml", "changes"


class LabSpecEditor(QWidget):
    """What was typed stays until it is saved or given up, also while other labs are looked at. Ctrl+Enter saves.

    `footer` with the buttons is for the panel around it to place, where it stays in view.
    """

    dirty_changed = Signal(bool)
    """The lab shown has unsaved changes now, or none any more."""
    field_wanted = Signal(QWidget)
    """A field that is wrong, or has got the keyboard, wants to be seen."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._lab: LabInstanceRequest | None = None
        self._draft = Draft("", {}, {})
        self._drafts: dict[str, Draft] = {}
        self._templates: list[str] = []
        self._saving: asyncio.Task[None] | None = None
        self._quiet = False
        self._build()
        self._connect()

    def _build(self) -> None:
        theme, context = self._context.theme, self._context
        tabs = [(FORM, self.tr("Form")), (YAML, self.tr("YAML")), (CHANGES, self.tr("Changes"))]
        self.tabs = SegmentedTabs(theme, tabs, self.tr("How the spec is shown"))
        self.form = LabSpecForm(theme, context.times, context.clock.now)
        self.yaml = YamlEdit(theme, self.tr("Spec as YAML"))
        self.diff = DiffView(theme, self.tr("What saving changes"))
        self._unchanged = Label(theme, self.tr("Nothing has been changed."), tone="text_muted")
        self._problems = Label(theme, role="caption", tone="failed", wrap=True)
        words = EditorWords(
            gone=self.tr("This lab was deleted meanwhile."),
            changed=self.tr("This lab was changed elsewhere meanwhile. What you changed stays."),
            save_tip=self.tr("{action} (Ctrl+Enter); it can be undone"),
        )
        self.footer = EditorFooter(theme, words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space.gap)
        for part in (self.tabs, self.form, self.yaml, self.diff, self._unchanged, self._problems):
            column.addWidget(part)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._tab_chosen)
        self.form.edited.connect(self._form_edited)
        self.yaml.textChanged.connect(self._yaml_edited)
        self.footer.save_button.clicked.connect(self.proceed)
        self.footer.revert_button.clicked.connect(self.revert)
        self.footer.theirs_button.clicked.connect(self.revert)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.proceed)

    # --- what others use --------------------------------------------------------------------------------------

    def is_edited(self, uid: str) -> bool:
        """True if that lab has unsaved changes here."""
        return uid in self._drafts or (uid == self._draft.subject and self._draft.is_dirty)

    @property
    def problem_text(self) -> str:
        """What is wrong and stands beside no field."""
        return self._problems.text() if self._problems.isVisibleTo(self) else ""

    def show_lab(self, lab: LabInstanceRequest) -> None:
        """Show a lab as it is now; changes that were made here are never taken away."""
        before, self._lab = self._lab, lab
        base, uid = manifest_of_lab(lab), lab.metadata.uid
        if uid != self._draft.subject:
            if self._draft.is_dirty:
                self._drafts[self._draft.subject] = self._draft
            self._draft = self._drafts.pop(uid) if uid in self._drafts else Draft(uid, base, base)
            self.footer.set_error("")
            if self.tabs.current == CHANGES and not self._draft.is_dirty:
                self.tabs.choose(FORM)
            self._context.tasks.spawn(self._load_templates_async(lab.metadata.namespace), "templates of the desk")
        elif base == self._draft.base and before is not None and editable(before) is editable(lab):
            return
        if self._saving is not None:
            return
        told = uid == (before.metadata.uid if before is not None else "") and bool(self.footer.news)
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

    def set_room(self, pixels: int) -> None:
        """Let the texts be as high as that; they scroll in themselves."""
        for text in (self.yaml, self.diff):
            text.setMinimumHeight(max(pixels - 110, 200))

    def revert(self) -> None:
        """Give up what was changed here, with a way back."""
        if self._lab is not None:
            former = self._draft
            base = manifest_of_lab(self._lab)
            self._draft = Draft(self._lab.metadata.uid, base, base)
            self.footer.set_error("")
            self.footer.show_news(gone=False, changed=False)
            self._show_draft()
            if former.is_dirty:
                self._context.toasts.offer_undo(self.tr("Changes given up"), lambda: self._bring_back(former))

    def proceed(self) -> None:
        """What the button says: from YAML first to the changes, else save."""
        if self._saving is not None or self._lab is None or not self.footer.save_button.isEnabled():
            return
        if self._refresh():
            self._go_to_problem()
        elif self.tabs.current == YAML:
            self.tabs.choose(CHANGES)
        else:
            self.footer.set_error("")
            self._saving = self._context.tasks.spawn(self._save_async(), "save lab")
            self._set_busy(True)

    def _bring_back(self, former: Draft) -> None:
        """Show again what was given up, unless something else was typed for that lab since."""
        if self.is_edited(former.subject):
            self._context.toasts.show(self.tr("Something else was typed here meanwhile; it was kept"))
        elif self._lab is not None and self._draft.subject == former.subject:
            self._draft = former
            self._follow(manifest_of_lab(self._lab))
            self._show_draft()
        else:
            self._drafts[former.subject] = former

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
        self.form.template.set_choices(self._templates)
        self._refresh()

    def _show_draft(self) -> None:
        """Show the draft in the tab that is open; a manifest the form cannot show opens as YAML."""
        draft = self._draft
        if self.tabs.current == FORM and (draft.text_problem or not is_shaped(draft.manifest)):
            self.tabs.choose(YAML)
            return
        self._quiet = True
        if self.tabs.current == FORM and self._lab is not None:
            self.form.show_manifest(draft.manifest, editable(self._lab))
        elif self.tabs.current == YAML and self.yaml.toPlainText() != draft.yaml:
            self.yaml.setPlainText(draft.yaml)
        self._quiet = False
        self._refresh()

    def _tab_chosen(self, tab: str) -> None:
        if tab != FORM and self.form.isVisibleTo(self) and (complaints := self.form.complaints()):
            self.form.show_problems(complaints)
            self.tabs.choose(FORM)
            self.form.focus_first_problem()
            return
        self._show_draft()

    def _form_edited(self) -> None:
        self._draft.take_manifest(self.form.manifest())
        self.form.show_start_hint()
        self._edited()

    def _yaml_edited(self) -> None:
        if not self._quiet:
            self._draft.take_text(self.yaml.toPlainText())
            self._edited()

    def _edited(self) -> None:
        self.footer.set_error("")
        self._refresh()

    def _refresh(self) -> dict[str, str]:
        """Show what is wrong, what would change, and what the button does; return what is wrong."""
        if self._lab is None:
            return {}
        draft, tab = self._draft, self.tabs.current
        problems = self._check(self._lab) if draft.is_dirty else {}
        homeless = self.form.show_problems(problems) if tab == FORM else problems
        listed = [f"{path}: {text}" if path else as_sentence(text) for path, text in homeless.items()]
        self._problems.setText("\n".join(listed))
        self._problems.setVisible(bool(listed))
        lines = [] if draft.text_problem else diff_lines(draft.base, draft.manifest)
        if tab == CHANGES:
            self.diff.show_lines(lines)
        self.form.setVisible(tab == FORM)
        self.yaml.setVisible(tab == YAML)
        self.diff.setVisible(tab == CHANGES and bool(lines))
        self._unchanged.setVisible(tab == CHANGES and not lines)
        self.yaml.setReadOnly(editable(self._lab) is Editable.NOTHING)
        self.footer.show_state(tab, is_new=False, dirty=draft.is_dirty, changes=count_changes(lines))
        self.dirty_changed.emit(draft.is_dirty)
        return problems

    def _check(self, lab: LabInstanceRequest) -> dict[str, str]:
        if self._draft.text_problem:
            return {"": self._draft.text_problem}
        if self.tabs.current == FORM and (complaints := self.form.complaints()):
            return complaints
        return check_lab(self._draft.manifest, lab, self._templates, self._context.clock.now())

    def _go_to_problem(self) -> None:
        if self.tabs.current == CHANGES:
            self.tabs.choose(FORM)
        if self.tabs.current == YAML:
            self.yaml.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif (field := self.form.focus_first_problem()) is not None:
            self.field_wanted.emit(field)

    # --- saving -----------------------------------------------------------------------------------------------

    async def _save_async(self) -> None:
        draft, seen = self._draft, self._lab
        assert seen is not None  # noqa: S101  (nothing is saved without a lab)
        try:
            saved = await self._commit_async(seen, draft.manifest)
        finally:
            self._saving = None
            self._set_busy(False)
        if isinstance(saved, EditedMeanwhileError):
            await self._show_who_was_faster_async(seen)
            return
        if isinstance(saved, LabDeskError):
            self._show_refusal(saved)
            return
        base = manifest_of_lab(saved)
        if self._draft is draft:
            self._draft = Draft(draft.subject, base, base)
            self._lab = saved
            self.footer.show_news(gone=False, changed=False)
            self.tabs.choose(FORM)
            self._show_draft()
        former = manifest_of_lab(seen)
        self._context.toasts.offer_undo(
            self.tr("{student}'s lab saved").format(student=saved.student),
            lambda: self._context.tasks.spawn(self._take_back_async(saved, former), "undo the edit"),
        )

    async def _commit_async(self, seen: LabInstanceRequest, manifest: Manifest) -> LabInstanceRequest | LabDeskError:
        try:
            return await self._context.commands.edit_async(seen, read_yaml(yaml_of(manifest)))
        except LabDeskError as error:
            return error

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
        wanted = merged_edit(former, manifest_of_lab(saved), manifest_of_lab(stored))
        refused = await self._commit_async(stored, wanted)
        if isinstance(refused, LabDeskError):
            self._context.toasts.show(as_sentence(refused.message), tone="failed")

    def _show_refusal(self, error: LabDeskError) -> None:
        if isinstance(error, InvalidResourceError) and self.tabs.current == FORM:
            homeless = self.form.show_problems({error.field: error.problem})
            if not homeless:
                self.form.focus_first_problem()
                return
        self.footer.set_error(as_sentence(error.message))

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.form, self.yaml, self.tabs, self.footer):
            widget.setEnabled(not busy)
