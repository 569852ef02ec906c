"""Alembic's environment and the schema's versions. Migrations change tables, never the log's images."""
