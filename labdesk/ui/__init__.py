"""The window: Qt. The only room, with app start-up, that imports PySide6."""

import PySide6.QtCore  # noqa: F401  (qasync and QtAwesome take the Qt that is loaded already)

from labdesk.ui.binding import leave_sources_unread

leave_sources_unread()  # here, before the window's own hundreds of modules
