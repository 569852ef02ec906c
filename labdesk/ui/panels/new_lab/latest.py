"""Which template a new lab is most likely of. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from labdesk.labs.template import LabTemplate
from labdesk.ui.models.lab_row import LabRow


def latest_template(templates: Iterable[LabTemplate], rows: Iterable[LabRow]) -> str:
    """Return the template (`namespace/name`) that was made or used last; nothing if several were at once."""
    moments = {
        template.key.subject: template.metadata.created_at.timestamp()
        for template in templates
        if template.metadata.created_at is not None
    }
    for row in rows:
        subject = f"{row.namespace}/{row.template}"
        if row.created > moments.get(subject, row.created):
            moments[subject] = row.created
    last = max(moments.values(), default=0.0)
    subjects = [subject for subject, moment in moments.items() if moment == last]
    return subjects[0] if len(subjects) == 1 else ""
