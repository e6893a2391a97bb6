"""Forms of the pages about rooms."""

from datetime import datetime, time

from django import forms
from django.utils import timezone

from classes.actions.rooms import RoomFacts
from classes.forms.days import DayField
from classes.models import Room
from people.workbooks.availability import read_availability
from people.workbooks.clocks import read_span
from people.workbooks.equipment import KINDS, beyond_kinds, read_equipment

LIFT = [("", "不知道"), ("yes", "有"), ("no", "没有")]


class RoomForm(forms.Form):
    """What a room is like, and when it may be used."""

    name = forms.CharField(label="教室", max_length=40, error_messages={"required": "请写教室的名字。"})
    seats = forms.IntegerField(
        label="座位", min_value=1, max_value=500, required=False, error_messages={"min_value": "座位至少 1 个。"}
    )
    floor = forms.IntegerField(label="楼层", min_value=-3, max_value=60, required=False, help_text="地下一层写 -1")
    has_lift = forms.ChoiceField(label="电梯", choices=LIFT, required=False)
    equipment = forms.MultipleChoiceField(
        label="设备",
        choices=[(kind, kind) for kind in KINDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有“%(value)s”这一样，写在“别的设备”里。"},
    )
    more_equipment = forms.CharField(
        label="别的设备", max_length=60, required=False, help_text="例如 缝纫机；坏了的不要勾，可以写 投影坏了"
    )
    open_text = forms.CharField(
        label="能用的时间", max_length=80, required=False, help_text="例如 周一至周五 8:00-18:00；不写就是随时能用"
    )
    gap_minutes = forms.IntegerField(
        label="两场之间留几分钟", min_value=0, max_value=120, required=False, help_text="摆桌子、打扫用"
    )

    def clean_open_text(self) -> str:
        """The hours as they can be kept; the windows are read along."""
        said = self.cleaned_data["open_text"].strip()
        self.windows = []
        if said:
            read = read_availability(said, year=timezone.localdate().year)
            self.windows = [[window.weekday, window.starts, window.ends] for window in read.windows]
            if not self.windows:
                raise forms.ValidationError("没看懂时间。写成 周一至周五 8:00-18:00 这样。")
        return said

    def facts(self) -> RoomFacts:
        """The form as the actions take it."""
        data = self.cleaned_data
        return RoomFacts(
            name=data["name"].strip(),
            seats=data["seats"],
            floor=data["floor"],
            has_lift={"yes": True, "no": False}.get(data["has_lift"]),
            equipment="、".join(filter(None, [*data["equipment"], data["more_equipment"].strip()])),
            open_text=data["open_text"],
            open_windows=self.windows,
            gap_minutes=data["gap_minutes"] or 0,
        )


def initial_of(room: Room) -> dict:
    """A room as the form shows it."""
    names = ("name", "seats", "floor", "open_text", "gap_minutes")
    return {name: getattr(room, name) for name in names} | {
        "has_lift": {True: "yes", False: "no", None: ""}[room.has_lift],
        **equipment_of(room.equipment),
    }


def equipment_of(said: str) -> dict:
    """Equipment as people write it, in the two fields of the form."""
    known = [one for one in read_equipment(said) if one in KINDS]
    return {"equipment": known, "more_equipment": beyond_kinds(said)}


class BookingForm(forms.Form):
    """Somebody else has the room on a day."""

    who = forms.CharField(label="谁用", max_length=40, error_messages={"required": "请写谁用，例如 街道开会。"})
    on_date = DayField(
        label="哪天",
        error_messages={"required": "请写哪天。", "invalid": "日期写成 2026-09-13 这样。"},
    )
    time = forms.CharField(
        label="几点到几点", max_length=30, help_text="例如 9:00-12:00", error_messages={"required": "请写几点到几点。"}
    )

    def clean_time(self) -> tuple[time, time]:
        """Both ends."""
        span = read_span(self.cleaned_data["time"])
        if span is None or span[0] >= span[1]:
            raise forms.ValidationError("没看懂时间。写成 9:00-12:00 这样。")
        return time.fromisoformat(span[0]), time.fromisoformat(span[1])

    def period(self) -> tuple[datetime, datetime]:
        """Both moments."""
        zone = timezone.get_current_timezone()
        day = self.cleaned_data["on_date"]
        return tuple(datetime.combine(day, clock, zone) for clock in self.cleaned_data["time"])
