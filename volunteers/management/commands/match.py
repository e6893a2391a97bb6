"""manage.py match: fill the gaps of some days and print the proposal."""

import json
from datetime import date, datetime, time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from classes.models import Community
from volunteers import planning
from volunteers.actions import proposals
from volunteers.models import Proposal
from volunteers.tasks import solve_claimed


class Command(BaseCommand):
    """Solve here and now, save a proposal; nobody is told anything."""

    help = "Propose volunteers for the open places of some days. Nobody is told before `publish`."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="from_on", type=date.fromisoformat, required=True, metavar="DATE")
        parser.add_argument("--to", dest="until_on", type=date.fromisoformat, required=True, metavar="DATE")
        parser.add_argument("--community", metavar="NAME", help="only this community (default: all)")
        parser.add_argument("--seconds", type=float, default=planning.SECONDS, metavar="N")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *, from_on, until_on, community, seconds, json: bool, **options):
        now = timezone.now()
        try:
            waiting = proposals.request_proposal(
                community=self._community(community), from_on=from_on, until_on=until_on, now=now, actor=None
            )
        except proposals.RangeTooLong:
            raise CommandError(f"--to must be within {proposals.LONGEST.days} days after --from") from None
        claimed = proposals.claim_proposal(pk=waiting.pk, now=now)
        if claimed is None:
            raise CommandError(f"A worker took proposal {waiting.pk}; look at it on the page 匹配.")
        # Days that are all over are planned as they stood on the first of them: to look back and compare.
        begin = timezone.make_aware(datetime.combine(from_on, time.min))
        over = until_on < timezone.localdate(now)
        proposal = solve_claimed(claimed, seconds=seconds, as_of=begin if over else None)
        self._say(proposal)
        if json:
            self.stdout.write(document(proposal))

    def _community(self, name: str | None) -> Community | None:
        if not name:
            return None
        try:
            return Community.objects.get(name=name)
        except Community.DoesNotExist:
            raise CommandError(f"There is no community {name}.") from None

    def _say(self, proposal: Proposal) -> None:
        answer = proposal.answer
        left = sum(gap["missing"] for gap in answer["unfilled"])
        self.stderr.write(
            f"Proposal {proposal.pk}: {answer['gaps_before']} open places, {proposal.placements.count()} filled, "
            f"{left} left, in {proposal.seconds:.1f} s{' (proven best)' if proposal.proven else ''}. "
            f"Nobody is told before: publish {proposal.pk}"
        )


def document(proposal: Proposal) -> str:
    """The answer with the number of its proposal, as JSON."""
    return json.dumps({**proposal.answer, "proposal": proposal.pk}, ensure_ascii=False)
