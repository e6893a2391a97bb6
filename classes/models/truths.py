"""What is true across sessions, rooms and bookings, said by the database on both vendors.

`wheelchair_needs_no_stairs`: a session with `step_free` is in a room with `step_free`.
`room_is_booked_by_others`: no session in a room while somebody else has it.
`room_lacks_what_the_class_needs`: a class, and each of its sessions, is in a room that has what it needs.
"""

from django.db import migrations

STAIRS = "wheelchair_needs_no_stairs"
BOOKED = "room_is_booked_by_others"
LACKING = "room_lacks_what_the_class_needs"

UP_THE_STAIRS = f"""
    SELECT RAISE(ABORT, '{STAIRS}') WHERE NEW.step_free = 1 AND NEW.status <> 'cancelled' AND EXISTS (
        SELECT 1 FROM classes_room WHERE id = NEW.room_id AND NOT step_free)
"""
NO_LIFT_ANY_MORE = f"""
    SELECT RAISE(ABORT, '{STAIRS}') WHERE NOT NEW.step_free AND OLD.step_free AND EXISTS (
        SELECT 1 FROM classes_session WHERE room_id = NEW.id AND step_free = 1 AND status = 'planned')
"""
MEETS = "starts_at < NEW.ends_at AND NEW.starts_at < ends_at"
IN_A_BOOKING = f"""
    SELECT RAISE(ABORT, '{BOOKED}') WHERE NEW.status <> 'cancelled' AND EXISTS (
        SELECT 1 FROM classes_roombooking WHERE room_id = NEW.room_id AND {MEETS})
"""
OVER_A_SESSION = f"""
    SELECT RAISE(ABORT, '{BOOKED}') WHERE EXISTS (
        SELECT 1 FROM classes_session WHERE room_id = NEW.room_id AND status <> 'cancelled' AND {MEETS})
"""
# What of the needs of a class is not in the room. A room that loses something is looked after by
# actions.rooms, under the lock of the room: the database has no clock to tell which sessions are over.
NOT_THERE = """needs.value NOT IN (
    SELECT has.value FROM classes_room AS room, json_each(room.has) AS has WHERE room.id = NEW.room_id)"""
SESSION_LACKS = f"""
    SELECT RAISE(ABORT, '{LACKING}') WHERE EXISTS (
        SELECT 1 FROM classes_series AS series, json_each(series.needs) AS needs
        WHERE series.id = NEW.series_id AND {NOT_THERE})
"""
SERIES_LACKS = f"""
    SELECT RAISE(ABORT, '{LACKING}') WHERE EXISTS (
        SELECT 1 FROM json_each(NEW.needs) AS needs WHERE {NOT_THERE})
"""
TRIGGERS = {
    f"{LACKING}_insert": "AFTER INSERT ON classes_session"
    f" WHEN NEW.room_id IS NOT NULL AND NEW.status <> 'cancelled' BEGIN {SESSION_LACKS}; END",
    f"{LACKING}_update": "AFTER UPDATE OF room_id, status ON classes_session"
    " WHEN NEW.room_id IS NOT NULL AND NEW.status <> 'cancelled'"
    f" AND (OLD.room_id IS NOT NEW.room_id OR OLD.status = 'cancelled') BEGIN {SESSION_LACKS}; END",
    f"{LACKING}_series": f"AFTER INSERT ON classes_series WHEN NEW.room_id IS NOT NULL BEGIN {SERIES_LACKS}; END",
    f"{LACKING}_series_update": "AFTER UPDATE OF room_id, needs ON classes_series WHEN NEW.room_id IS NOT NULL"
    f" AND (OLD.room_id IS NOT NEW.room_id OR OLD.needs IS NOT NEW.needs) BEGIN {SERIES_LACKS}; END",
    f"{STAIRS}_insert": f"AFTER INSERT ON classes_session BEGIN {UP_THE_STAIRS}; END",
    f"{STAIRS}_update": f"AFTER UPDATE ON classes_session BEGIN {UP_THE_STAIRS}; END",
    f"{STAIRS}_room": f"AFTER UPDATE ON classes_room BEGIN {NO_LIFT_ANY_MORE}; END",
    f"{BOOKED}_insert": f"AFTER INSERT ON classes_session BEGIN {IN_A_BOOKING}; END",
    f"{BOOKED}_update": "AFTER UPDATE OF room_id, starts_at, ends_at, status ON classes_session"
    f" BEGIN {IN_A_BOOKING}; END",
    f"{BOOKED}_booking": f"AFTER INSERT ON classes_roombooking BEGIN {OVER_A_SESSION}; END",
    f"{BOOKED}_booking_update": f"AFTER UPDATE ON classes_roombooking BEGIN {OVER_A_SESSION}; END",
}

# The room's row is locked first: two writers who meet in a room look one after the other. An update
# of other columns locks nothing.
FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION {STAIRS}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.room_id, OLD.step_free, OLD.status) IS NOT DISTINCT FROM
        (NEW.room_id, NEW.step_free, NEW.status) THEN RETURN NEW; END IF;
    IF NEW.step_free AND NEW.room_id IS NOT NULL AND NEW.status <> 'cancelled' THEN
        PERFORM 1 FROM classes_room WHERE id = NEW.room_id FOR SHARE;
        IF EXISTS (SELECT 1 FROM classes_room WHERE id = NEW.room_id AND NOT step_free) THEN
            RAISE integrity_constraint_violation USING MESSAGE = '{STAIRS}';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {STAIRS}_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.step_free AND NOT NEW.step_free AND EXISTS (
        SELECT 1 FROM classes_session WHERE room_id = NEW.id AND step_free AND status = 'planned') THEN
        RAISE integrity_constraint_violation USING MESSAGE = '{STAIRS}';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {BOOKED}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status <> 'cancelled' AND (OLD.room_id, OLD.starts_at, OLD.ends_at)
        IS NOT DISTINCT FROM (NEW.room_id, NEW.starts_at, NEW.ends_at) THEN RETURN NEW; END IF;
    IF NEW.room_id IS NOT NULL AND NEW.status <> 'cancelled' THEN
        PERFORM 1 FROM classes_room WHERE id = NEW.room_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM classes_roombooking WHERE room_id = NEW.room_id AND {MEETS}) THEN
            RAISE integrity_constraint_violation USING MESSAGE = '{BOOKED}';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {BOOKED}_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM classes_room WHERE id = NEW.room_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM classes_session WHERE room_id = NEW.room_id AND status <> 'cancelled' AND {MEETS}) THEN
        RAISE integrity_constraint_violation USING MESSAGE = '{BOOKED}';
    END IF;
    RETURN NEW;
END $$;
"""
# Name of the function to the event that calls it.
EVENTS = {
    STAIRS: "AFTER INSERT OR UPDATE OF room_id, step_free, status ON classes_session",
    f"{STAIRS}_room": "AFTER UPDATE ON classes_room",
    BOOKED: "AFTER INSERT OR UPDATE OF room_id, starts_at, ends_at, status ON classes_session",
    f"{BOOKED}_booking": "AFTER INSERT OR UPDATE ON classes_roombooking",
}


# Added later, with a migration of its own.
EQUIPMENT_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION {LACKING}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status <> 'cancelled' AND OLD.room_id IS NOT DISTINCT FROM NEW.room_id
        THEN RETURN NEW; END IF;
    IF NEW.room_id IS NOT NULL AND NEW.status <> 'cancelled' THEN
        PERFORM 1 FROM classes_room WHERE id = NEW.room_id FOR SHARE;
        IF EXISTS (SELECT 1 FROM classes_series, classes_room WHERE classes_series.id = NEW.series_id
            AND classes_room.id = NEW.room_id AND NOT classes_series.needs <@ classes_room.has) THEN
            RAISE integrity_constraint_violation USING MESSAGE = '{LACKING}';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {LACKING}_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.room_id, OLD.needs) IS NOT DISTINCT FROM (NEW.room_id, NEW.needs)
        THEN RETURN NEW; END IF;
    IF NEW.room_id IS NOT NULL THEN
        PERFORM 1 FROM classes_room WHERE id = NEW.room_id FOR SHARE;
        IF EXISTS (SELECT 1 FROM classes_room WHERE id = NEW.room_id AND NOT NEW.needs <@ has) THEN
            RAISE integrity_constraint_violation USING MESSAGE = '{LACKING}';
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""
EQUIPMENT_EVENTS = {
    LACKING: "AFTER INSERT OR UPDATE OF room_id, status ON classes_session",
    f"{LACKING}_series": "AFTER INSERT OR UPDATE OF room_id, needs ON classes_series",
}


def guard_rooms() -> migrations.RunPython:
    """Stairs and bookings: a migration operation for PostgreSQL; on SQLite the app keeps TRIGGERS
    (people.models.guards).
    """
    return guarding(FUNCTIONS, EVENTS)


def guard_equipment() -> migrations.RunPython:
    """The same for what a class needs."""
    return guarding(EQUIPMENT_FUNCTIONS, EQUIPMENT_EVENTS)


def guarding(functions: str, events: dict[str, str]) -> migrations.RunPython:
    """Install functions and the triggers that call them, by the name of the function; and take them away."""

    def install(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(functions)
            for name, event in events.items():
                schema_editor.execute(f"CREATE TRIGGER {name} {event} FOR EACH ROW EXECUTE FUNCTION {name}()")

    def remove(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for name, event in events.items():
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {event.rsplit(' ', 1)[1]}")
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}")

    return migrations.RunPython(install, remove)
