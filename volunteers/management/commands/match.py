"""manage.py match: fill the gaps of some days and print the proposal."""

import json
from argparse import ArgumentTypeError
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

    help = "给这些天的空缺找人，写成一份建议。发布（publish）之前谁也不会收到通知。"

    def add_arguments(self, parser):
        """--from DATE --to DATE [--community NAME] [--seconds N] [--json]"""
        parser.add_argument(
            "--from", dest="from_on", type=day, required=True, metavar="DATE", help="从哪天，2026-12-01"
        )
        parser.add_argument("--to", dest="until_on", type=day, required=True, metavar="DATE", help="到哪天，这天也算")
        parser.add_argument("--community", metavar="NAME", help="只排这个社区（不写就都排）")
        parser.add_argument("--seconds", type=float, default=planning.SECONDS, metavar="N", help="最多算几秒")
        parser.add_argument("--json", action="store_true", help="结果写成一个 JSON 对象")

    def handle(self, *, from_on, until_on, community, seconds, json: bool, **options):
        """Solve, save, and say how many places were open, filled and left."""
        if until_on < from_on:
            raise CommandError(f"--to（{until_on}）不能早于 --from（{from_on}）。")
        now = timezone.now()
        try:
            waiting = proposals.request_proposal(
                community=self._community(community), from_on=from_on, until_on=until_on, now=now, actor=None
            )
        except proposals.RangeTooLong:
            raise CommandError(f"一次最多排 {proposals.LONGEST.days} 天，请把 --to 改早一些。") from None
        claimed = proposals.claim_proposal(pk=waiting.pk, now=now)
        if claimed is None:
            raise CommandError(f"建议 {waiting.pk} 已经由后台在算，请到“匹配”页看结果。")
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
            known = "、".join(Community.objects.values_list("name", flat=True)) or "一个社区都没有，先导入"
            raise CommandError(f"没有叫“{name}”的社区。现在有：{known}。") from None

    def _say(self, proposal: Proposal) -> None:
        answer = proposal.answer
        left = sum(gap["missing"] for gap in answer["unfilled"])
        self.stderr.write(
            f"建议 {proposal.pk}：缺 {answer['gaps_before']} 人，补上 {proposal.placements.count()} 人，还缺 {left} 人，"
            f"用了 {proposal.seconds:.1f} 秒{'，已证明没有更好的排法' if proposal.proven else ''}。"
            f"还没有通知任何人；要通知：publish {proposal.pk}"
        )


def day(text: str) -> date:
    """A date of the command line; a sentence when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是日期，请写成 2026-12-01 这样。") from None


def document(proposal: Proposal) -> str:
    """The answer with the number of its proposal, as JSON."""
    return json.dumps({**proposal.answer, "proposal": proposal.pk}, ensure_ascii=False)
