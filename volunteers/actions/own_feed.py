"""A volunteer's own calendar address: given and taken back by themselves."""

from datetime import datetime

from django.db import IntegrityError, transaction

from volunteers.models import OwnFeed, Volunteer


@transaction.atomic
def open_own_feed(*, volunteer: Volunteer, now: datetime) -> OwnFeed:
    """The volunteer's address, made when there is none."""
    open_ones = OwnFeed.objects.filter(volunteer=volunteer, closed_at=None)
    if known := open_ones.first():
        return known
    try:
        with transaction.atomic():
            return OwnFeed.objects.create(volunteer=volunteer, made_at=now)
    except IntegrityError:  # another tap has just made it
        return open_ones.get()


def close_own_feed(*, volunteer: Volunteer, now: datetime) -> bool:
    """The address answers no more; False when there was none."""
    return bool(OwnFeed.objects.filter(volunteer=volunteer, closed_at=None).update(closed_at=now))
