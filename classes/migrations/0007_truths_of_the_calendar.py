"""A school level is in one part of its year at a time, and changes of a session are counted."""

from django.db import migrations

from classes.models.sequence import count_changes
from people.models.overlap import forbid_overlap, restore_overlap


class Migration(migrations.Migration):
    dependencies = [("classes", "0006_the_calendar")]

    operations = [
        # The new column rebuilt the table of sessions on SQLite.
        restore_overlap(
            table="classes_session",
            key="room_id",
            active="{row}.status <> 'cancelled'",
            name="room_is_booked_once_at_a_time",
        ),
        count_changes(),
        forbid_overlap(
            table="classes_schoolterm",
            key="level",
            active="{row}.level IS NOT NULL",
            name="school_level_is_in_one_part",
            dates=True,
        ),
    ]
