"""The form of exam weeks and holidays."""

from django import forms

from volunteers.models import Absence, Organisation

DATE = {"required": "请写日期。", "invalid": "日期写成 2027-01-04 这样。"}


def date_field(label: str) -> forms.DateField:
    """A day as the browser lets it be chosen."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=DATE)


class AbsenceForm(forms.Form):
    """Whose members cannot come, why and when."""

    organisation = forms.ModelChoiceField(
        label="哪个组织",
        queryset=Organisation.objects.all(),
        empty_label="请选",
        error_messages={"required": "请选一个组织。", "invalid_choice": "请选一个组织。"},
    )
    kind = forms.ChoiceField(label="为什么", choices=Absence.Kind)
    starts_on = date_field("第一天")
    ends_on = date_field("最后一天")

    def clean(self) -> dict:
        """Both days in order."""
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "最后一天要在第一天之后。")
        return data
