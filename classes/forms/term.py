"""Forms of the page 课表."""

from datetime import time

from django import forms

from classes.actions.series import Pattern
from classes.models import Programme, Series
from people.workbooks.clocks import read_span

WEEKDAYS = [(number, f"周{name}") for number, name in enumerate("一二三四五六日")]
STAGES = [
    ("", "还没定"),
    ("A", "启蒙：认识手机（A）"),
    ("B", "基础：微信与家人（B）"),
    ("AB", "启蒙加基础（A、B）"),
    ("C", "防诈骗（C）"),
    ("CG", "防诈骗和兴趣（C、G）"),
    ("DEF", "提高：支付、办事、出行（D–F）"),
    ("G", "购物与娱乐（G）"),
]
# Ready patterns: what a new class of that programme usually looks like.
USUAL = {
    "四点半课堂": {"name": "四点半课堂", "weekdays": [0, 1, 2, 3, 4], "time": "16:30-18:30", "capacity": 24},
    "菜鸟学堂": {"name": "菜鸟学堂·启蒙", "weekdays": [5], "time": "9:30-11:00", "capacity": 12, "stages": "A"},
    "工作日长者班": {"name": "长者基础班", "weekdays": [2], "time": "9:30-11:00", "capacity": 20, "stages": "B"},
    "手机门诊": {"name": "手机门诊", "weekdays": [6], "time": "14:30-16:30", "capacity": 24},
}


class TermForm(forms.Form):
    """A term: name and both days."""

    name = forms.CharField(
        label="学期", max_length=20, help_text="例如 2027春", error_messages={"required": "请写学期的名字。"}
    )
    starts_on = forms.DateField(
        label="第一天",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请写第一天。", "invalid": "日期写成 2027-03-01 这样。"},
    )
    ends_on = forms.DateField(
        label="最后一天",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请写最后一天。", "invalid": "日期写成 2027-07-10 这样。"},
    )

    def clean(self) -> dict:
        """A term ends after it starts."""
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "最后一天要在第一天之后。")
        return data


class SeriesForm(forms.Form):
    """A class in six fields."""

    name = forms.CharField(label="班名", max_length=40, error_messages={"required": "请写班名。"})
    weekdays = forms.TypedMultipleChoiceField(
        label="星期几上课",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选星期几上课。"},
    )
    time = forms.CharField(
        label="时间", max_length=30, help_text="例如 9:30-11:00", error_messages={"required": "请写几点到几点。"}
    )
    room_name = forms.CharField(label="教室", max_length=40, required=False, help_text="写新名字就会加一间教室")
    capacity = forms.IntegerField(
        label="名额",
        min_value=1,
        max_value=200,
        error_messages={"required": "请写最多收几个人。", "min_value": "名额至少 1 个。"},
    )
    stages = forms.ChoiceField(label="教什么", choices=STAGES, required=False)

    def __init__(self, *args, programme: Programme, rooms: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.rooms = rooms
        self.fields["room_name"].widget.attrs["list"] = "rooms"
        if programme.kind != Programme.Kind.SENIOR:
            del self.fields["stages"]

    def clean_time(self) -> tuple[time, time]:
        """Both ends of the class."""
        span = read_span(self.cleaned_data["time"])
        if span is None or span[0] >= span[1]:
            raise forms.ValidationError("没看懂时间。写成 9:30-11:00 这样，下课要晚于上课。")
        return time.fromisoformat(span[0]), time.fromisoformat(span[1])

    def pattern(self) -> Pattern:
        """The form as the actions take it."""
        data = self.cleaned_data
        return Pattern(
            name=data["name"].strip(),
            weekdays=data["weekdays"],
            starts=data["time"][0],
            ends=data["time"][1],
            room_name=data["room_name"].strip(),
            capacity=data["capacity"],
            stages=data.get("stages", ""),
        )


def initial_of(series: Series) -> dict:
    """A class as the form shows it."""
    return {
        "name": series.name,
        "weekdays": [day.weekday for day in series.days.all()],
        "time": f"{series.starts:%H:%M}-{series.ends:%H:%M}",
        "room_name": series.room.name if series.room else "",
        "capacity": series.capacity,
        "stages": series.stages,
    }
