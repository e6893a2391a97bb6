"""Changes of the timetable that can be undone, bookings of rooms, lesson plans."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('classes', '0007_truths_of_the_calendar'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('move', '改时间地点'), ('cancel', '停课'), ('close', '整天停课'), ('merge', '并班'), ('split', '分班'), ('swap', '换教室'), ('lesson', '换课')], max_length=10, verbose_name='种类')),
                ('summary', models.CharField(max_length=200, verbose_name='做了什么')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='原因')),
                ('made_at', models.DateTimeField(verbose_name='时间')),
                ('before', models.JSONField(blank=True, default=dict)),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销于')),
            ],
            options={
                'ordering': ['-made_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='LessonWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='何时说的')),
            ],
            options={
                'ordering': ['asked_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PartPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PlannedLesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='第几')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='RoomBooking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('who', models.CharField(max_length=40, verbose_name='谁用')),
                ('starts_at', models.DateTimeField(verbose_name='开始')),
                ('ends_at', models.DateTimeField(verbose_name='结束')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['starts_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SessionChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(blank=True, default=dict)),
                ('after', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='session',
            name='session_once_a_day',
        ),
        migrations.AddField(
            model_name='room',
            name='gap_minutes',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='两场之间留几分钟'),
        ),
        migrations.AddField(
            model_name='session',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='classes.session'),
        ),
        migrations.AddField(
            model_name='session',
            name='split_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='classes.session'),
        ),
        migrations.AddField(
            model_name='session',
            name='lesson_by_hand',
            field=models.BooleanField(default=False, verbose_name='课是手定的'),
        ),
        migrations.AddField(
            model_name='session',
            name='planned_on',
            field=models.DateField(blank=True, null=True, verbose_name='课表上的日期'),
        ),
        migrations.AddField(
            model_name='session',
            name='regrouped',
            field=models.BooleanField(default=False, verbose_name='人分过或并过'),
        ),
        migrations.AddField(
            model_name='session',
            name='step_free',
            field=models.BooleanField(blank=True, null=True, verbose_name='有人坐轮椅'),
        ),
        migrations.AddField(
            model_name='session',
            name='ticked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='停课日照开,确认于'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('gap_minutes__lte', 120)), name='room_gap_is_at_most_two_hours'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.UniqueConstraint(condition=models.Q(('split_from__isnull', True), models.Q(('status', 'cancelled'), _negated=True)), fields=('series', 'on_date'), name='session_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.UniqueConstraint(condition=models.Q(('planned_on__isnull', False)), fields=('series', 'planned_on'), name='session_planned_once'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('day_type', 'closed'), _negated=True), models.Q(('status', 'planned'), _negated=True), ('ticked_at__isnull', False), _connector='OR'), name='session_on_a_closed_day_is_ticked', violation_error_message='这天停课，要照开请先确认。'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), ('status', 'cancelled'), _connector='OR'), name='session_merged_away_is_not_held'),
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(('step_free__isnull', True), ('step_free', True), _connector='OR'), name='session_step_free_is_true_or_nothing'),
        ),
        migrations.AddField(
            model_name='change',
            name='community',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='classes.community'),
        ),
        migrations.AddField(
            model_name='change',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='change',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='lessonwish',
            name='learner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lesson_wishes', to='classes.learner'),
        ),
        migrations.AddField(
            model_name='lessonwish',
            name='lesson',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='classes.lesson'),
        ),
        migrations.AddField(
            model_name='partplace',
            name='enrolment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classes.enrolment'),
        ),
        migrations.AddField(
            model_name='partplace',
            name='part',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='part_places', to='classes.session'),
        ),
        migrations.AddField(
            model_name='partplace',
            name='whole',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places_away', to='classes.session'),
        ),
        migrations.AddField(
            model_name='plannedlesson',
            name='lesson',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='classes.lesson'),
        ),
        migrations.AddField(
            model_name='plannedlesson',
            name='series',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plan', to='classes.series'),
        ),
        migrations.AddField(
            model_name='roombooking',
            name='room',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='classes.room'),
        ),
        migrations.AddField(
            model_name='sessionchange',
            name='change',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='classes.change'),
        ),
        migrations.AddField(
            model_name='sessionchange',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='classes.session'),
        ),
        migrations.AddField(
            model_name='room',
            name='step_free',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('floor__isnull', True), ('floor', 1), ('has_lift', True), _connector='OR'), then=models.Value(True)), default=models.Value(False)), output_field=models.BooleanField()),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['community', 'made_at'], name='change_of_a_community'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), ('undone_at__gte', models.F('made_at')), _connector='OR'), name='change_is_undone_after_it_was_made'),
        ),
        migrations.AddConstraint(
            model_name='lessonwish',
            constraint=models.UniqueConstraint(fields=('lesson', 'learner'), name='lesson_wished_once'),
        ),
        migrations.AddConstraint(
            model_name='partplace',
            constraint=models.UniqueConstraint(fields=('whole', 'enrolment'), name='learner_is_in_one_part'),
        ),
        migrations.AddConstraint(
            model_name='plannedlesson',
            constraint=models.UniqueConstraint(fields=('series', 'position'), name='planned_lesson_has_its_place'),
        ),
        migrations.AddConstraint(
            model_name='roombooking',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='room_booking_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='roombooking',
            constraint=models.CheckConstraint(condition=models.Q(('who', ''), _negated=True), name='room_booking_says_who'),
        ),
        migrations.AddConstraint(
            model_name='sessionchange',
            constraint=models.UniqueConstraint(fields=('change', 'session'), name='session_changed_once_a_change'),
        ),
    ]
