"""The whole of QFacts on one machine: real PostgreSQL, identity, file storage, scheduler and mail, all on 127.0.0.1."""
