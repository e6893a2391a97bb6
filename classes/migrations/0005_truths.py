"""An answered question has its time."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classes', '0004_days_wanted'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='dayquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True)), models.Q(('answer__in', ['run', 'skip']), ('answered_at__isnull', False)), _connector='OR'), name='day_answer_has_a_time'),
        ),
    ]
