"""What leads to a lab: its links, each to open."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labdesk.labs.phases import LabPhase
from labdesk.labs.request import AccessUrl, LabInstanceRequest
from labdesk.ui.page import PageContext
from labdesk.ui.theme import Theme
from labdesk.ui.widgets.buttons import Button, ButtonKind
from labdesk.ui.widgets.labels import ElidedLabel


def open_link(context: PageContext, url: str) -> None:
    """Open a link in the browser; where there is none, leave it on the clipboard and say so."""
    if not context.desktop.open_url(url):
        context.desktop.copy(url)
        text = QCoreApplication.translate("Links", "No browser was found; the link is on the clipboard")
        context.toasts.show(text)


class _Address(ElidedLabel):
    """A link as text; the button beside it does the same for the keyboard."""

    clicked = Signal()

    def __init__(self, theme: Theme, url: str) -> None:
        super().__init__(theme, url, tone="accent", mode=Qt.TextElideMode.ElideMiddle)
        self.setMaximumWidth(self.sizeHint().width())
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here too."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class Links(QWidget):
    """A lab's links, each to open."""

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[AccessUrl, ...] = ()
        self._lab: tuple[str, tuple[AccessUrl, ...]] = ("", ())
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_lab(self, lab: LabInstanceRequest) -> None:
        """Show what leads to the lab while it runs; where the password is part of it, as soon as that is read."""
        urls = lab.status.access_urls if lab.phase == LabPhase.RUNNING else ()
        if (lab.metadata.uid, urls) == self._lab:
            return
        self._lab = (lab.metadata.uid, urls)
        if any(link.holds_password for link in urls):
            self._set_links(())
            self._context.tasks.spawn(self._fill_async(lab), "read a lab's password")
        else:
            self._set_links(urls)

    async def _fill_async(self, lab: LabInstanceRequest) -> None:
        links = await self._context.links_of(lab)
        if self._lab == (lab.metadata.uid, lab.status.access_urls):
            self._set_links(links.urls)

    def _set_links(self, links: tuple[AccessUrl, ...]) -> None:
        if links == self._shown:
            return
        self._shown = links
        for row in self._rows:
            row.deleteLater()
        self._rows = [self._row(self._context.theme, link) for link in links]
        for row in self._rows:
            self._column.addWidget(row)

    def _row(self, theme: Theme, link: AccessUrl) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        address = _Address(theme, link.url)
        address.clicked.connect(lambda: open_link(self._context, link.url))
        layout.addWidget(address, 1)
        layout.addStretch()
        open_ = Button(
            theme, icon="mdi6.open-in-new", kind=ButtonKind.QUIET, small=True, tip=self.tr("Open in browser")
        )
        open_.clicked.connect(lambda: open_link(self._context, link.url))
        layout.addWidget(open_)
        return row
