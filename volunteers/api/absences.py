"""考试周和放假: days on which nobody of an organisation can come."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from people.api import ORGANISER, REFUSED, Paging, cut, filled, one_of, refuse_field
from volunteers.actions import absences as actions
from volunteers.forms.absences import ALREADY_SAID, AbsenceForm
from volunteers.models import Absence, Organisation
from volunteers.queries import absences as queries

router = Router(tags=["组织"])


class OrganisationOut(Schema):
    """An organisation that volunteers belong to."""

    id: int
    name: str


class Organisations(Schema):
    """A part of the list."""

    count: int
    items: list[OrganisationOut]


class AbsenceIn(Schema):
    """Days on which nobody of it can come; both belong to it."""

    organisation: int = Field(description="组织编号")
    kind: one_of(Absence.Kind)
    starts_on: date
    ends_on: date


class AbsenceOut(AbsenceIn):
    """The same with its number."""

    id: int
    organisation_name: str

    @staticmethod
    def resolve_organisation(absence: Absence) -> int:
        return absence.organisation_id

    @staticmethod
    def resolve_organisation_name(absence: Absence) -> str:
        return absence.organisation.name


class RowOut(Schema):
    """One absence, and what is on its days."""

    absence: AbsenceOut
    members: int = Field(description="几位志愿者在岗")
    places: int = Field(description="这几天已经排了他们几个名额")


class Rows(Schema):
    """A part of the list."""

    count: int
    items: list[RowOut]


@router.get("/organisations", response={200: Organisations, **REFUSED}, auth=ORGANISER, summary="社会组织")
def organisations(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All organisations."""
    return cut(Organisation.objects.order_by("id"), paging)


@router.get("/absences", response={200: Rows, **REFUSED}, auth=ORGANISER, summary="考试周和放假")
def absences(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Those that are not over."""
    return cut(queries.rows(since=timezone.localdate()), paging)


@router.post("/absences", response={201: AbsenceOut, **REFUSED}, auth=ORGANISER, summary="写考试周或放假")
def absence_add(request: HttpRequest, body: AbsenceIn) -> Any:
    """Nobody of it is proposed on these days; what is agreed stays agreed."""
    form = filled(AbsenceForm(body.dict()))
    try:
        made = actions.set_absence(**form.cleaned_data, now=timezone.now(), actor=request.user)
    except actions.AlreadySaid:
        refuse_field("starts_on", ALREADY_SAID)
    return Status(201, made)


@router.delete("/absences/{pk}", response={204: None, **REFUSED}, auth=ORGANISER, summary="他们来得了")
def absence_remove(request: HttpRequest, pk: int) -> Any:
    """They can come after all."""
    absence = get_object_or_404(Absence.objects.select_related("organisation"), pk=pk)
    actions.remove_absence(absence=absence, now=timezone.now(), actor=request.user)
    return Status(204, None)
