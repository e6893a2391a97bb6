from django.db import migrations, models

CODES = {
    "菜鸟学堂": "novices",
    "工作日长者班": "weekdays",
    "四点半课堂": "after-school",
    "社区帮你带娃": "breaks",
    "手机门诊": "desk",
}


def name_them(apps, schema_editor):
    """The programmes that every installation began with, by the names they had then."""
    programmes = apps.get_model("classes", "Programme").objects
    for name, code in CODES.items():
        programmes.filter(name=name).update(code=code)


class Migration(migrations.Migration):
    dependencies = [("classes", "0018_poster_code")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="code",
            field=models.CharField(blank=True, default="", editable=False, max_length=12),
        ),
        migrations.RunPython(name_them, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", ""), _negated=True), fields=("code",), name="programme_code_once"
            ),
        ),
    ]
