"""The templates as cards, one of which is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from labdesk.ui.panels.template_card import TemplateCard
from labdesk.ui.panels.template_facts import TemplateFacts
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.labels import Label
from labdesk.ui.widgets.scroll_column import ScrollColumn
from labdesk.ui.widgets.search_field import SearchField

_SEARCHABLE_FROM = 7
_LEAST_CARDS = 2


class TemplateGallery(QWidget):
    """Cards in a column that scrolls by itself; with many there is a search above. The choice survives changes."""

    chosen = Signal(str)  # namespace/name

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, TemplateCard] = {}
        self._theme = theme
        self._group = QButtonGroup(self)
        self._search = SearchField(theme, self.tr("Find a template"), clear_tip=self.tr("Show all templates"))
        self._search.searched.connect(self._filter)
        self._search.lead_to(self._enter_cards)
        self._search.hide()
        self._none = Label(theme, self.tr("No template has these words."), tone="text_muted")
        self._none.hide()
        self._column = _CardColumn(theme)
        self._scroll = _CardScroll(theme, self._column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.space.gap)
        for widget in (self._search, self._none, self._scroll):
            layout.addWidget(widget)
        self._group.buttonToggled.connect(self._toggled)

    @property
    def current(self) -> str:
        """The chosen template as `namespace/name`, or an empty text."""
        card = self._group.checkedButton()
        return card.facts.subject if isinstance(card, TemplateCard) else ""

    @property
    def current_facts(self) -> TemplateFacts | None:
        card = self._group.checkedButton()
        return card.facts if isinstance(card, TemplateCard) else None

    @property
    def cards(self) -> list[TemplateCard]:
        return list(self._cards.values())

    @property
    def search(self) -> SearchField:
        return self._search

    def choose(self, subject: str) -> None:
        """Choose a template as if its card had been clicked; an unknown one changes nothing."""
        if (card := self._cards.get(subject)) is not None:
            card.setChecked(True)

    def set_templates(self, templates: Sequence[TemplateFacts]) -> None:
        """Show these, in this order. Cards that did not change stay, with focus and choice."""
        current = self.current
        ordered: dict[str, TemplateCard] = {}
        for facts in templates:
            card = self._cards.pop(facts.subject, None)
            if card is not None and card.facts != facts:
                self._drop(card)
                card = None
            ordered[facts.subject] = card or self._make(facts)
        for card in self._cards.values():
            self._drop(card)
        self._cards = ordered
        self._column.arrange(self.cards)
        self._search.setVisible(len(ordered) >= _SEARCHABLE_FROM)
        self.choose(current)
        self._filter(self._search.text)
        self._order_tabs()

    def fit(self, pixels: int) -> int:
        """Show as many whole cards as that has room for, two at least; return the pixels it takes."""
        above = self._search.sizeHint().height() + self._theme.space.gap if self._search.isVisibleTo(self) else 0
        return above + self._scroll.fit(pixels - above)

    def focus_choice(self) -> None:
        """Give the keyboard to the chosen card, or to the first."""
        card = self._cards.get(self.current) or next(iter(self._cards.values()), None)
        if card is not None:
            card.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _enter_cards(self) -> None:
        """From the search: to the chosen card if that is among what was found, else choose the first of it."""
        found = [card for card in self.cards if card.isVisibleTo(self)]
        if found:
            card = next((card for card in found if card.isChecked()), found[0])
            card.setChecked(True)
            card.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _order_tabs(self) -> None:
        """The cards come between the search and what follows it, whenever they were made."""
        for card in self.cards:  # Qt orders nothing that Tab does not go to
            card.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for before, after in pairwise((self._search.tab_stops()[-1], *self.cards)):
            QWidget.setTabOrder(before, after)
        self._stop_at_the_chosen()

    def _stop_at_the_chosen(self) -> None:
        """Tab goes to the chosen card, the arrow keys from there to the others; to all while none in view is chosen."""
        chosen = self._cards.get(self.current)
        is_shown = chosen is not None and chosen.isVisibleTo(self)
        for card in self.cards:
            is_stop = card is chosen or not is_shown
            card.setFocusPolicy(Qt.FocusPolicy.TabFocus if is_stop else Qt.FocusPolicy.NoFocus)

    def _make(self, facts: TemplateFacts) -> TemplateCard:
        card = TemplateCard(self._theme, facts)
        self._group.addButton(card)
        return card

    def _drop(self, card: TemplateCard) -> None:
        self._group.removeButton(card)
        card.hide()
        card.deleteLater()

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        shown = 0
        for card in self._cards.values():
            facts = card.facts
            content = f"{facts.subject} {facts.description} {facts.image}".casefold()
            matches = all(word in content for word in words)
            card.setVisible(matches)
            shown += matches
        self._none.setVisible(bool(self._cards) and not shown)
        self._scroll.setVisible(bool(shown))
        self._scroll.updateGeometry()
        self._stop_at_the_chosen()

    def _toggled(self, button: QAbstractButton, checked: bool) -> None:
        if checked and isinstance(button, TemplateCard):
            self._scroll.ensureWidgetVisible(button, 0, self._theme.space.gap)
            self._stop_at_the_chosen()
            self.chosen.emit(button.facts.subject)


class _CardColumn(QWidget):
    """The cards below each other."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.space.gap)
        self.spacing = theme.space.gap

    def arrange(self, cards: Sequence[TemplateCard]) -> None:
        for index, card in enumerate(cards):
            if self._column.indexOf(card) != index:
                self._column.insertWidget(index, card)

    def shown_height(self, most: int) -> int:
        """Pixels of all visible cards, but of no more than `most` of them."""
        shown = min(sum(not card.isHidden() for card in self.findChildren(TemplateCard)), most)
        return max(shown * self.pitch - self.spacing, 0)

    @property
    def pitch(self) -> int:
        """Pixels from card to card; all are of one height."""
        card = self.findChild(TemplateCard)
        return (card.sizeHint().height() if card is not None else 0) + self.spacing


class _CardScroll(ScrollColumn):
    """As high as its cards where there is room; else it scrolls."""

    def __init__(self, theme: Theme, column: _CardColumn) -> None:
        super().__init__(theme, column)
        self._cards = column
        self._count = _LEAST_CARDS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, self._cards.shown_height(self._count))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def fit(self, pixels: int) -> int:
        count = max((pixels + self._cards.spacing) // self._cards.pitch, _LEAST_CARDS)
        if count != self._count:
            self._count = count
            self.updateGeometry()
        return self.sizeHint().height()
