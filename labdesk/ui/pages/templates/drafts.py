"""What is being edited: a draft for each template that has unsaved changes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from labdesk.resource.errors import InvalidResourceError
from labdesk.ui.pages.templates.draft import Manifest, read_yaml, yaml_of

NEW = ""
"""The subject of a template that does not exist yet."""


@dataclass
class Draft:
    """`base` is what is stored (None for a new template), `manifest` what is wanted instead.

    `text` is YAML as typed while it says something else than `manifest`: while it cannot be read, or has comments.
    `tried` tells that saving was tried: then every problem is shown, also in fields nobody has come to yet.
    """

    subject: str
    base: Manifest | None
    manifest: Manifest
    text: str = ""
    text_problem: str = ""
    tried: bool = False
    touched: bool = field(default=False)

    @property
    def is_dirty(self) -> bool:
        """True if leaving it would lose something."""
        if self.base is None:
            return self.touched
        return bool(self.text_problem) or self.manifest != self.base

    @property
    def yaml(self) -> str:
        return self.text or yaml_of(self.manifest)

    def take_manifest(self, manifest: Manifest) -> None:
        """Take what a form says."""
        self.manifest, self.text, self.text_problem, self.touched = manifest, "", "", True

    def take_text(self, text: str) -> None:
        """Take what was typed as YAML; what cannot be read changes nothing else."""
        self.text, self.text_problem, self.touched = text, "", True
        try:
            self.manifest = read_yaml(text)
        except InvalidResourceError as error:
            self.text_problem = error.message
