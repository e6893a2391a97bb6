"""No two rows of one thing at one time, said by the database itself on both vendors.

PostgreSQL has exclusion constraints; SQLite has none, but it lets one writer in at a time,
so triggers that look for an overlapping row are free of races there. Periods are half-open.
A later migration that rebuilds the table on SQLite drops its triggers: put restore_overlap after
it (tests/test_truths.py asks the migrated database whether they are there).
"""

from django.db import migrations

OVERLAPS = """
    SELECT RAISE(ABORT, '{name}') WHERE {active_new} AND NEW.{key} IS NOT NULL AND EXISTS (
        SELECT 1 FROM {table} other
        WHERE other.{key} = NEW.{key} AND other.id <> NEW.id AND {active_other}
          AND {meet})
"""
MOMENTS = "other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at"
DATES = "other.starts_on <= NEW.ends_on AND NEW.starts_on <= other.ends_on"


def forbid_overlap(*, table: str, key: str, active: str, name: str, dates: bool = False) -> migrations.RunPython:
    """A migration operation: rows of `table` with the same `key` never overlap while `active`.

    `active` is an SQL condition with `{row}` where the row's alias goes. With `dates` the period is
    `starts_on` to `ends_on`, both included, instead of `[starts_at, ends_at)`. A breach raises
    IntegrityError that carries `name` on both databases.
    """
    period = "daterange(starts_on, ends_on, '[]')" if dates else "tstzrange(starts_at, ends_at, '[)')"

    def install(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            schema_editor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist"
                f" ({key} WITH =, {period} WITH &&)"
                f" WHERE ({active.format(row=table)})"
            )
            return
        _make_triggers(schema_editor, table=table, key=key, active=active, name=name, dates=dates)

    def remove(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            return
        for event in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}_{event}")

    return migrations.RunPython(install, remove)


def restore_overlap(*, table: str, key: str, active: str, name: str) -> migrations.RunPython:
    """The same rule again, after an operation that rebuilt the table on SQLite; nothing on PostgreSQL."""

    def restore(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            _make_triggers(schema_editor, table=table, key=key, active=active, name=name)

    return migrations.RunPython(restore, restore)


def _make_triggers(schema_editor, *, table: str, key: str, active: str, name: str, dates: bool = False) -> None:
    body = OVERLAPS.format(
        name=name,
        table=table,
        key=key,
        meet=DATES if dates else MOMENTS,
        active_new=active.format(row="NEW"),
        active_other=active.format(row="other"),
    )
    for event in ("INSERT", "UPDATE"):
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {name}_{event.lower()} AFTER {event} ON {table} BEGIN {body}; END"
        )
