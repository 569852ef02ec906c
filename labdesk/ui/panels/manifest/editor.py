"""The editor of a manifest: a form, the same as YAML, and what saving would change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from labdesk.resource.errors import InvalidResourceError, LabDeskError
from labdesk.ui.page import PageContext
from labdesk.ui.panels.manifest.draft import Draft, Manifest, count_changes, diff_lines, with_defaults
from labdesk.ui.panels.manifest.footer import EditorFooter, EditorWords
from labdesk.ui.panels.manifest.form import ManifestForm
from labdesk.ui.sentences import as_sentence
from labdesk.ui.widgets.code_view import DiffView, YamlEdit
from labdesk.ui.widgets.focus import holds_focus
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.sticky_row import StickyRow
from labdesk.ui.widgets.tabs import SegmentedTabs

FORM, YAML, CHANGES = "form", "yaml", "changes"
_SHOWN_PROBLEMS = 4


class ManifestEditor(QWidget):
    """What was typed stays until it is saved or given up, also while something else is looked at. Ctrl+Enter saves.

    `footer` with the buttons is for the panel around it to place, where it stays in view. Subclasses say what is
    stored, what is wrong with a manifest, and how it is saved.
    """

    refreshed = Signal()
    """Something was typed, or something else is shown."""
    field_wanted = Signal(QWidget)
    """A field that is wrong, or has got the keyboard, wants to be seen."""

    def __init__(
        self, context: PageContext, form: ManifestForm, words: EditorWords, draft: Draft, beside: Sequence[QWidget] = ()
    ) -> None:
        """`beside` are widgets that stand at the other end of the row of tabs."""
        super().__init__()
        self._context = context
        self._draft = draft
        self._drafts: dict[str, Draft] = {}
        self._saving: asyncio.Task[None] | None = None
        self._quiet = False
        self._yaml_text = ""
        self._focused: QWidget | None = None
        theme = context.theme
        tabs = [(FORM, self.tr("Form")), (YAML, self.tr("YAML")), (CHANGES, self.tr("Changes"))]
        self.tabs = SegmentedTabs(theme, tabs, words.tabs)
        self.form = form
        self.yaml = YamlEdit(theme, words.yaml)
        self.diff = DiffView(theme, self.tr("What saving changes"))
        self._unchanged = Label(theme, self.tr("Nothing has been changed."), tone="text_muted")
        self._problems = Label(theme, role="caption", tone="failed", wrap=True)
        self.footer = EditorFooter(theme, words)
        self._lay_out(beside)
        self._connect()

    def _lay_out(self, beside: Sequence[QWidget]) -> None:
        head = StickyRow(self._context.theme, self)
        head.row.setSpacing(2)
        head.row.addWidget(self.tabs)
        head.row.addStretch()
        for widget in beside:
            head.row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.form)
        column.addWidget(self.yaml, 1)
        column.addWidget(self.diff, 1)
        column.addWidget(self._unchanged)
        column.addSpacing(self._context.theme.space.gap)
        column.addWidget(self._problems)
        column.addStretch(0)

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

    # --- for subclasses ---------------------------------------------------------------------------------------

    def _stored(self, subject: str) -> Draft:
        """Return the draft of what is stored of a subject, unchanged; of a new one if nothing is."""
        raise NotImplementedError

    def _check_manifest(self, manifest: Manifest) -> dict[str, str]:
        """Return what is wrong with a manifest: a sentence by camelCase path."""
        raise NotImplementedError

    def _shown_problems(self, problems: dict[str, str]) -> Mapping[str, str]:
        """Return the problems to complain about in the form by now."""
        return problems

    def _form_can_show(self) -> bool:
        """Return whether the form can show the draft."""
        raise NotImplementedError

    def _show_in_form(self, manifest: Manifest) -> None:
        raise NotImplementedError

    def _defaults(self, manifest: Manifest) -> Manifest:
        """Return what holds where a manifest says nothing."""
        return {}

    def _catch_up(self) -> None:
        """A draft came back that was given up: follow what was stored meanwhile."""

    async def _save_async(self) -> None:
        """Save the draft, within `_until_saved` what may be refused."""
        raise NotImplementedError

    # --- what others use --------------------------------------------------------------------------------------

    @property
    def subject(self) -> str:
        """What is being edited; empty for something new."""
        return self._draft.subject

    @property
    def is_dirty(self) -> bool:
        return self._draft.is_dirty

    @property
    def problem_text(self) -> str:
        """What is wrong and stands beside no field."""
        return self._problems.text() if self._problems.isVisibleTo(self) else ""

    @property
    def unsaved(self) -> list[Draft]:
        """What has changes that were not saved."""
        return [draft for draft in (*self._drafts.values(), self._draft) if draft.is_dirty]

    def dirty_subjects(self) -> frozenset[str]:
        """The subjects with unsaved changes."""
        return frozenset(draft.subject for draft in self.unsaved)

    def take_unsaved(self, drafts: Iterable[Draft]) -> None:
        """Go on with what was not saved when the window was closed."""
        self._drafts |= {draft.subject: draft for draft in drafts}
        if not self._draft.is_dirty and self._draft.subject in self._drafts:
            self._draft = self._drafts.pop(self._draft.subject)
            self._show_draft()

    def revert(self) -> None:
        """Give up what was changed here, with a way back: what is stored is shown again, or an empty form."""
        former = self._draft
        self._draft = self._stored(former.subject)
        self._forget_news()
        self._show_draft()
        if former.is_dirty:
            self._context.toasts.offer_undo(self.tr("Changes given up"), lambda: self._bring_back(former))

    def proceed(self) -> None:
        """What the button says: from YAML first to the changes, else save."""
        if self._saving is not None or not self.footer.save_button.isEnabled():
            return
        self._draft.tried = True
        if self._refresh():
            self._go_to_problem()
        elif self.tabs.current == YAML and self._draft.base is not None:
            self.tabs.choose(CHANGES)
        else:
            self.footer.set_error("")
            self._saving = self._context.tasks.spawn(self._save_async(), "save a manifest")
            self._set_busy(True)

    # --- drafts -----------------------------------------------------------------------------------------------

    def _begun(self, subject: str) -> Draft:
        """Take the draft that was left of a subject, or that of what is stored."""
        return self._drafts.pop(subject) if subject in self._drafts else self._stored(subject)

    def _switch_to(self, draft: Draft) -> None:
        """Edit another draft; what was changed in the former is kept."""
        if self._draft is not draft and self._draft.is_dirty:
            self._drafts[self._draft.subject] = self._draft
        self._draft = draft
        self._forget_news()
        if self.tabs.current == CHANGES and not draft.is_dirty:
            self.tabs.choose(FORM)
        self._show_draft()

    def _bring_back(self, former: Draft) -> None:
        """Show again what was given up, unless something else was typed there since."""
        if former.subject in self.dirty_subjects():
            self._context.toasts.show(self.tr("Something else was typed here meanwhile; it was kept"))
        elif self._draft.subject == former.subject:
            self._draft = former
            self._catch_up()
            self._show_draft()
        else:
            self._drafts[former.subject] = former
            self._refresh()

    def _forget_news(self) -> None:
        self.footer.set_error("")
        self.footer.show_news(gone=False, changed=False)

    # --- showing ----------------------------------------------------------------------------------------------

    def _show_draft(self) -> None:
        """Show the draft in the tab that is open; a manifest the form cannot show opens as YAML."""
        if self.tabs.current == FORM and not self._form_can_show():
            self.tabs.choose(YAML)
            return
        self._quiet = True
        if self.tabs.current == FORM:
            self._show_in_form(self._draft.manifest)
        elif self.tabs.current == YAML and self.yaml.toPlainText() != self._draft.yaml:
            self.yaml.setPlainText(self._draft.yaml)
        self._quiet = False
        self._refresh()

    def _tab_chosen(self, tab: str) -> None:
        if tab == FORM and not self._form_can_show():
            self._draft.tried = True
            self.tabs.choose(YAML)
            return
        if tab != FORM and self.form.isVisibleTo(self) and (complaints := self.form.complaints()):
            self.form.show_problems(complaints)
            self.tabs.choose(FORM)
            self.form.focus_first_problem()
            return
        self._show_draft()

    def _form_edited(self) -> None:
        self._draft.take_manifest(self.form.manifest())
        self._edited()

    def _yaml_edited(self) -> None:
        """Qt says so of other colours too."""
        former, self._yaml_text = self._yaml_text, self.yaml.toPlainText()
        if not self._quiet and self._yaml_text != former:
            self._draft.take_text(self._yaml_text)
            self._edited()

    def _edited(self) -> None:
        self.footer.set_error("")
        self._refresh()

    def _refresh(self) -> dict[str, str]:
        """Show what is wrong, what would change, and what the button does; return what is wrong."""
        draft, tab = self._draft, self.tabs.current
        problems = self._check()
        homeless = self.form.show_problems(self._shown_problems(problems)) if tab == FORM else problems
        listed = [f"{path}: {text}" if path else as_sentence(text) for path, text in homeless.items()]
        self._problems.setText("\n".join(listed[:_SHOWN_PROBLEMS]))
        self._problems.setVisible(bool(listed) and (draft.touched or draft.tried))
        lines = [] if draft.text_problem else self._changes()
        if tab == CHANGES:
            self.diff.show_lines(lines)
        self._show_only({self.form: tab == FORM, self.yaml: tab == YAML, self.diff: tab == CHANGES and bool(lines)})
        self._unchanged.setVisible(tab == CHANGES and not lines)
        is_new = draft.base is None
        self.footer.show_state(tab, is_new=is_new, dirty=draft.is_dirty or is_new, changes=count_changes(lines))
        self.refreshed.emit()
        return problems

    def _show_only(self, shown: Mapping[QWidget, bool]) -> None:
        """What is hidden would give the keyboard to a widget of Qt's choice, where Ctrl+Enter saves nothing."""
        if any(holds_focus(part) for part, visible in shown.items() if not visible):
            self.tabs.button(self.tabs.current).setFocus(Qt.FocusReason.OtherFocusReason)
        for part, visible in shown.items():
            part.setVisible(visible)

    def _changes(self) -> list[str]:
        """What saving changes; a default that is changed is shown, though no manifest says it."""
        base, wanted = self._draft.base, self._draft.manifest
        if base is None:
            return diff_lines(None, wanted)
        before = with_defaults(base, wanted, self._defaults(base))
        return diff_lines(before, with_defaults(wanted, base, self._defaults(wanted)))

    def _check(self) -> dict[str, str]:
        draft = self._draft
        if draft.text_problem:
            return {"": draft.text_problem}
        if self.tabs.current == FORM and draft.touched and (complaints := self.form.complaints()):
            return complaints
        return self._check_manifest(draft.manifest)

    def _go_to_problem(self) -> None:
        if self.tabs.current == CHANGES:
            self.tabs.choose(FORM)
        if self.tabs.current == YAML:
            self.yaml.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif (field := self.form.focus_first_problem()) is not None:
            self.field_wanted.emit(field)

    # --- saving -----------------------------------------------------------------------------------------------

    @contextmanager
    def _until_saved(self) -> Iterator[None]:
        """Let nothing be changed until it is known whether it was saved."""
        try:
            yield
        finally:
            self._saving = None
            self._set_busy(False)

    def _show_saved(self, draft: Draft) -> None:
        """Go on from what was saved."""
        self._draft = draft
        self.footer.show_news(gone=False, changed=False)
        self.tabs.choose(FORM)
        self._show_draft()

    def _show_refusal(self, error: LabDeskError) -> None:
        if isinstance(error, InvalidResourceError) and self.tabs.current == FORM:
            homeless = self.form.show_problems({error.field: error.problem})
            if not homeless:
                self.form.focus_first_problem()
                return
        self.footer.set_error(as_sentence(error.message))

    def _set_busy(self, busy: bool) -> None:
        parts = (self.form, self.yaml, self.tabs, self.footer)
        if busy:
            self._focused = self.window().focusWidget() if any(map(holds_focus, parts)) else None
        for widget in parts:
            widget.setEnabled(not busy)
        if not busy:
            QTimer.singleShot(0, self, self._give_focus_back)  # once it is shown what became of it

    def _give_focus_back(self) -> None:
        """What is disabled loses the keyboard, and Escape would reach nothing."""
        former, self._focused = self._focused, None
        if former is None or self.window().focusWidget() is not None or not self.isVisible():
            return
        usable = isValid(former) and former.isVisible() and former.isEnabled()
        (former if usable else self.tabs.button(self.tabs.current)).setFocus(Qt.FocusReason.OtherFocusReason)
