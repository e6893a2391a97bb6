"""The first step of a first run."""

import re

from django import forms

ROOM = re.compile(r"^(?P<name>.+?)(?:[\s,，、]+(?P<seats>\d{1,3})\s*(?:个|座|人|位)?\S*)?$")


class PlaceForm(forms.Form):
    """The community, its phone, and its rooms one a line: 智慧教室 24."""

    name = forms.CharField(label="社区", max_length=40, error_messages={"required": "请写社区的名字。"})
    help_phone = forms.CharField(label="社区电话", max_length=30, required=False, help_text="居民不会填的时候打这个号")
    rooms = forms.CharField(
        label="教室",
        max_length=1000,
        help_text="一行一间，后面写几个座位，例如：智慧教室 24",
        error_messages={"required": "至少写一间教室。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_rooms(self) -> list[tuple[str, int | None]]:
        """Names with seats."""
        lines = [line.strip() for line in self.cleaned_data["rooms"].splitlines() if line.strip()]
        found = [ROOM.match(line) for line in lines]
        rooms = [(one["name"].strip()[:40], int(one["seats"]) if one["seats"] else None) for one in found if one]
        if any(seats == 0 for _, seats in rooms):
            raise forms.ValidationError("座位至少写 1 个，不知道就空着。")
        return rooms
