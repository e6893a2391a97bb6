"""No room is booked twice at a time."""

from django.db import migrations

from people.models.overlap import forbid_overlap


class Migration(migrations.Migration):
    dependencies = [("classes", "0002_initial")]

    operations = [
        forbid_overlap(
            table="classes_session",
            key="room_id",
            active="{row}.status <> 'cancelled'",
            name="room_is_booked_once_at_a_time",
        )
    ]
