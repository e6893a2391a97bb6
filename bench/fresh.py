"""A fresh database of the product for one measurement, on SQLite or on a PostgreSQL started for it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

import django
import psycopg
from django.core.management import call_command

DATABASES = ["sqlite", "postgresql"]


@contextmanager
def product(database: str) -> Iterator[Path]:
    """Settings, tables and cache of the product as they are after an installation; gives the folder of its data.

    Models can be imported once this has begun, so whoever measures imports them by `import_module`, or keeps what
    needs them in a module of its own.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linke-bench-")))
        url = f"sqlite:///{folder / 'linke.sqlite3'}"
        if database == "postgresql":
            url = stack.enter_context(import_module("tests.servers").postgresql())
            with psycopg.connect(url.replace("/linke?", "/postgres?"), autocommit=True) as server:
                server.execute("CREATE DATABASE linke")
        os.environ |= {
            "DATABASE_URL": url,
            "LINKE_DATA": str(folder),
            "SECRET_KEY": "a key for measuring only",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield folder
