"""A learner may be named in a part that is off, and in another."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classes', '0010_learner_free_windows'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='partplace',
            name='learner_is_in_one_part',
        ),
        migrations.AddConstraint(
            model_name='partplace',
            constraint=models.UniqueConstraint(fields=('part', 'enrolment'), name='learner_is_in_a_part_once'),
        ),
    ]
