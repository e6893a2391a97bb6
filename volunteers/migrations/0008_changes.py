"""What a change of the timetable did to assignments."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classes', '0008_changes'),
        ('volunteers', '0007_absences'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssignmentChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(blank=True, default=dict)),
                ('after', models.JSONField(blank=True, default=dict)),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='volunteers.assignment')),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='classes.change')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('change', 'assignment'), name='assignment_changed_once_a_change')],
            },
        ),
    ]
