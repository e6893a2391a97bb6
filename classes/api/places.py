"""Communities."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from classes.models import Community
from classes.queries import places
from people.api import REFUSED, Paging, cut

router = Router(tags=["社区和教室"])


def community_of(pk: int) -> Community:
    """The community that is asked for. Raises Http404."""
    return get_object_or_404(Community, pk=pk)


class CommunityOut(Schema):
    """A community."""

    id: int
    name: str
    street: str


class Communities(Schema):
    """A part of the list."""

    count: int
    items: list[CommunityOut]


@router.get("/communities", response={200: Communities, **REFUSED}, summary="社区")
def communities(request: HttpRequest, paging: Query[Paging]) -> Any:
    """All communities."""
    return cut(places.communities(), paging)
