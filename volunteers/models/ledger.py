"""What has gone into the ledger stays, said by the database on both vendors.

A line of the ledger changes in nothing but its volunteer (two entries of one person become one), and the
check-in it was counted from keeps its times. PostgreSQL also refuses to delete a line; on SQLite the
foreign keys protect what lines refer to, and no code deletes lines.
"""

from django.db import migrations

LEDGER = "ledger_is_never_changed"
COUNTED = "counted_check_in_stays"
LINE = "corrects_id, checkin_id, community_id, on_date, starts_at, ends_at, minutes, kind, what, reason, recorded_at"
IN_LEDGER = "EXISTS (SELECT 1 FROM volunteers_servicerecord WHERE checkin_id = OLD.id)"
TIMES = "arrived_at, left_at, on_date, series_id"
TRIGGERS = {
    LEDGER: f"BEFORE UPDATE OF {LINE} ON volunteers_servicerecord BEGIN SELECT RAISE(ABORT, '{LEDGER}'); END",
    COUNTED: f"BEFORE UPDATE OF {TIMES} ON volunteers_checkin"
    " WHEN (OLD.arrived_at, OLD.left_at, OLD.on_date, OLD.series_id)"
    " IS NOT (NEW.arrived_at, NEW.left_at, NEW.on_date, NEW.series_id)"
    f" BEGIN SELECT RAISE(ABORT, '{COUNTED}') WHERE {IN_LEDGER}; END",
}

FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION {LEDGER}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE integrity_constraint_violation USING MESSAGE = '{LEDGER}';
END $$;
CREATE OR REPLACE FUNCTION {COUNTED}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.arrived_at, OLD.left_at, OLD.on_date, OLD.series_id) IS DISTINCT FROM
       (NEW.arrived_at, NEW.left_at, NEW.on_date, NEW.series_id) AND {IN_LEDGER} THEN
        RAISE integrity_constraint_violation USING MESSAGE = '{COUNTED}';
    END IF;
    RETURN NEW;
END $$;
"""
# Name of the function to the event that calls it.
EVENTS = {
    LEDGER: f"BEFORE DELETE OR UPDATE OF {LINE} ON volunteers_servicerecord",
    COUNTED: f"BEFORE UPDATE OF {TIMES} ON volunteers_checkin",
}


def guard_ledger() -> migrations.RunPython:
    """A migration operation for PostgreSQL; on SQLite the app keeps TRIGGERS (people.models.guards)."""

    def install(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(FUNCTIONS)
            for name, event in EVENTS.items():
                schema_editor.execute(f"CREATE TRIGGER {name} {event} FOR EACH ROW EXECUTE FUNCTION {name}()")

    def remove(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for name, event in EVENTS.items():
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {event.rsplit(' ', 1)[1]}")
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}")

    return migrations.RunPython(install, remove)
