"""The form of a community's timings for finding substitutes."""

from django import forms

from people.models import User
from volunteers.models import SubstitutePlan

ORGANISERS = (User.Role.MANAGER, User.Role.ORGANISER)
RANGES = {
    "within_days": (0, 60),
    "first_wave": (1, 20),
    "next_wave": (1, 20),
    "enough_silent": (0, 20),
    "far_hours": (1, 1000),
    "near_hours": (1, 1000),
    "wait_far": (5, 2880),
    "wait_middle": (5, 2880),
    "wait_near": (5, 2880),
    "asks_a_week": (1, 50),
    "alarm_hours": (1, 336),
    "deputy_minutes": (0, 2880),
}


class SubstitutePlanForm(forms.ModelForm):
    """Every number with its bounds said in words; the database has the last word."""

    class Meta:
        model = SubstitutePlan
        fields = ["starts_itself", *RANGES, "in_charge", "deputy"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (least, most) in RANGES.items():
            said = f"请填 {least} 到 {most} 的整数。"
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                min_value=least,
                max_value=most,
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), said),
            )
        staff = User.objects.filter(is_active=True, role__in=ORGANISERS).order_by("pk")
        for name in ("in_charge", "deputy"):
            self.fields[name].queryset = staff
            self.fields[name].empty_label = "所有社工和站长"
            self.fields[name].label_from_instance = lambda user: user.get_full_name() or user.username

    def groups(self):
        """The fields as the page shows them: heading and fields."""
        rows = {
            "什么时候开始找": ["starts_itself", "within_days"],
            "一批问几位": ["first_wave", "next_wave", "enough_silent", "asks_a_week"],
            "每批等多久": ["far_hours", "wait_far", "wait_middle", "near_hours", "wait_near"],
            "孩子的课大人不够": ["alarm_hours", "in_charge", "deputy_minutes", "deputy"],
        }
        return [(title, [self[name] for name in names]) for title, names in rows.items()]
