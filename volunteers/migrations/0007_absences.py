"""Days on which nobody of an organisation can come."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('volunteers', '0006_import_traces'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('exam', '考试周'), ('holiday', '放假'), ('away', '外出')], max_length=10, verbose_name='为什么')),
                ('starts_on', models.DateField(verbose_name='第一天')),
                ('ends_on', models.DateField(verbose_name='最后一天')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='volunteers.organisation')),
            ],
            options={
                'ordering': ['starts_on', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='absence_is_forward'), models.UniqueConstraint(fields=('organisation', 'starts_on', 'ends_on'), name='absence_said_once')],
            },
        ),
    ]
