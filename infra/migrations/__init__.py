"""The database's schema, in steps that run once each, in order (Alembic)."""
