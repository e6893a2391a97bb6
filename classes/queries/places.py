"""Communities with something going on, and the one a page is about."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from classes.models import Community, Learner, Series


def communities() -> QuerySet[Community]:
    """All communities in the order they came, each with `in_use`: it has a class or a learner.

    One that only a preview or a slip of the pen made is not in use.
    """
    has_class = Exists(Series.objects.filter(community=OuterRef("pk")))
    has_learner = Exists(Learner.objects.filter(community=OuterRef("pk")))
    return Community.objects.annotate(in_use=has_class | has_learner).order_by("id")


def chosen(known: Iterable[Community], *, asked: object, remembered: object) -> Community | None:
    """The one asked for, else the one of last time, else the first; an empty one only when asked for.

    `known` comes from communities(). None while there is none at all.
    """
    known = list(known)
    busy = [one for one in known if getattr(one, "in_use", True)] or known
    said = [one for one in known if str(one.pk) == str(asked)]
    last = [one for one in busy if str(one.pk) == str(remembered)]
    return next(iter([*said, *last, *busy]), None)
