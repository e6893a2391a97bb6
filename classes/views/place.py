"""Which community and term a desk page is about."""

from django.http import HttpRequest
from django.utils import timezone

from classes.models import Community, Term
from classes.queries import places
from classes.queries.term import term_chosen

SESSION_KEY = "community"


def community_of(request: HttpRequest) -> Community | None:
    """`?community=ID`, else the one of last time, else the first; None while there is none."""
    return places.chosen(
        places.communities(), asked=request.GET.get("community"), remembered=request.session.get(SESSION_KEY)
    )


def term_of(request: HttpRequest) -> tuple[list[Term], Term | None]:
    """`?term=ID`, else the running or latest one."""
    return term_chosen(request.GET.get("term"), timezone.localdate())
