"""The first page a new instructor sees."""
