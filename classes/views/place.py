"""Which community and term a desk page is about."""

from django.http import HttpRequest
from django.utils import timezone

from classes.models import Community, Term
from classes.queries.term import term_chosen

SESSION_KEY = "community"


def community_of(request: HttpRequest) -> Community | None:
    """`?community=ID`, else the one of last time, else the first; None while there is none."""
    asked = request.GET.get("community") or request.session.get(SESSION_KEY)
    communities = list(Community.objects.order_by("id"))
    chosen = next((one for one in communities if str(one.pk) == str(asked)), None)
    return chosen or next(iter(communities), None)


def term_of(request: HttpRequest) -> tuple[list[Term], Term | None]:
    """`?term=ID`, else the running or latest one."""
    return term_chosen(request.GET.get("term"), timezone.localdate())
