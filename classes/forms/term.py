"""Forms of the page 课表."""

from collections.abc import Iterable
from datetime import time

from django import forms

from classes.actions.opening import TEMPLATES, USUAL
from classes.actions.series import Pattern
from classes.forms.days import DayField
from classes.models import Programme, Room, Series, Term
from people.workbooks.clocks import read_span
from people.workbooks.equipment import KINDS

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
# In which weeks a class meets: every_weeks, week_offset and month_weeks of Series.
RHYTHMS = {
    "": ("每周", (1, 0, "")),
    "odd": ("单周（第 1、3、5 周……）", (2, 0, "")),
    "even": ("双周（第 2、4、6 周……）", (2, 1, "")),
    **{
        f"month{weeks}": (f"{label}（那个星期几）", (1, 0, weeks))
        for weeks, label in Series.MonthWeeks.choices
        if weeks
    },
}

NO_SUCH_LIKE = "没有这个样子，请重新选。"
HAS_CLASSES = "这学期已经有班了，一个一个加，或者先导入。"
TERM_TAKEN = "已经有这个名字的学期，换一个名字。"
TERM_TOO_LONG = "这个学期有好几年长，请看看日期里的年份。"
SERIES_TAKEN = "这学期已经有这个名字的班，换一个名字。"
IN_USE = "已入班的人比这个数多。先请人退班，再减名额。"


def times_fixed(sessions: int) -> str:
    """Why weekdays, time and room of a class stay: so many sessions have been made."""
    return f"已经生成 {sessions} 场，星期、时间和教室用 reshape 改：先看影响到谁，改了以后会通知到每个人。"


def last_term_first(terms: Iterable[tuple[Term, int]]) -> list[tuple[str, str]]:
    """What a new term may look like: earlier terms with their number of classes, ready templates, nothing."""
    earlier = [(f"term:{term.pk}", f"照着 {term}（{number} 个班）") for term, number in terms]
    ready = [(name, label) for name, (label, _) in TEMPLATES.items()]
    return [*earlier, *ready, ("", "先不加班")]


class LikeForm(forms.Form):
    """What the classes of a term look like: `like` is an earlier term, `template` a ready one, or neither."""

    like = forms.ChoiceField(label="班从哪里来", required=False, error_messages={"invalid_choice": NO_SUCH_LIKE})

    def __init__(self, *args, earlier: Iterable[tuple[Term, int]] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.earlier = {term.pk: term for term, _ in earlier}
        self.fields["like"].choices = last_term_first(earlier)

    def classes(self) -> dict:
        """As the action takes it."""
        chosen = self.cleaned_data["like"]
        if chosen.startswith("term:"):
            return {"like": self.earlier[int(chosen[5:])], "template": ""}
        return {"like": None, "template": chosen}


class TermForm(LikeForm):
    """A term in four fields: name, both days, and what its classes look like."""

    field_order = ["name", "starts_on", "ends_on", "like"]

    name = forms.CharField(
        label="学期", max_length=20, help_text="例如 2027春", error_messages={"required": "请写学期的名字。"}
    )
    starts_on = DayField(
        label="第一天",
        error_messages={"required": "请写第一天。", "invalid": "日期写成 2027-03-01 这样。"},
    )
    ends_on = DayField(
        label="最后一天",
        error_messages={"required": "请写最后一天。", "invalid": "日期写成 2027-07-10 这样。"},
    )

    def clean(self) -> dict:
        """A term ends after it starts."""
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "最后一天要在第一天之后。")
        return data


def day_field(label: str) -> forms.DateField:
    """A day that may stay empty."""
    return DayField(label=label, required=False, error_messages={"invalid": "日期写成 2027-03-01 这样。"})


class SeriesForm(forms.Form):
    """A class in six fields; in which weeks of the term is said only where it is not every week."""

    WEEKS = ("rhythm", "from_on", "until_on")

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
    needs = forms.MultipleChoiceField(
        label="要的设备",
        choices=[(kind, kind) for kind in KINDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="教室里没有，就不能排进去",
        error_messages={"invalid_choice": "哪间教室里都没有写“%(value)s”。"},
    )
    capacity = forms.IntegerField(
        label="名额",
        min_value=1,
        max_value=200,
        error_messages={"required": "请写最多收几个人。", "min_value": "名额至少 1 个。"},
    )
    stages = forms.ChoiceField(label="教什么", choices=STAGES, required=False)
    rhythm = forms.ChoiceField(
        label="哪几周上", choices=[(name, label) for name, (label, _) in RHYTHMS.items()], required=False
    )
    from_on = day_field("从哪天起")
    until_on = day_field("到哪天止")

    def __init__(self, *args, programme: Programme, rooms: list[Room], **kwargs):
        super().__init__(*args, **kwargs)
        self.rooms = rooms
        others = dict.fromkeys(thing for room in rooms for thing in room.has if thing not in KINDS)
        self.fields["needs"].choices += [(thing, thing) for thing in others]
        self.fields["room_name"].widget.attrs["list"] = "rooms"
        if programme.kind != Programme.Kind.SENIOR:
            del self.fields["stages"]

    def main(self) -> list:
        """The fields that every class fills in."""
        return [field for field in self if field.name not in self.WEEKS]

    def weeks(self) -> list:
        """The fields about weeks."""
        return [self[name] for name in self.WEEKS]

    def weeks_said(self) -> bool:
        """Whether anything is said there."""
        return any(field.value() or field.errors for field in self.weeks())

    def clean(self) -> dict:
        """Limits in order."""
        data = super().clean()
        if data.get("from_on") and data.get("until_on") and data["until_on"] < data["from_on"]:
            self.add_error("until_on", "最后一天要在第一天之后。")
        return data

    def clean_time(self) -> tuple[time, time]:
        """Both ends of the class."""
        span = read_span(self.cleaned_data["time"])
        if span is None or span[0] >= span[1]:
            raise forms.ValidationError("没看懂时间。写成 9:30-11:00 这样，下课要晚于上课。")
        return time.fromisoformat(span[0]), time.fromisoformat(span[1])

    def asked(self) -> Pattern | None:
        """When and where the class would be, as soon as that much can be read, whatever else is missing."""
        said = self.is_valid() or (
            {"weekdays", "time"} <= set(self.cleaned_data) and not set(self.WEEKS) & set(self.errors)
        )
        return self.pattern() if said else None

    def pattern(self) -> Pattern:
        """The form as the actions take it."""
        data = {"name": "", "room_name": "", "capacity": 1, "needs": [], **self.cleaned_data}
        every_weeks, week_offset, month_weeks = RHYTHMS[data["rhythm"]][1]
        return Pattern(
            every_weeks=every_weeks,
            week_offset=week_offset,
            month_weeks=month_weeks,
            from_on=data["from_on"],
            until_on=data["until_on"],
            name=data["name"].strip(),
            weekdays=data["weekdays"],
            starts=data["time"][0],
            ends=data["time"][1],
            room_name=data["room_name"].strip(),
            capacity=data["capacity"],
            stages=data.get("stages", ""),
            needs=tuple(data["needs"]),
        )


def usual_of(programme: Programme) -> dict:
    """What a new class of that programme usually looks like, as the form shows it."""
    pattern = USUAL.get(programme.code, [None])[0]
    if pattern is None:
        return {}
    return {
        "name": pattern.name,
        "weekdays": list(pattern.weekdays),
        "time": f"{pattern.starts:%-H:%M}-{pattern.ends:%-H:%M}",
        "capacity": pattern.capacity,
        "stages": pattern.stages,
    }


def initial_of(series: Series) -> dict:
    """A class as the form shows it."""
    return {
        "name": series.name,
        "weekdays": [day.weekday for day in series.days.all()],
        "time": f"{series.starts:%H:%M}-{series.ends:%H:%M}",
        "room_name": series.room.name if series.room else "",
        "capacity": series.capacity,
        "stages": series.stages,
        "needs": series.needs,
        "rhythm": next(name for name, (_, weeks) in RHYTHMS.items() if weeks == weeks_of(series)),
        "from_on": series.from_on,
        "until_on": series.until_on,
    }


def weeks_of(series: Series) -> tuple[int, int, str]:
    """The rhythm of a class as RHYTHMS has it; one that the form does not know shows as every week."""
    weeks = (series.every_weeks, series.week_offset, series.month_weeks)
    return weeks if any(weeks == known for _, known in RHYTHMS.values()) else (1, 0, "")
