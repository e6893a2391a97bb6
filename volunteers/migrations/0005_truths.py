"""More of what is always true, said by the database."""

from django.conf import settings
from django.db import migrations, models

from people.models.overlap import restore_overlap


class Migration(migrations.Migration):

    dependencies = [
        ('classes', '0005_truths'),
        ('volunteers', '0004_experienced_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='availability',
            name='availability_is_weekly_or_dated',
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'offered', 'accepted', 'declined', 'released'])), name='assignment_status_is_known'),
        ),
        # SQLite rebuilt the table for the new constraint and dropped its triggers.
        restore_overlap(
            table="volunteers_assignment",
            key="volunteer_id",
            active="{row}.status IN ('draft', 'offered', 'accepted')",
            name="nobody_is_in_two_places",
        ),
        migrations.AddConstraint(
            model_name='availability',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('on_date__isnull', True), ('weekday__isnull', False), ('weekday__range', (0, 6))), models.Q(('on_date__isnull', False), ('weekday__isnull', True)), _connector='OR'), name='availability_is_weekly_or_dated'),
        ),
        migrations.AddConstraint(
            model_name='availability',
            constraint=models.CheckConstraint(condition=models.Q(('from_on__isnull', True), ('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='availability_range_is_forward'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('status', 'preview'), ('undone_at__isnull', True)), models.Q(('done_at__isnull', False), ('status', 'done'), ('undone_at__isnull', True)), models.Q(('done_at__isnull', False), ('status', 'undone'), ('undone_at__isnull', False)), _connector='OR'), name='import_batch_status_has_its_times'),
        ),
    ]
