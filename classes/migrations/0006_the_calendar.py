"""Parts of the school year, patterns of a series, half days, feeds, and a counter of changes."""

import classes.models.feeds
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classes', '0005_truths'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=classes.models.feeds.new_token, max_length=40, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='什么时候给的')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='什么时候收回的')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SchoolTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('primary', '小学'), ('junior', '初中'), ('senior', '高中')], max_length=10, verbose_name='学校')),
                ('kind', models.CharField(choices=[('term', '上学'), ('winter', '寒假'), ('summer', '暑假')], max_length=10, verbose_name='什么时候')),
                ('starts_on', models.DateField(verbose_name='第一天')),
                ('ends_on', models.DateField(verbose_name='最后一天')),
                ('status', models.CharField(choices=[('official', '官方'), ('predicted', '预测'), ('local', '本地')], default='local', max_length=10, verbose_name='状态')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='来源')),
            ],
            options={
                'ordering': ['starts_on', 'level'],
            },
        ),
        migrations.AddField(
            model_name='programme',
            name='in_summer',
            field=models.CharField(choices=[('run', '开课'), ('skip', '不开'), ('ask', '先问')], default='skip', max_length=4, verbose_name='暑假'),
        ),
        migrations.AddField(
            model_name='programme',
            name='in_term',
            field=models.CharField(choices=[('run', '开课'), ('skip', '不开'), ('ask', '先问')], default='run', max_length=4, verbose_name='上学期间'),
        ),
        migrations.AddField(
            model_name='programme',
            name='in_winter',
            field=models.CharField(choices=[('run', '开课'), ('skip', '不开'), ('ask', '先问')], default='skip', max_length=4, verbose_name='寒假'),
        ),
        migrations.AddField(
            model_name='programme',
            name='on_half_day',
            field=models.CharField(choices=[('run', '开课'), ('skip', '不开'), ('ask', '先问')], default='run', max_length=4, verbose_name='半天放假(六一)'),
        ),
        migrations.AddField(
            model_name='programme',
            name='school_level',
            field=models.CharField(blank=True, choices=[('primary', '小学'), ('junior', '初中'), ('senior', '高中')], default='', max_length=10, verbose_name='跟着哪级学校的假期'),
        ),
        migrations.AddField(
            model_name='series',
            name='from_on',
            field=models.DateField(blank=True, null=True, verbose_name='从哪天'),
        ),
        migrations.AddField(
            model_name='series',
            name='month_weeks',
            field=models.CharField(blank=True, choices=[('', '不按月'), ('1', '每月第一个'), ('2', '每月第二个'), ('3', '每月第三个'), ('4', '每月第四个'), ('-1', '每月最后一个'), ('1,3', '每月第一、三个'), ('2,4', '每月第二、四个')], default='', max_length=5, verbose_name='每月第几个'),
        ),
        migrations.AddField(
            model_name='series',
            name='until_on',
            field=models.DateField(blank=True, null=True, verbose_name='到哪天'),
        ),
        migrations.AddField(
            model_name='series',
            name='week_offset',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='从第几周数起'),
        ),
        migrations.AddField(
            model_name='session',
            name='sequence',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='第几次改'),
        ),
        migrations.AlterField(
            model_name='calendarday',
            name='day_type',
            field=models.CharField(choices=[('workday', '工作日'), ('weekend', '周末'), ('holiday', '放假'), ('makeup_workday', '调休上班'), ('half_day', '半天放假'), ('closed', '停课')], max_length=15, verbose_name='类型'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('week_offset__lt', models.F('every_weeks')), models.Q(('month_weeks', ''), ('every_weeks', 1), _connector='OR')), name='series_pattern_is_one', violation_error_message='隔周和每月第几个只能选一样。'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('month_weeks__in', ['', '1', '2', '3', '4', '-1', '1,3', '2,4'])), name='series_month_weeks_are_known'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('from_on__isnull', True), ('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='series_limits_are_forward', violation_error_message='最后一天要在第一天之后。'),
        ),
        migrations.AddField(
            model_name='feed',
            name='community',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='classes.community'),
        ),
        migrations.AddField(
            model_name='feed',
            name='room',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='classes.room'),
        ),
        migrations.AddField(
            model_name='feed',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='classes.series'),
        ),
        migrations.AddConstraint(
            model_name='schoolterm',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='school_term_is_forward'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('community__isnull', True), ('room__isnull', True), ('series__isnull', False)), models.Q(('community__isnull', True), ('room__isnull', False), ('series__isnull', True)), models.Q(('community__isnull', False), ('room__isnull', True), ('series__isnull', True)), _connector='OR'), name='feed_is_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('series__isnull', False)), fields=('series',), name='feed_of_series_once'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('room__isnull', False)), fields=('room',), name='feed_of_room_once'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('community__isnull', False)), fields=('community',), name='feed_of_community_once'),
        ),
    ]
