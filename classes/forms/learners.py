"""Forms of the page 学员."""

from collections.abc import Iterable
from datetime import date

from django import forms

from classes.forms.days import DayField
from classes.forms.term import WEEKDAYS
from classes.models import Grid, Series
from classes.recurrence import in_words
from people.workbooks.phones import read_phone

LEVELS = [("", "不清楚"), ("0", "零基础"), ("1", "会打电话、会一点"), ("2", "会微信、能看视频"), ("3", "基本会用")]


def phone_of(text: str, *, required: bool) -> str:
    """A mobile or landline number, however it was typed."""
    phone = read_phone(text)
    if phone.kind == "none" and (phone.reason or required):
        raise forms.ValidationError(phone.reason or "请写电话。")
    return phone.number


class PlacedForm(forms.Form):
    """Whoever is entered may be put on a class of the term at once; `offered` are the classes to choose from."""

    series = forms.TypedChoiceField(
        label="哪个班",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="还没定就先空着，以后再选",
        error_messages={"invalid_choice": "没有这个班，请重新选。"},
    )

    def __init__(self, *args, offered: Iterable[Series] = (), **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(one.pk, f"{one}，{says_when(one)}") for one in offered]
        self.fields["series"].choices = [("", "先不选"), *choices]
        if not choices:
            del self.fields["series"]


def says_when(series: Series) -> str:
    """双周周三 09:30"""
    return f"{in_words(series, sorted(day.weekday for day in series.days.all()))} {series.starts:%H:%M}"


class SeniorForm(PlacedForm):
    """A senior at the desk. A phone is welcome, not needed."""

    field_order = ["name", "phone", "birth_year", "grid", "level", "wishes", "series"]

    grid = forms.TypedChoiceField(
        label="网格",
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "没有这个网格，请重新选。"},
    )

    name = forms.CharField(label="姓名", min_length=2, max_length=50, error_messages={"required": "请写姓名。"})
    phone = forms.CharField(label="电话", max_length=30, required=False, help_text="手机、座机、家人的都行")
    birth_year = forms.IntegerField(
        label="出生年", required=False, min_value=1915, max_value=1985, help_text="例如 1952"
    )
    level = forms.TypedChoiceField(label="会到什么程度", choices=LEVELS, coerce=int, empty_value=None, required=False)
    wishes = forms.CharField(label="想学什么", max_length=80, required=False)

    def __init__(self, *args, grids: Iterable[Grid] = (), **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(one.pk, str(one)) for one in grids]
        self.fields["grid"].choices = [("", "不清楚"), *choices]
        if not choices:
            del self.fields["grid"]

    def clean_phone(self) -> str:
        """Normalised, or a sentence."""
        return phone_of(self.cleaned_data["phone"], required=False)

    def clean(self) -> dict:
        """What a level is called follows it, as long as nobody wrote it in other words."""
        data = super().clean()
        level = data.get("level")
        data["level_text"] = dict(LEVELS).get(str(level), "") if level is not None else ""
        return data


class ChildForm(PlacedForm):
    """A child at the desk with one guardian."""

    field_order = ["name", "birth_year", "guardian_name", "guardian_phone", "series", "days_wanted", "consent_on"]

    name = forms.CharField(label="孩子姓名", min_length=2, max_length=50, error_messages={"required": "请写姓名。"})
    birth_year = forms.IntegerField(
        label="出生年", min_value=2005, max_value=2026, required=False, help_text="不写就按 8 岁以下配人"
    )
    guardian_name = forms.CharField(label="监护人", max_length=50, error_messages={"required": "请写监护人姓名。"})
    guardian_phone = forms.CharField(
        label="监护人电话", max_length=30, error_messages={"required": "请写监护人电话，有事要找得到人。"}
    )
    days_wanted = forms.TypedMultipleChoiceField(
        label="哪几天来",
        choices=WEEKDAYS[:5],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="还没说就先空着",
    )
    consent_on = DayField(
        label="监护人签字日期",
        required=False,
        help_text="没签就空着，签了才能入班",
        error_messages={"invalid": "日期写成 2026-11-24 这样。"},
    )

    def clean_guardian_phone(self) -> str:
        """Normalised, or a sentence."""
        return phone_of(self.cleaned_data["guardian_phone"], required=True)

    def clean_days_wanted(self) -> list[int] | None:
        """Nothing ticked means nobody has said."""
        return self.cleaned_data["days_wanted"] or None


class ConsentForm(forms.Form):
    """When the guardian signed."""

    signed_on = DayField(
        label="签字日期",
        error_messages={"required": "请写签字日期。", "invalid": "日期写成 2026-11-24 这样。"},
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_signed_on(self) -> date:
        """Nobody signs tomorrow."""
        signed = self.cleaned_data["signed_on"]
        if signed > self.today:
            raise forms.ValidationError("签字日期不能晚于今天。")
        return signed


class EnrolForm(forms.Form):
    """Which class, and on which of its days."""

    series = forms.IntegerField(error_messages={"required": "请选一个班。"})
    weekdays = forms.TypedMultipleChoiceField(choices=WEEKDAYS, coerce=int, required=False)


PARTS = (
    ("上午", "08:00", "12:00"),
    ("下午", "12:00", "17:30"),
    ("放学后", "16:00", "19:00"),
    ("晚上", "18:30", "21:00"),
)
"""Parts of a day as people say them; those that touch or overlap are one time."""


class TimesForm(forms.Form):
    """When a learner can come: parts of days; nothing ticked means nobody has said."""

    free = forms.MultipleChoiceField(
        choices=[(f"{day}-{part}", "") for day in range(7) for part in range(len(PARTS))], required=False
    )

    def windows(self) -> list[list[int | str]] | None:
        """[[weekday, "HH:MM", "HH:MM"], …] in order, or None."""
        chosen = sorted(tuple(map(int, value.split("-"))) for value in self.cleaned_data["free"])
        return [[day, *PARTS[part][1:]] for day, part in chosen] or None


def ticks(windows: list | None) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The rows of the form: weekday, then value, name and whether it is ticked."""
    said = {tuple(window) for window in windows or ()}
    return [
        (name, [(f"{day}-{n}", word, (day, opens, closes) in said) for n, (word, opens, closes) in enumerate(PARTS)])
        for day, name in WEEKDAYS
    ]
