"""SQLite through SQLModel: resources, the change log, the event journal, migrations."""
