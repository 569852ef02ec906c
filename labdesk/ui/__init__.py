"""The window: Qt. The only room, with app start-up, that imports PySide6."""
