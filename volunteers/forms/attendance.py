"""What is typed about coming and hours: the wall's code, other times, corrections, reasons."""

from datetime import datetime

from django import forms
from django.utils import timezone

from volunteers.models import CheckIn

FOUR_DIGITS = r"^[0-9]{4}$"
DIGITS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}


class WallForm(forms.Form):
    """The last four digits of one's number, and the code on the wall."""

    tail = forms.RegexField(
        FOUR_DIGITS,
        label="手机号后四位",
        error_messages={"required": "请填手机号最后四位数字", "invalid": "要四位数字"},
        widget=forms.TextInput(attrs=DIGITS),
    )
    code = forms.RegexField(
        FOUR_DIGITS,
        label="墙上的码",
        help_text="门口那张纸上的四位大数字",
        error_messages={"required": "请填墙上的四位数字", "invalid": "要四位数字"},
        widget=forms.TextInput(attrs=DIGITS),
    )


class TimesForm(forms.Form):
    """When somebody came and left, where that was not as planned."""

    arrived = forms.TimeField(label="到", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    left = forms.TimeField(label="离开", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    reason = forms.CharField(label="为什么", max_length=120, error_messages={"required": "请写一句为什么和课表不一样"})

    def moments(self, checkin: CheckIn) -> dict[str, datetime]:
        """The times as moments of the day of the visit."""
        return {
            f"{name}_at": timezone.make_aware(datetime.combine(checkin.on_date, self.cleaned_data[name]))
            for name in ("arrived", "left")
        }


class CorrectionForm(forms.Form):
    """How many minutes a visit really counts."""

    minutes = forms.IntegerField(
        label="应为多少分钟",
        min_value=0,
        max_value=720,
        error_messages={
            "required": "请填分钟数",
            "min_value": "不能少于 0 分钟",
            "max_value": "一次最多 720 分钟",
            "invalid": "请填整数分钟",
        },
    )
    reason = forms.CharField(label="为什么更正", max_length=120, error_messages={"required": "请写一句为什么更正"})


class ReasonForm(forms.Form):
    """Why a certificate is not issued, or no longer holds."""

    reason = forms.CharField(label="为什么", max_length=120, error_messages={"required": "请写一句为什么"})
