"""The editor of a manifest: its form, the same as YAML, and what saving changes."""
