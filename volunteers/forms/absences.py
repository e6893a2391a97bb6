"""The form of exam weeks and holidays."""

from django import forms

from classes.forms.days import StretchForm
from volunteers.models import Absence, Organisation

ALREADY_SAID = "这几天已经记过了。"


class CalendarForm(StretchForm):
    """Why and when a club cannot come; whose it is, its secret link says."""

    kind = forms.ChoiceField(label="为什么", choices=Absence.Kind)
    field_order = ["kind", "starts_on", "ends_on"]


class AbsenceForm(CalendarForm):
    """Whose members cannot come, why and when."""

    organisation = forms.ModelChoiceField(
        label="哪个组织",
        queryset=Organisation.objects.all(),
        empty_label="请选",
        error_messages={"required": "请选一个组织。", "invalid_choice": "请选一个组织。"},
    )
    field_order = ["organisation", "kind", "starts_on", "ends_on"]
