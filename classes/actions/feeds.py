"""Secret addresses of calendar feeds: given and taken back."""

from datetime import datetime

from django.db import IntegrityError, transaction

from classes.models import Community, Feed, Room, Series
from people import audit
from people.models import User


@transaction.atomic
def open_feed(*, of: Series | Room | Community, now: datetime, actor: User | None) -> Feed:
    """The address of the feed of a class, a room or a community, made when there is none."""
    field = {Series: "series", Room: "room", Community: "community"}[type(of)]
    open_ones = Feed.objects.filter(closed_at=None, **{field: of})
    if known := open_ones.first():
        return known
    try:
        with transaction.atomic():
            feed = Feed.objects.create(made_at=now, **{field: of})
    except IntegrityError:  # somebody else has just made it
        return open_ones.get()
    audit.write(actor=actor, verb="给了日历订阅地址", thing=f"feed:{feed.pk}", now=now, summary=str(of))
    return feed


@transaction.atomic
def close_feed(*, feed: Feed, now: datetime, actor: User | None) -> None:
    """The address answers no more; closing it again changes nothing."""
    if Feed.objects.filter(pk=feed.pk, closed_at=None).update(closed_at=now):
        audit.write(actor=actor, verb="收回了日历订阅地址", thing=f"feed:{feed.pk}", now=now, summary=str(feed))
