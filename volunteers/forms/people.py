"""Forms of the volunteer pages: they read what was typed; the rules live in the actions."""

from datetime import date, timedelta

from django import forms

from classes.forms.days import DayField
from people.models import Person
from people.workbooks.phones import read_phone
from volunteers.models import Clearance, Volunteer

PROGRAMMES = [("senior", "教老人用手机"), ("child", "陪孩子写作业"), ("desk", "手机门诊答疑")]


class VolunteerForm(forms.Form):
    """The basics of a volunteer, to add or to change."""

    name = forms.CharField(label="姓名", min_length=2, max_length=50, error_messages={"required": "请写姓名。"})
    mobile = forms.CharField(label="手机号", max_length=30, error_messages={"required": "请写手机号，通知要用。"})
    reach = forms.ChoiceField(label="怎么通知", choices=Person.Reach.choices, required=False)
    email = forms.EmailField(
        label="邮箱",
        required=False,
        help_text="可以不填；填了，没有短信时通知发到这里",
        error_messages={"invalid": "邮箱写成 name@example.com 这样。"},
    )
    programmes = forms.MultipleChoiceField(
        label="愿意参加", choices=PROGRAMMES, required=False, widget=forms.CheckboxSelectMultiple
    )
    organisation = forms.CharField(label="单位/学校/组织", max_length=60, required=False)
    occupation = forms.ChoiceField(label="身份", choices=Volunteer.Occupation.choices, required=False)
    max_per_week = forms.IntegerField(label="每周最多几次", min_value=1, max_value=14, required=False)
    gender = forms.ChoiceField(label="性别", choices=Person.Gender.choices, required=False)
    birth_year = forms.IntegerField(label="出生年", min_value=1920, max_value=2020, required=False)
    experienced = forms.BooleanField(label="以前来帮过忙", required=False)
    dialect = forms.BooleanField(label="会说关中话", required=False)

    def clean_mobile(self) -> str:
        """An 11-digit mobile number, however it was typed."""
        phone = read_phone(self.cleaned_data["mobile"])
        if phone.kind != "mobile":
            raise forms.ValidationError(phone.reason or "志愿者要用手机号，座机收不到通知。")
        return phone.number


class TrainingForm(forms.Form):
    """A training: what, when, and until when it counts."""

    what = forms.CharField(label="学了什么", max_length=40, error_messages={"required": "请写学了什么。"})
    on_date = DayField(label="哪天", error_messages={"required": "请写哪天。", "invalid": "日期写成 2026-11-24 这样。"})
    valid_until = DayField(label="有效到", required=False, help_text="一直有效就空着")

    def clean(self) -> dict:
        """The end comes after the day."""
        data = super().clean()
        if data.get("valid_until") and data.get("on_date") and data["valid_until"] < data["on_date"]:
            self.add_error("valid_until", "有效期要在培训那天之后。")
        return data


class PauseForm(forms.Form):
    """Until when; no day means until somebody resumes."""

    until = DayField(required=False, error_messages={"invalid": "日期写成 2026-11-24 这样。"})


class ClearanceForm(forms.Form):
    """The result of a background check and when it was made."""

    result = forms.ChoiceField(label="结果", choices=Clearance.Result.choices, widget=forms.RadioSelect)
    checked_on = DayField(
        label="查询日期",
        error_messages={"required": "请写查询日期。", "invalid": "日期写成 2026-11-24 这样。"},
    )
    valid_until = DayField(
        label="有效期至",
        required=False,
        help_text="最长 12 个月，不写就按 12 个月算",
        error_messages={"invalid": "日期写成 2027-11-23 这样。"},
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_checked_on(self) -> date:
        """A day that has been."""
        day = self.cleaned_data["checked_on"]
        if day > self.today:
            raise forms.ValidationError("查询日期在今天之后，请核对。")
        return day

    def clean(self) -> dict:
        """A clear result without an end counts for a year."""
        data = super().clean()
        if data.get("result") == Clearance.Result.CLEAR and data.get("checked_on"):
            checked_on = data["checked_on"]
            data["valid_until"] = data.get("valid_until") or checked_on + timedelta(days=365)
            if data["valid_until"] <= checked_on:
                self.add_error("valid_until", "有效期要晚于查询日期。")
        return data


class NoteForm(forms.Form):
    """Words about a person."""

    text = forms.CharField(label="备注", max_length=500, error_messages={"required": "还没有写内容。"})
