"""Rules across two tables on SQLite: triggers that stand aside while tables are rebuilt.

SQLite rebuilds a table for most changes of its columns, and refuses to while a trigger of another
table names it. So these triggers are no migration: they go before every migrate and come back
after it (pre_migrate, post_migrate). PostgreSQL says the same in its migrations.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


def keep(app: AppConfig, triggers: Mapping[str, str]) -> None:
    """Have these triggers (name to the text after CREATE TRIGGER name) whenever nothing is being migrated."""

    def drop(using: str, **signal: Any) -> None:
        if connections[using].vendor == "sqlite":
            with connections[using].cursor() as cursor:
                for name in triggers:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")

    def make(using: str, **signal: Any) -> None:
        if connections[using].vendor == "sqlite" and tables <= set(connections[using].introspection.table_names()):
            with connections[using].cursor() as cursor:
                for name, body in triggers.items():
                    cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {body}")

    tables = {model._meta.db_table for model in app.get_models()}
    pre_migrate.connect(drop, sender=app, weak=False, dispatch_uid=f"guards-of-{app.label}-go")
    post_migrate.connect(make, sender=app, weak=False, dispatch_uid=f"guards-of-{app.label}-come")
