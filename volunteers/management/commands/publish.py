"""manage.py publish: accept a whole proposal and invite everybody in it."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from volunteers.actions import roster
from volunteers.models import Placement, Proposal


class Command(BaseCommand):
    """Accept every open placement of a proposal and publish it."""

    help = "Accept all placements of a proposal and send the invitations."

    def add_arguments(self, parser):
        parser.add_argument("proposal", type=int)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *, proposal: int, json: bool, **options):
        found = Proposal.objects.filter(pk=proposal).first()
        if found is None:
            raise CommandError(f"There is no proposal {proposal}.")
        now = timezone.now()
        open_ids = list(found.placements.filter(status=Placement.Status.PROPOSED).values_list("pk", flat=True))
        if found.status == Proposal.Status.READY:
            roster.accept_placements(proposal=found, placement_ids=open_ids, now=now, actor=None)
            found.refresh_from_db()
        elif found.status not in (Proposal.Status.ACCEPTED, Proposal.Status.PUBLISHED):
            raise CommandError(f"Proposal {proposal} is {found.status}; only one that is ready can be published.")
        roster.publish_proposal(proposal=found, now=now, actor=None)
        counts = outcome(found)
        self.stderr.write(
            f"Proposal {proposal}: {counts['accepted']} places accepted, {counts['people']} people invited, "
            f"{counts['stale']} no longer possible."
        )
        if json:
            self.stdout.write(as_json(counts))


def outcome(proposal: Proposal) -> dict[str, int]:
    """What became of the rows."""
    rows = proposal.placements.all()
    accepted = rows.filter(status=Placement.Status.ACCEPTED)
    return {
        "proposal": proposal.pk,
        "accepted": accepted.count(),
        "stale": rows.filter(status=Placement.Status.STALE).count(),
        "people": accepted.order_by().values("volunteer").distinct().count(),
    }


def as_json(counts: dict[str, int]) -> str:
    """One object on one line."""
    return json.dumps(counts)
