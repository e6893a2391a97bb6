"""Forms of the page 日历."""

from django import forms

from classes.actions.days import DaySaid
from classes.calendar import day_in
from classes.models import CalendarDay, Community, SchoolLevel, SchoolTerm
from people.workbooks.tables import UnreadableFile, decode, is_workbook

Type = CalendarDay.Type
DAY_TYPES = [
    (Type.CLOSED, "停课（天气、停电、借场地）"),
    (Type.HOLIDAY, "放假"),
    (Type.HALF, "半天放假"),
    (Type.MAKEUP, "调休上班"),
    (Type.WORKDAY, "照常上班"),
    (Type.WEEKEND, "照常周末"),
]
FOLLOWS = [("", "还不知道按周几"), *((number, f"按周{name}的课表") for number, name in enumerate("一二三四五"))]
DATE = {"required": "请写日期。", "invalid": "日期写成 2027-03-01 这样。"}
NO_TEXT = "这个文件读不出文字。请把通知的文字复制贴在上面，或者另存为纯文本（.txt）再选。"
LARGEST = 200_000  # bytes; a notice has about five thousand
YEARS = (2018, 2100)
MEANWHILE = "{} 年的通知刚刚有人导入了，看看是不是一样的。"
OVERLAP = "和这级学校已有的一段重叠了，请先删掉那一段，或者改日期。"


class DayField(forms.DateField):
    """A day as the browser lets it be chosen; one of another age is a slip of the keyboard."""

    def __init__(self, **said):
        super().__init__(**{"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **said})

    def to_python(self, value):
        """The day. Raises ValidationError as for what is none."""
        day = super().to_python(value)
        if day and day_in(f"{day}") is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class StretchForm(forms.Form):
    """A form with the first and the last day of something, in order."""

    starts_on = DayField(label="第一天", error_messages=DATE)
    ends_on = DayField(label="最后一天", error_messages=DATE)

    def clean(self) -> dict:
        """Both days in order."""
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "最后一天要在第一天之后。")
        return data


class DayForm(forms.Form):
    """One day by hand."""

    date = DayField(label="哪天", error_messages=DATE)
    day_type = forms.ChoiceField(label="这天", choices=DAY_TYPES)
    where = forms.ChoiceField(label="哪里", choices=[("here", "只有本社区"), ("all", "所有社区")])
    name = forms.CharField(label="原因或名称", max_length=40, required=False, help_text="例如 暴雨停课")

    def said(self, here: Community) -> DaySaid:
        """The form as the action takes it."""
        data = self.cleaned_data
        return DaySaid(
            date=data["date"],
            day_type=data["day_type"],
            name=data["name"].strip(),
            community=here if data["where"] == "here" else None,
        )


class FollowsForm(forms.Form):
    """Whose timetable schools run on a make-up day."""

    follows = forms.TypedChoiceField(choices=FOLLOWS, coerce=int, empty_value=None, required=False)


class SchoolTermForm(StretchForm):
    """Weeks of term or of a break."""

    level = forms.ChoiceField(label="学校", choices=SchoolLevel)
    kind = forms.ChoiceField(label="什么时候", choices=SchoolTerm.Kind)
    official = forms.TypedChoiceField(
        label="哪里来的",
        choices=[("1", "教育局公布的"), ("0", "先估计的")],
        coerce=lambda value: value == "1",
    )
    field_order = ["level", "kind", "starts_on", "ends_on", "official"]


class NoticeForm(forms.Form):
    """A notice as pasted, or as a file."""

    text = forms.CharField(
        label="放假通知",
        max_length=60_000,
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 12, "placeholder": "一、元旦：1月1日（周五）至3日（周日）放假，共3天。……"}
        ),
        help_text="把国务院办公厅的通知整段贴进来，或者贴 JSON",
    )
    file = forms.FileField(
        label="或者选文件",
        required=False,
        help_text="纯文本或 JSON；Word 文件请把文字复制过来",
        widget=forms.FileInput(attrs={"accept": ".txt,.json,text/plain,application/json"}),
        error_messages={"empty": NO_TEXT},
    )
    year = forms.IntegerField(
        label="哪一年",
        required=False,
        min_value=YEARS[0],
        max_value=YEARS[1],
        help_text="通知里写了年份就不用填",
        error_messages={
            "invalid": "年份写成 2027 这样。",
            "min_value": "年份写成 2027 这样。",
            "max_value": "年份写成 2027 这样。",
        },
    )

    def clean_file(self) -> str:
        """The text of the file. Raises ValidationError for what has none."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        content = file.read(LARGEST + 1)
        try:
            if len(content) > LARGEST or is_workbook(content):
                raise UnreadableFile
            return decode(content)
        except UnreadableFile as error:
            raise forms.ValidationError(NO_TEXT) from error

    def said(self) -> str:
        """The notice; a file goes before what stands in the box."""
        return self.cleaned_data["file"] or self.cleaned_data["text"]
