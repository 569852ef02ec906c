"""The templates there are, whole and as cards know them, kept up to date by the bridge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from labdesk.labs.template import LabTemplate
from labdesk.resource.events import ResourceChangeType
from labdesk.ui.panels.template_facts import TemplateFacts, facts_of

if TYPE_CHECKING:
    from labdesk.resource.events import ResourceChangeEvent, ResourceImage


class TemplateShelf(QObject):
    """Sorted by name; `changed` tells of a first list and of every difference after it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, tuple[TemplateFacts, LabTemplate]] = {}
        self._is_listed = False

    @property
    def is_listed(self) -> bool:
        """False until the first list came: an empty shelf then means nothing yet."""
        return self._is_listed

    @property
    def facts(self) -> list[TemplateFacts]:
        return sorted((facts for facts, _ in self._known.values()), key=lambda facts: (facts.name, facts.namespace))

    @property
    def templates(self) -> list[LabTemplate]:
        return [template for _, template in self._known.values()]

    def template(self, subject: str) -> LabTemplate | None:
        """Return the template `namespace/name` as it is now, or None."""
        known = self._known.get(subject)
        return known[1] if known is not None else None

    def take_list(self, images: Iterable[ResourceImage]) -> None:
        """Replace everything by one list of images."""
        self._known = {}
        for image in images:
            self._put(cast("LabTemplate", image.decode()))
        self._is_listed = True
        self.changed.emit()

    def take_changes(self, events: Iterable[ResourceChangeEvent[LabTemplate]]) -> None:
        """Apply changes, in their order."""
        for event in events:
            if event.change_type is ResourceChangeType.DELETED:
                self._known.pop(event.key.subject, None)
            else:
                self._put(event.resource)
        self.changed.emit()

    def _put(self, template: LabTemplate) -> None:
        if template.is_deleting:
            self._known.pop(template.key.subject, None)
        else:
            self._known[template.key.subject] = (facts_of(template), template)
