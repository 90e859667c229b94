"""The SQL storage: one implementation for SQLite and PostgreSQL. Start at `storage.SqlStorage`."""
