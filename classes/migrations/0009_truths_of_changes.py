"""Sessions know the day the pattern asked for; rooms without stairs and free of others' bookings."""

from django.db import migrations
from django.db.models import F

from classes.models.sequence import count_changes
from classes.models.truths import guard_rooms
from people.models.overlap import restore_overlap


def remember_the_day(apps, schema_editor):
    """Until now every session was on the day that its series asked for."""
    apps.get_model("classes", "Session").objects.update(planned_on=F("on_date"))


class Migration(migrations.Migration):
    dependencies = [("classes", "0008_changes")]

    operations = [
        # The new columns rebuilt the table of sessions on SQLite.
        restore_overlap(
            table="classes_session",
            key="room_id",
            active="{row}.status <> 'cancelled'",
            name="room_is_booked_once_at_a_time",
        ),
        count_changes(),
        migrations.RunPython(remember_the_day, migrations.RunPython.noop),
        guard_rooms(),
    ]
