"""A session's `sequence` rises with every change of when, where and whether, whoever writes the row.

Calendar programs take a change only when the number is higher than the one they know (RFC 5545
3.8.7.4), so the database counts: update() and the admin cannot walk past it. A later migration that
rebuilds the table on SQLite drops the trigger: put count_changes after it (tests/test_truths.py asks).
"""

from django.db import migrations

NAME = "session_change_is_counted"
COLUMNS = ("on_date", "starts_at", "ends_at", "room_id", "status")

FUNCTION = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.sequence := OLD.sequence + 1; RETURN NEW; END $$
"""


def count_changes() -> migrations.RunPython:
    """A migration operation that makes the trigger, or makes it again after a rebuilt table."""
    differs = " OR ".join(f"OLD.{column} IS {{distinct}} NEW.{column}" for column in COLUMNS)

    def install(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(FUNCTION)
            schema_editor.execute(
                f"CREATE OR REPLACE TRIGGER {NAME} BEFORE UPDATE ON classes_session FOR EACH ROW"
                f" WHEN ({differs.format(distinct='DISTINCT FROM')}) EXECUTE FUNCTION {NAME}()"
            )
            return
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {NAME} AFTER UPDATE ON classes_session"
            f" WHEN {differs.format(distinct='NOT')}"
            " BEGIN UPDATE classes_session SET sequence = OLD.sequence + 1 WHERE id = NEW.id; END"
        )

    def remove(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON classes_session")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}")
            return
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}")

    return migrations.RunPython(install, remove)
