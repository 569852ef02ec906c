"""The building blocks of pages: painted from the theme, each with a name for screen readers."""
