"""An assignment's times are its session's."""

from django.db import migrations

from volunteers.models.truths import follow_sessions


class Migration(migrations.Migration):
    dependencies = [("classes", "0009_truths_of_changes"), ("volunteers", "0008_changes")]

    operations = [follow_sessions()]
