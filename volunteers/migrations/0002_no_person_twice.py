"""Nobody is in two places at once."""

from django.db import migrations

from people.models.overlap import forbid_overlap


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0001_initial")]

    operations = [
        forbid_overlap(
            table="volunteers_assignment",
            key="volunteer_id",
            active="{row}.status IN ('draft', 'offered', 'accepted')",
            name="nobody_is_in_two_places",
        )
    ]
