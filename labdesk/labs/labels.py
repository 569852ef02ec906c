"""Labels that say what a lab belongs to."""

from __future__ import annotations

COURSE_LABEL, SESSION_LABEL = "labdesk/course", "labdesk/session"
