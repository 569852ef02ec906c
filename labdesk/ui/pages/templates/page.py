"""The Templates page: toolbar, table and editor, put together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from labdesk.labs.template import LabTemplate
from labdesk.ui.models.lab_table import LabTableModel
from labdesk.ui.page import Page, PageContext
from labdesk.ui.pages.templates.actions import ROW_ACTIONS, TemplateActions
from labdesk.ui.pages.templates.changes import TemplateChanges, subject_of
from labdesk.ui.pages.templates.draft import copy_of, manifest_of
from labdesk.ui.pages.templates.files import TemplateFiles
from labdesk.ui.pages.templates.panel import TemplatePanel
from labdesk.ui.pages.templates.rows import NO_USE, TemplateRow, Usage, usage_of
from labdesk.ui.pages.templates.table import TemplateTableView
from labdesk.ui.pages.templates.table_model import TemplateTableModel
from labdesk.ui.pages.templates.toolbar import TemplateToolbar
from labdesk.ui.panels.image_book import ImageBook, Presence
from labdesk.ui.panels.manifest.draft import Draft, Manifest
from labdesk.ui.panels.template_shelf import TemplateShelf
from labdesk.ui.widgets.buttons import ButtonKind
from labdesk.ui.widgets.card import TableCard, at_top
from labdesk.ui.widgets.empty_state import EmptyState
from labdesk.ui.widgets.search_field import SearchField
from labdesk.ui.widgets.toast import HOLD_MS

_LABS_MS, _LABS_A_MS = 250, 50
"""Labs are counted at most every 250 ms, and less often the more there are (100,000: every 2 s)."""
_TYPING_MS = 400
"""The engine is asked for an image when its name has not been typed on for so long."""
_MEMORY_CURRENT = "templates.current"
_MEMORY_FILTER = "templates.filter"
_MEMORY_UNSAVED = "templates.unsaved"
"""What was typed and not saved, by store."""


class TemplatesPage(Page):
    """`labs` is the table of labs, from which it is counted how many use a template; `images` knows the engine's."""

    KEY = "templates"
    ICON = "mdi6.file-document-outline"

    def __init__(
        self,
        context: PageContext,
        shelf: TemplateShelf,
        labs: LabTableModel,
        images: ImageBook,
        hold_milliseconds: int = HOLD_MS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self._shelf = shelf
        self._labs = labs
        self._usage: dict[str, Usage] = {}
        self._is_active = False
        self._awaited = ""
        self.model = TemplateTableModel(self)
        self.images = images
        self.changes = TemplateChanges(context, shelf, hold_milliseconds, self)
        self.files = TemplateFiles(context, shelf, self.changes, self)
        self._actions = TemplateActions(
            context.actions,
            {
                "template.new": self.new_template,
                "template.pull": self._pull,
                "template.cancel_pull": lambda: self.images.cancel(self.editor.image),
                "template.duplicate": self._duplicate,
                "template.import": self._import,
                "template.export": lambda: self.files.ask_export(self.view.current),
                "template.delete": lambda: self.changes.delete(self.view.current),
                "template.add_samples": self.files.add_samples,
            },
            self,
        )
        self._labs_timer = QTimer(self)
        self._labs_timer.setSingleShot(True)
        self._image_timer = QTimer(self)
        self._image_timer.setSingleShot(True)
        self._image_timer.setInterval(_TYPING_MS)
        self._build()
        self._connect()
        begun = context.memory.get(_MEMORY_UNSAVED, {}).get(str(context.settings.store), [])
        self.editor.take_unsaved(map(Draft.from_plain, begun))
        narrowed = context.memory.get(_MEMORY_FILTER, {})
        self.toolbar.restore(str(narrowed.get("tab", "")), str(narrowed.get("text", "")))

    # --- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        context, theme = self.context, self.context.theme
        self.view = TemplateTableView(theme, self.model, context.memory)
        self.toolbar = TemplateToolbar(theme, context.actions, self.model)
        self.panel = TemplatePanel(context, self._shelf)
        self.panel.hide()
        self.editor = self.panel.editor
        self.menu = QMenu(self)
        theme.dress(self.menu)
        for identity in ROW_ACTIONS:
            self.menu.addAction(context.actions.action(identity))
        self.none_found = EmptyState(theme, "mdi6.magnify-close")
        self.none_found.set_text(self.tr("No template matches"), self.tr("Try fewer words, or show all templates."))
        self.none_found.add_action(self.tr("Show all templates")).clicked.connect(self.toolbar.show_all)
        self._stack = QStackedWidget()
        for widget in (at_top(TableCard(theme, self.view)), self.none_found, self._make_empty()):
            self._stack.addWidget(widget)
        margin = theme.space.page_margin
        main = QVBoxLayout()
        main.setContentsMargins(margin, 12, margin, margin)
        main.setSpacing(8)
        main.addWidget(self.toolbar)
        main.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(main, 1)
        row.addWidget(self.panel)
        self._refresh()

    def _make_empty(self) -> QWidget:
        self.empty = EmptyState(self.context.theme, self.ICON)
        self.empty.set_text(
            self.tr("No templates yet"),
            self.tr("A template says what labs are made of: their image, ports and limits."),
        )
        for identity in ("template.new", "template.add_samples", "template.import"):
            kind = ButtonKind.PRIMARY if identity == "template.new" else ButtonKind.PLAIN
            self.empty.add_registered(self.context.actions, identity, kind=kind)
        return self.empty

    def _connect(self) -> None:
        self._shelf.changed.connect(self._templates_changed)
        self.images.changed.connect(lambda _image: self._refresh())
        self.changes.held_changed.connect(self._refresh)
        self.editor.refreshed.connect(self._draft_changed)
        self._image_timer.timeout.connect(lambda: self.images.look([self.editor.image] if self.editor.image else []))
        self.panel.closed.connect(self._close_editor)
        self.editor.saved.connect(self._saved)
        self.panel.image_card.pull_wanted.connect(self._pull)
        self.panel.image_card.cancel_wanted.connect(lambda: self.images.cancel(self.editor.image))
        self.files.read.connect(self._show_import)
        self.toolbar.search.lead_to(self._go_to_first, self.view)
        self.view.chosen.connect(self._show_template)
        self.view.opened.connect(lambda _subject: self.editor.form.description.setFocus())
        self.view.delete_wanted.connect(self.context.actions.action("template.delete").trigger)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.toolbar.filter_changed.connect(self._filter)
        self._labs.labs_changed.connect(self._labs_soon)
        self._labs.counts_changed.connect(self._labs_soon)
        self._labs_timer.timeout.connect(self._count_labs)

    # --- the page's own ---------------------------------------------------------------------------------------

    def title(self) -> str:
        return QCoreApplication.translate("TemplatesPage", "Templates")

    def activate(self) -> None:
        self._is_active = True
        self._count_labs()
        self.images.look(facts.image for facts in self._shelf.facts)
        if not self.view.current and (remembered := self.context.memory.get(_MEMORY_CURRENT, "")):
            self.show_target(remembered)
        self._refresh()

    def take_focus(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to_first(self) -> None:
        if self.model.rowCount():
            self.take_focus()
            self.view.choose_first()

    def deactivate(self) -> None:
        self._is_active = False
        self._refresh_actions()

    def show_target(self, target: str) -> None:
        """Show the template with that `namespace/name`, whatever is filtered; one not heard of yet when it comes."""
        self._awaited = "" if self._shelf.template(target) is not None else target
        if not self._awaited:
            if self.model.position(target) < 0:
                self.toolbar.show_all()
            self.view.show_template(target)
            self._show_template(target)

    def search_field(self) -> SearchField:
        return self.toolbar.search

    def primary_actions(self) -> Sequence[str]:
        return ("template.new",)

    def search_matches(self, text: str, limit: int) -> list[tuple[str, str, str, str]]:
        """Templates that hold every word; the target is `namespace/name`."""
        words = text.lower().split()
        rows = [row for row in self.model.rows() if all(word in row.search for word in words)]
        return [(row.facts.title, row.facts.image, row.facts.subject, self.tr("Templates")) for row in rows[:limit]]

    def close_page(self) -> None:
        self._labs_timer.stop()
        self._image_timer.stop()
        begun = [draft.to_plain() for draft in self.editor.unsaved]
        self.context.memory.put(
            _MEMORY_UNSAVED,
            {**self.context.memory.get(_MEMORY_UNSAVED, {}), str(self.context.settings.store): begun},
        )

    # --- what comes in ----------------------------------------------------------------------------------------

    def _templates_changed(self) -> None:
        if self._is_active:
            self.images.look(self._unseen_images())
        self._refresh()
        if self._awaited:
            self.show_target(self._awaited)
        if self.view.current and self._shelf.template(self.view.current) is None and not self.editor.is_dirty:
            self._close_editor()

    def _unseen_images(self) -> list[str]:
        images = [facts.image for facts in self._shelf.facts]
        return [image for image in images if self.images.state(image).presence is Presence.UNKNOWN]

    def _draft_changed(self) -> None:
        if self.images.state(self.editor.image).presence is Presence.UNKNOWN:
            self._image_timer.start()
        self._refresh()

    def _labs_soon(self) -> None:
        if self._is_active and not self._labs_timer.isActive():
            self._labs_timer.start(_LABS_MS + self._labs.total // _LABS_A_MS)

    def _count_labs(self) -> None:
        labs = tuple(self._labs.rows())
        self._usage = usage_of(labs)
        self.images.take_labs(labs, self.context.clock.now().timestamp())
        self._refresh()

    def _filter(self, text: str, tab: str) -> None:
        self.model.set_filter(text, tab)
        self.context.memory.put(_MEMORY_FILTER, {"text": text, "tab": tab})
        self._refresh()

    def _refresh(self) -> None:
        """Bring the table, the card of the image and the actions up to date."""
        edited = self.editor.dirty_subjects()
        self.model.set_rows(
            [
                TemplateRow(
                    facts,
                    self.images.state(facts.image),
                    self._usage.get(facts.subject, NO_USE),
                    facts.subject in edited,
                    self.changes.remark(facts.subject),
                )
                for facts in self._shelf.facts
            ]
        )
        self.toolbar.refresh_counts()
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1 if self.model.total else 2)
        self.toolbar.setVisible(bool(self.model.total))
        image = self.editor.image
        self.panel.image_card.setVisible(bool(image) and self.editor.subject != "")
        self.panel.image_card.show_state(self.images.state(image), self.images.is_reachable)
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        shown = self._is_active and bool(self.view.current)
        pulling = self.images.is_pulled_here(self.editor.image)
        free = shown and not self.changes.remark(self.view.current)
        self._actions.refresh(
            {
                "template.pull": shown and not pulling and self.images.is_reachable,
                "template.cancel_pull": shown and pulling,
                "template.duplicate": shown,
                "template.export": shown,
                "template.delete": free,
            },
            self._reasons(pulling) if shown else {},
        )

    def _reasons(self, pulling: bool) -> dict[str, str]:
        """Why an action does not suit the template that is shown."""
        silent = self.tr("The engine does not answer; the image can be pulled when it does")
        return {
            "template.pull": self.tr("The image is being pulled") if pulling else silent,
            "template.cancel_pull": self.tr("No pull is running"),
            "template.delete": self.tr("It is being deleted"),
        }

    # --- what the instructor does -----------------------------------------------------------------------------

    def new_template(self) -> None:
        """Open an empty form, or the one begun before."""
        self._awaited = ""
        self.context.navigate(self.KEY, "")
        self.view.show_template("")
        self.panel.show()
        self.editor.open_new()
        self._refresh()

    def _show_template(self, subject: str) -> None:
        self._awaited = ""
        self.editor.open_template(subject)
        self.panel.show()
        self.context.memory.put(_MEMORY_CURRENT, subject)
        if self.images.state(self.editor.image).presence is Presence.UNKNOWN:
            self.images.look([self.editor.image])
        self._refresh()

    def _close_editor(self) -> None:
        self.panel.hide()
        self.view.show_template("")
        self.context.memory.put(_MEMORY_CURRENT, "")
        self._refresh()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _saved(self, template: LabTemplate, former: dict[str, object] | None) -> None:
        self.changes.saved(template, former)
        self.view.show_template(template.key.subject)
        self.images.look([template.spec.image])
        self._refresh()

    def _pull(self) -> None:
        if self.editor.image:
            self.images.pull(self.editor.image)

    def _duplicate(self) -> None:
        template = self._shelf.template(self.view.current)
        if template is not None:
            taken = [facts.name for facts in self._shelf.facts]
            self.view.show_template("")
            self.editor.open_new(copy_of(manifest_of(template), taken))
            self._refresh()

    def _import(self) -> None:
        self.context.navigate(self.KEY, "")
        self.files.ask_import()

    def _show_import(self, manifest: Manifest) -> None:
        subject = subject_of(manifest)
        if self._shelf.template(subject) is not None:
            self.view.show_template(subject)
            self.editor.open_import(manifest, subject)
        else:
            self.view.show_template("")
            self.editor.open_new(manifest)
        self.panel.show()
        self._refresh()

    def _open_menu(self, point: QPoint) -> None:
        if self.view.indexAt(point).isValid():
            self.menu.popup(self.view.viewport().mapToGlobal(point))
