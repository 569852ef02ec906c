"""The New lab panel: one template, one or many students, one start."""
