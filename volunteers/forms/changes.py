"""Forms of the pages on which sessions are changed."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.utils import timezone

from classes.actions.changing import say_when
from classes.actions.moving import ALL, FOLLOWING, ONE, Edit
from classes.forms.days import DayField
from classes.forms.term import SeriesForm
from classes.models import Lesson, Room, Session
from people.workbooks.clocks import read_span

SCOPES = [(ONE, "只改这一场"), (FOLLOWING, "这一场和以后的"), (ALL, "还没上的都改")]
REVIEW = "review"


class ReasonForm(forms.Form):
    """Why sessions are called off: it stands in the notes and, for everybody, among what is open."""

    reason = forms.CharField(
        label="原因",
        max_length=120,
        help_text="写在通知里，报名页上人人看得到，例如 暴雨红色预警",
        error_messages={"required": "请写原因，通知里会告诉大家。"},
    )


class OptionalReasonForm(forms.Form):
    """The same where it may stay empty."""

    reason = forms.CharField(label="原因", max_length=120, required=False, help_text="写在通知里，可以不写")


class ClosingForm(forms.Form):
    """From which day to which a venue is shut, and why."""

    first = DayField(
        label="第一天",
        error_messages={"required": "请写第一天。", "invalid": "日期写成 2026-09-13 这样。"},
    )
    last = DayField(
        label="最后一天",
        help_text="只停一天就写同一天",
        error_messages={"required": "请写最后一天。", "invalid": "日期写成 2026-09-13 这样。"},
    )
    reason = forms.CharField(
        label="原因",
        max_length=120,
        help_text="写在通知里，报名页上人人看得到，例如 消防检查、装修",
        error_messages={"required": "请写原因，通知里会告诉大家。"},
    )

    def clean(self) -> dict:
        """Days in order."""
        data = super().clean()
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", "最后一天要在第一天之后。")
        return data


class PlaceForm(forms.Form):
    """Another day, time or room, filled in with what is."""

    on_date = DayField(
        label="日期",
        error_messages={"required": "请写日期。", "invalid": "日期写成 2026-09-13 这样。"},
    )
    time = forms.CharField(
        label="时间", max_length=30, help_text="例如 9:30-11:00", error_messages={"required": "请写几点到几点。"}
    )
    room = forms.ModelChoiceField(Room.objects.none(), label="教室", required=False, empty_label="没定")
    anyway = forms.BooleanField(label="放假、停课的日子也照开", required=False)

    def __init__(self, *args, session: Session, **kwargs):
        self.session = session
        starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
        initial = {"on_date": session.on_date, "time": f"{starts:%H:%M}-{ends:%H:%M}", "room": session.room_id}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["room"].queryset = Room.objects.filter(venue__community=session.community_id).order_by("id")
        self.fields["room"].label_from_instance = self.named

    def named(self, room: Room) -> str:
        """A room with what speaks against it: 阅览室（没有投影）."""
        lacking = room.lacks(self.session.needs)
        against = [f"没有{'、'.join(lacking)}"] if lacking else []
        against += ["有人坐轮椅，上不去"] if self.session.step_free and not room.step_free else []
        return f"{room}（{'；'.join(against)}）" if against else str(room)

    def clean_time(self) -> tuple[time, time]:
        """Both ends."""
        span = read_span(self.cleaned_data["time"])
        if span is None or span[0] >= span[1]:
            raise forms.ValidationError("没看懂时间。写成 9:30-11:00 这样，下课要晚于上课。")
        return time.fromisoformat(span[0]), time.fromisoformat(span[1])

    def edit(self) -> Edit:
        """What differs from how it is, as the actions take it."""
        data, session = self.cleaned_data, self.session
        starts, ends = data["time"]
        is_other_time = (starts, ends) != clocks(session)
        return Edit(
            days=(data["on_date"] - session.on_date).days,
            starts=starts if is_other_time else None,
            ends=ends if is_other_time else None,
            changes_room=data["room"] != session.room,
            room=data["room"],
            anyway=data["anyway"],
        )


def clocks(session: Session) -> tuple[time, time]:
    """Both ends of the session on a clock."""
    return tuple(timezone.localtime(moment).time() for moment in (session.starts_at, session.ends_at))


class MoveForm(PlaceForm):
    """For this session, it and the following, or all that have not begun."""

    scope = forms.ChoiceField(label="改哪些", choices=SCOPES, initial=ONE, widget=forms.RadioSelect)
    reason = OptionalReasonForm.base_fields["reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scope"].initial = ONE
        if self.session.split_from_id:
            del self.fields["scope"]


class SplitForm(PlaceForm):
    """Who comes to the second session, and when and where that is."""

    enrolments = forms.TypedMultipleChoiceField(
        label="谁去另一场",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选几位去另一场。"},
    )
    reason = OptionalReasonForm.base_fields["reason"]
    field_order = ["enrolments", "on_date", "time", "room", "anyway", "reason"]

    def __init__(self, *args, learners: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["enrolments"].choices = learners
        # The later half: whoever came first stays.
        self.fields["enrolments"].initial = [pk for pk, _ in learners[(len(learners) + 1) // 2 :]]
        starts, ends = clocks(self.session)
        after = later(self.session.on_date, ends, minutes=15)
        until = later(self.session.on_date, ends, minutes=15 + minutes_between(starts, ends))
        if after and until:
            self.initial["time"] = f"{after:%H:%M}-{until:%H:%M}"


def later(day: date, clock: time, *, minutes: int) -> time | None:
    """The clock so many minutes later, or nothing after 21:00."""
    moment = datetime.combine(day, clock) + timedelta(minutes=minutes)
    return moment.time() if moment.date() == day and moment.time() <= time(21) else None


def minutes_between(starts: time, ends: time) -> int:
    """Minutes from one clock to another."""
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


class OtherForm(forms.Form):
    """Which other session: to swap rooms with, or to merge into."""

    other = forms.TypedChoiceField(
        label="哪一场",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一场。", "invalid_choice": "这一场不能选，请重新选一场。"},
    )
    reason = OptionalReasonForm.base_fields["reason"]

    def __init__(self, *args, others: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = others


class LessonForm(forms.Form):
    """Which lesson instead."""

    lesson = forms.ChoiceField(
        label="改教什么", error_messages={"required": "请选一课。", "invalid_choice": "没有这一课，请重新选。"}
    )
    reason = OptionalReasonForm.base_fields["reason"]

    def __init__(self, *args, session: Session, **kwargs):
        super().__init__(*args, **kwargs)
        known = [(lesson.code, str(lesson)) for lesson in Lesson.objects.order_by("code")]
        self.fields["lesson"].choices = [("", "选一课"), (REVIEW, "复习课"), *known]

    def clean_lesson(self) -> Lesson | None:
        """The lesson, or None for a review."""
        code = self.cleaned_data["lesson"]
        return None if code == REVIEW else Lesson.objects.get(code=code)


class SeriesChangeForm(SeriesForm):
    """A class, and which of its sessions to come an other time or room is for."""

    CHANGE = ("scope", "session", "reason")

    scope = forms.ChoiceField(
        label="时间、教室改哪些", choices=SCOPES[::-1], initial=ALL, required=False, widget=forms.RadioSelect
    )
    session = forms.TypedChoiceField(
        label="哪一场",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="只改一场，或者从这一场起",
        error_messages={"invalid_choice": "这一场已经开始或者停了，请重新选。"},
    )
    reason = OptionalReasonForm.base_fields["reason"]

    def __init__(self, *args, coming: list[Session], **kwargs):
        super().__init__(*args, **kwargs)
        self.coming = {one.pk: one for one in coming}
        if not coming:
            for name in self.CHANGE:
                del self.fields[name]
            return
        self.fields["session"].choices = [(one.pk, say_when(one.starts_at, one.ends_at)) for one in coming]

    def main(self) -> list:
        """The fields that every class fills in."""
        return [field for field in super().main() if field.name not in self.CHANGE]

    def about_sessions(self) -> list:
        """The fields about sessions to come."""
        return [self[name] for name in self.CHANGE if name in self.fields]

    def chosen(self) -> Session | None:
        """The session that it is about, or that it begins with: the next one where none is chosen."""
        return self.coming.get(self.cleaned_data.get("session")) or next(iter(self.coming.values()), None)
