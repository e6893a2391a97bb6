"""manage.py publish: accept a whole proposal and invite everybody in it."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classes.queries import days
from volunteers.actions import roster
from volunteers.models import Placement, Proposal


class Command(BaseCommand):
    """Accept every open placement of a proposal and publish it."""

    help = "采纳一份建议里的全部人选，并发出邀请。"

    def add_arguments(self, parser):
        """PROPOSAL [--json]"""
        parser.add_argument("proposal", type=int, metavar="PROPOSAL", help="建议的编号，match 最后写着")
        parser.add_argument("--guess-seen", action="store_true", help="放假安排还是预测的日子也发布")
        parser.add_argument("--json", action="store_true", help="结果写成一个 JSON 对象")

    def handle(self, *, proposal: int, json: bool, guess_seen: bool, **options):
        """Accept, publish, and say how many people are invited."""
        found = Proposal.objects.filter(pk=proposal).first()
        if found is None:
            raise CommandError(f"没有编号 {proposal} 的建议。")
        now = timezone.now()
        open_ids = list(found.placements.filter(status=Placement.Status.PROPOSED).values_list("pk", flat=True))
        if found.status == Proposal.Status.READY:
            roster.accept_placements(proposal=found, placement_ids=open_ids, now=now, actor=None)
            found.refresh_from_db()
        elif found.status not in (Proposal.Status.ACCEPTED, Proposal.Status.PUBLISHED):
            raise CommandError(f"建议 {proposal} 现在是“{found.get_status_display()}”，不能发布。请再 match 一次。")
        try:
            roster.publish_proposal(proposal=found, now=now, actor=None, guess_seen=guess_seen)
        except roster.Guessed as refusal:
            raise CommandError(
                f"{days.guess_in_words(refusal.dates)}的放假安排还是预测的。要发布，加上 --guess-seen。"
            ) from None
        counts = outcome(found)
        self.stderr.write(
            f"建议 {proposal}：采纳 {counts['accepted']} 个名额，邀请 {counts['people']} 人，"
            f"{counts['stale']} 个已经不合适，没有采纳。"
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
