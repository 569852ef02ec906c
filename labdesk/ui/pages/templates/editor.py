"""The editor of one template: a form, the same as YAML, and what saving would change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from labdesk.labs.template import LabTemplate
from labdesk.labs.template_grammar import is_image_name
from labdesk.resource.errors import InvalidResourceError, LabDeskError
from labdesk.ui.page import PageContext
from labdesk.ui.pages.templates.draft import DraftCheck, blank_manifest, check_draft, manifest_of
from labdesk.ui.pages.templates.form import TemplateForm
from labdesk.ui.pages.templates.image_card import ImageCard
from labdesk.ui.panels.manifest.controls import get_path
from labdesk.ui.panels.manifest.draft import NEW, Draft, Manifest, count_changes, diff_lines, yaml_of
from labdesk.ui.panels.manifest.footer import EditorFooter, EditorWords
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.sentences import as_sentence
from labdesk.ui.widgets.action_button import ActionButton
from labdesk.ui.widgets.buttons import ButtonKind
from labdesk.ui.widgets.code_view import DiffView, YamlEdit
from labdesk.ui.widgets.labels import ElidedLabel, Label
from labdesk.ui.widgets.side_panel import SidePanel
from labdesk.ui.widgets.tabs import SegmentedTabs

PANEL_WIDTH = 440
FORM, YAML, CHANGES = "form", "yaml", "changes"
_SHOWN_PROBLEMS = 4
_FORM_CAN_SHOW = frozenset({"metadata.name", "spec.image"})
"""Problems with which the form can show a manifest all the same."""


class TemplateEditor(SidePanel):
    """What was typed stays until it is saved or given up, also while other templates are looked at.

    `saved` carries the template as committed and its former manifest (None for a new one); `drafts_changed` tells that
    another template has unsaved changes now. Ctrl+Enter saves, Escape closes.
    """

    saved = Signal(object, object)  # LabTemplate, Manifest | None
    drafts_changed = Signal()

    def __init__(self, context: PageContext, shelf: TemplateShelf, parent: QWidget | None = None) -> None:
        super().__init__(
            context.theme,
            close_tip=QCoreApplication.translate("TemplateEditor", "Close (Esc); what you typed stays"),
            width=PANEL_WIDTH,
            parent=parent,
        )
        self._context = context
        self._shelf = shelf
        self._drafts: dict[str, Draft] = {}
        self._draft = Draft(NEW, None, blank_manifest())
        self._saving: asyncio.Task[None] | None = None
        self._quiet = False
        self._build()
        self._connect()

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, context = self.theme, self._context
        self.setAccessibleName(self.tr("Template"))
        tabs = [(FORM, self.tr("Form")), (YAML, self.tr("YAML")), (CHANGES, self.tr("Changes"))]
        self.subtitle = ElidedLabel(theme, role="caption", tone="text_muted")
        self.image_card = ImageCard(theme)
        self.tabs = SegmentedTabs(theme, tabs, self.tr("How the template is shown"))
        self.row_buttons = [
            ActionButton(theme, context.actions, identity, kind=ButtonKind.QUIET)
            for identity in ("template.duplicate", "template.export", "template.delete")
        ]
        self.form = TemplateForm(theme)
        self.yaml = YamlEdit(theme, self.tr("The template as YAML"))
        self.diff = DiffView(theme, self.tr("What saving changes"))
        self._unchanged = Label(theme, self.tr("Nothing has been changed."), tone="text_muted")
        self._problems = Label(theme, role="caption", tone="failed", wrap=True)
        words = EditorWords(
            gone=self.tr("This template was deleted meanwhile. Saving creates it again."),
            changed=self.tr("This template was changed elsewhere meanwhile. Saving replaces that."),
            save_tip=self.tr("{action} (Ctrl+Enter); labs already started keep what they had"),
        )
        self.footer_part = EditorFooter(theme, words)
        padding = theme.space.panel_padding
        self.column.setContentsMargins(padding + 1, 2, padding, padding)
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.tabs)
        head.addStretch()
        for button in self.row_buttons:
            button.set_icon_only(True)
            head.addWidget(button)
        self.column.addWidget(self.subtitle)
        self.column.addWidget(self.image_card)
        self.column.addLayout(head)
        self.column.addWidget(self.form)
        self.column.addWidget(self.yaml, 1)
        self.column.addWidget(self.diff, 1)
        self.column.addWidget(self._unchanged)
        self.column.addWidget(self._problems)
        self.column.addStretch(0)
        self.footer.addWidget(self.footer_part)
        self.use_footer()

    def _connect(self) -> None:
        self._shelf.changed.connect(self.take_templates)
        self.tabs.chosen.connect(self._tab_chosen)
        self.form.edited.connect(self._form_edited)
        self.yaml.textChanged.connect(self._yaml_edited)
        self.footer_part.save_button.clicked.connect(self.proceed)
        self.footer_part.revert_button.clicked.connect(self.revert)
        self.footer_part.theirs_button.clicked.connect(self.revert)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.proceed)

    # --- what others use --------------------------------------------------------------------------------------

    @property
    def subject(self) -> str:
        """`namespace/name` of the template shown, empty for a new one."""
        return self._draft.subject

    @property
    def manifest(self) -> Manifest:
        """The manifest as it is being edited."""
        return self._draft.manifest

    @property
    def image(self) -> str:
        """The image named in the editor; while that cannot be one, the stored template's."""
        named = get_path(self._draft.manifest, "spec.image", "")
        if isinstance(named, str) and is_image_name(named):
            return named
        return str(get_path(self._draft.base, "spec.image", "")) if self._draft.base is not None else ""

    @property
    def is_dirty(self) -> bool:
        return self._draft.is_dirty

    @property
    def problem_text(self) -> str:
        """What is wrong and stands beside no field."""
        return self._problems.text() if self._problems.isVisibleTo(self) else ""

    def dirty_subjects(self) -> frozenset[str]:
        """The templates with unsaved changes."""
        drafts = [*self._drafts.values(), self._draft]
        return frozenset(draft.subject for draft in drafts if draft.is_dirty)

    def open_template(self, subject: str) -> None:
        """Show a template, with the changes that were made to it before; an unknown one changes nothing."""
        template = self._shelf.template(subject)
        if template is not None and subject != self._draft.subject:
            base = manifest_of(template)
            kept = self._drafts.pop(subject) if subject in self._drafts else Draft(subject, base, base)
            self._switch_to(kept)
            self.take_templates()

    def open_new(self, manifest: Manifest | None = None) -> None:
        """Show a new template: the one begun before, or a given manifest (a copy, an import)."""
        begun = self._drafts.pop(NEW, None) if self._draft.subject != NEW else self._draft
        if manifest is not None:
            begun = Draft(NEW, None, manifest, touched=True)
        self._switch_to(begun or Draft(NEW, None, blank_manifest()))
        self.form.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.form.name.selectAll()

    def open_import(self, manifest: Manifest, subject: str) -> None:
        """Show the changes an imported manifest would make to the template that has its name."""
        self.open_template(subject)
        self._draft.take_manifest(manifest)
        self._show_draft()
        self.tabs.choose(CHANGES)

    def revert(self) -> None:
        """Give up what was changed here, with a way back: what is stored is shown again, or an empty form."""
        former = self._draft
        template = self._shelf.template(self._draft.subject)
        base = manifest_of(template) if template is not None else None
        self._draft = Draft(self._draft.subject if base else NEW, base, base or blank_manifest())
        self.footer_part.set_error("")
        self.footer_part.show_news(gone=False, changed=False)
        self._show_draft()
        self.drafts_changed.emit()
        if former.is_dirty:
            self._context.toasts.offer_undo(self.tr("Changes given up"), lambda: self._bring_back(former))

    def _bring_back(self, former: Draft) -> None:
        """Show a draft again that was given up, unless another one was begun for the same template."""
        current = next((one for one in (self._draft, *self._drafts.values()) if one.subject == former.subject), None)
        if current is not None and current.is_dirty:
            self._context.toasts.show(self.tr("Something else was typed here meanwhile; it was kept"))
        elif self._draft.subject == former.subject:
            self._draft = former
            self._show_draft()
        else:
            self._drafts[former.subject] = former
        self.drafts_changed.emit()

    def proceed(self) -> None:
        """What the button says: from YAML first to the changes, else save."""
        if self._saving is not None or not self.footer_part.save_button.isEnabled():
            return
        self._draft.tried = True
        check = self._refresh()
        if check.template is None:
            self._go_to_problem()
        elif self.tabs.current == YAML and self._draft.base is not None:
            self.tabs.choose(CHANGES)
        else:
            self.footer_part.set_error("")
            self._saving = self._context.tasks.spawn(self._save_async(), "save template")
            self._set_busy(True)

    def take_templates(self) -> None:
        """Templates changed: show the new state, unless there are changes here; those are never taken away."""
        subject, draft = self._draft.subject, self._draft
        template = self._shelf.template(subject)
        if subject == NEW or self._saving is not None:
            self._refresh()
            return
        base = manifest_of(template) if template is not None else None
        if base is not None and base != draft.base and not draft.is_dirty:
            self._draft = Draft(subject, base, base)
            self._show_draft()
            return
        self.footer_part.show_news(gone=base is None, changed=base is not None and base != draft.base)

    # --- showing ----------------------------------------------------------------------------------------------

    def _switch_to(self, draft: Draft) -> None:
        if self._draft is not draft and self._draft.is_dirty:
            self._drafts[self._draft.subject] = self._draft
        self._draft = draft
        self.footer_part.set_error("")
        self.footer_part.show_news(gone=False, changed=False)
        if self.tabs.current == CHANGES and not draft.is_dirty:
            self.tabs.choose(FORM)
        self._show_draft()
        self.drafts_changed.emit()

    def _show_draft(self) -> None:
        """Show the draft in the tab that is open; a manifest the form cannot show opens as YAML."""
        if self.tabs.current == FORM and not self._form_can_show():
            self.tabs.choose(YAML)
            return
        self._quiet = True
        if self.tabs.current == FORM:
            self.form.show_manifest(self._draft.manifest, name_fixed=self._draft.subject != NEW)
        elif self.tabs.current == YAML and self.yaml.toPlainText() != self._draft.yaml:
            self.yaml.setPlainText(self._draft.yaml)
        self._quiet = False
        self._refresh()

    def _tab_chosen(self, tab: str) -> None:
        if tab == FORM and not self._form_can_show():
            self._draft.tried = True
            self.tabs.choose(YAML)
            return
        if tab != FORM and (complaints := self.form.complaints()) and self.form.isVisibleTo(self):
            self.form.show_problems(complaints)
            self.tabs.choose(FORM)
            self.form.focus_first_problem()
            return
        self.form.setVisible(tab == FORM)
        self.yaml.setVisible(tab == YAML)
        self._show_draft()

    def _form_can_show(self) -> bool:
        return not self._draft.text_problem and set(self._check().problems) <= _FORM_CAN_SHOW

    def _form_edited(self) -> None:
        self._draft.take_manifest(self.form.manifest())
        self._edited()

    def _yaml_edited(self) -> None:
        if not self._quiet:
            self._draft.take_text(self.yaml.toPlainText())
            self._edited()

    def _edited(self) -> None:
        self.footer_part.set_error("")
        self._refresh()
        self.drafts_changed.emit()

    def _refresh(self) -> DraftCheck:
        """Show what is wrong, what would change, and what the button does."""
        draft, tab = self._draft, self.tabs.current
        check = self._check()
        homeless = self.form.show_problems(self._shown_problems(check.problems)) if tab == FORM else check.problems
        listed = [f"{path}: {text}" if path else as_sentence(text) for path, text in homeless.items()]
        self._problems.setText("\n".join(listed[:_SHOWN_PROBLEMS]))
        self._problems.setVisible(bool(listed) and (draft.touched or draft.tried))
        lines = [] if draft.text_problem else diff_lines(draft.base, draft.manifest)
        if tab == CHANGES:
            self.diff.show_lines(lines)
        self.form.setVisible(tab == FORM)
        self.yaml.setVisible(tab == YAML)
        self.diff.setVisible(tab == CHANGES and bool(lines))
        self._unchanged.setVisible(tab == CHANGES and not lines)
        self.title.set_text(draft.subject.rpartition("/")[2] or self.tr("New template"))
        self.subtitle.set_text(self._subtitle())
        self.footer_part.show_state(
            tab, is_new=draft.base is None, dirty=draft.is_dirty or draft.base is None, changes=count_changes(lines)
        )
        return check

    def _check(self) -> DraftCheck:
        draft = self._draft
        if draft.text_problem:
            return DraftCheck(None, {"": draft.text_problem})
        if self.tabs.current == FORM and (complaints := self.form.complaints()) and draft.touched:
            return DraftCheck(None, complaints)
        taken = {facts.subject for facts in self._shelf.facts}
        return check_draft(draft.manifest, taken, draft.subject)

    def _shown_problems(self, problems: Mapping[str, str]) -> dict[str, str]:
        """A field nobody has come to yet is not complained about until saving is tried."""
        empty = {"metadata.name": self.form.name, "spec.image": self.form.image}
        return {
            path: text
            for path, text in problems.items()
            if self._draft.tried or path not in empty or empty[path].text() or empty[path].isModified()
        }

    def _subtitle(self) -> str:
        if self._draft.subject == NEW:
            return self.tr("What every lab of this kind is made of")
        return str(get_path(self._draft.manifest, "spec.description", "") or self.image)

    def _go_to_problem(self) -> None:
        if self.tabs.current == CHANGES:
            self.tabs.choose(FORM)
        if self.tabs.current == YAML:
            self.yaml.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif (field := self.form.focus_first_problem()) is not None:
            self.reveal(field)

    # --- saving -----------------------------------------------------------------------------------------------

    async def _save_async(self) -> None:
        draft = self._draft
        try:
            (applied,) = await self._context.commands.apply_async(yaml_of(draft.manifest))
        except LabDeskError as error:
            self._show_refusal(error)
            return
        finally:
            self._saving = None
            self._set_busy(False)
        template = applied.resource
        assert isinstance(template, LabTemplate)  # noqa: S101  (the draft was checked to be one)
        former, base = draft.base, manifest_of(template)
        self._draft = Draft(template.key.subject, base, base)
        self.tabs.choose(FORM)
        self._show_draft()
        self.drafts_changed.emit()
        self.saved.emit(template, former)

    def _show_refusal(self, error: LabDeskError) -> None:
        if isinstance(error, InvalidResourceError) and self.tabs.current == FORM:
            homeless = self.form.show_problems({error.field: error.problem})
            if not homeless:
                self.form.focus_first_problem()
                return
        self.footer_part.set_error(as_sentence(error.message))

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.form, self.yaml, self.tabs, self.footer_part):
            widget.setEnabled(not busy)
