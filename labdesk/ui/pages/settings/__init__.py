"""The Settings page: every setting of the desk, searchable, told at once when it is wrong."""
