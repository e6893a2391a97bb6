"""An assignment's times are its session's, said by the database on both vendors.

Moving a session moves its assignments in the same statement, and the rule about two places has
its word there and then. PostgreSQL: a foreign key over id and both times. SQLite: triggers.
"""

from django.db import migrations

NAME = "assignment_has_its_sessions_times"
DIFFERS = f"""
    SELECT RAISE(ABORT, '{NAME}') WHERE NOT EXISTS (
        SELECT 1 FROM classes_session
        WHERE id = NEW.session_id AND starts_at = NEW.starts_at AND ends_at = NEW.ends_at)
"""
TRIGGERS = {
    f"{NAME}_follow": "AFTER UPDATE OF starts_at, ends_at ON classes_session BEGIN"
    " UPDATE volunteers_assignment SET starts_at = NEW.starts_at, ends_at = NEW.ends_at WHERE session_id = NEW.id;"
    " END",
    f"{NAME}_insert": f"AFTER INSERT ON volunteers_assignment BEGIN {DIFFERS}; END",
    f"{NAME}_update": f"AFTER UPDATE OF session_id, starts_at, ends_at ON volunteers_assignment BEGIN {DIFFERS}; END",
}
MEND = """
    UPDATE volunteers_assignment SET
        starts_at = (SELECT s.starts_at FROM classes_session s WHERE s.id = session_id),
        ends_at = (SELECT s.ends_at FROM classes_session s WHERE s.id = session_id)
    WHERE NOT EXISTS (SELECT 1 FROM classes_session s WHERE s.id = session_id
        AND s.starts_at = volunteers_assignment.starts_at AND s.ends_at = volunteers_assignment.ends_at)
"""


def follow_sessions() -> migrations.RunPython:
    """A migration operation: old rows are mended, and PostgreSQL gets its foreign key."""

    def install(apps, schema_editor):
        schema_editor.execute(MEND)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            schema_editor.execute(
                "ALTER TABLE classes_session ADD CONSTRAINT session_and_its_times UNIQUE (id, starts_at, ends_at)"
            )
            schema_editor.execute(
                f"ALTER TABLE volunteers_assignment ADD CONSTRAINT {NAME}"
                " FOREIGN KEY (session_id, starts_at, ends_at) REFERENCES classes_session (id, starts_at, ends_at)"
                " ON UPDATE CASCADE ON DELETE CASCADE"
            )

    def remove(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE volunteers_assignment DROP CONSTRAINT {NAME}")
            schema_editor.execute("ALTER TABLE classes_session DROP CONSTRAINT session_and_its_times")

    return migrations.RunPython(install, remove)
