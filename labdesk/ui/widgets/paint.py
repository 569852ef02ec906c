"""What several widgets and the delegates paint alike."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

CONTROL_RADIUS = 6
ICON_SIZE = 16
_VEIL_ALPHA = 150


def fill_round(painter: QPainter, rect: QRect | QRectF, color: QColor, radius: float) -> None:
    """Fill a rounded rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(rect), radius, radius)


def frame_round(
    painter: QPainter, rect: QRect | QRectF, fill: QColor | None, border: QColor, radius: float, width: float = 1.0
) -> None:
    """Draw a rounded frame wholly inside `rect`, so that its lines stay sharp."""
    inset = width / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(border, width))
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)


def cast_shadow(painter: QPainter, rect: QRect, radius: float, reach: int) -> None:
    """Draw what a surface that lies over others throws on them, up to `reach` pixels around it."""
    for step in range(reach):
        fill_round(painter, rect.adjusted(-step, 2 - step, step, 2 + step), QColor(0, 0, 0, 7), radius + step)


def focus_ring(painter: QPainter, rect: QRect | QRectF, color: QColor, radius: float = CONTROL_RADIUS) -> None:
    """Draw the ring that shows where the keyboard is."""
    frame_round(painter, rect, None, color, radius, 2.0)


def draw_pixmap_centered(painter: QPainter, pixmap: QPixmap, center: QPointF) -> None:
    """Draw a pixmap around a point, on whole device pixels."""
    size = pixmap.deviceIndependentSize()
    painter.drawPixmap(QPointF(round(center.x() - size.width() / 2), round(center.y() - size.height() / 2)), pixmap)


def draw_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    color: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Draw one line, vertically centred."""
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)


def draw_veil(painter: QPainter, rect: QRect, window: QColor) -> None:
    """Take back what lies behind a sheet, towards the window's ground."""
    color = QColor(window)
    color.setAlpha(_VEIL_ALPHA)
    painter.fillRect(rect, color)
