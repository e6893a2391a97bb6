"""What two machines said about one person without having seen each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from classes.models import Session
from people.models import User
from volunteers.models import RollMark

# A mark that took longer to come here was kept on a machine without network.
SENT_AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two marks about one person: the one that came last, and what stood against it."""

    mark: RollMark

    @property
    def who(self) -> str:
        """The person, as the roll names them."""
        mark = self.mark
        return f"volunteer:{mark.volunteer_id}" if mark.volunteer_id else f"learner:{mark.learner_id}"

    @property
    def sentence(self) -> str:
        """Both, with who and when, and which of them holds."""
        mark = self.mark
        near = mark.against_at is not None and abs(mark.said_at - mark.against_at) < timedelta(minutes=1)
        clock = "%H:%M:%S" if near else "%H:%M"
        mine = f"{_who(mark.said_by)} {_at(mark.said_at, clock)} 记了{mark.get_said_display()}"
        if mark.received_at - mark.said_at > SENT_AT_ONCE:
            mine += f"（{_at(mark.received_at)} 才传到）"
        theirs = f"{_who(mark.against_by, mark.against)} {_at(mark.against_at, clock)} 记了{mark.get_against_display()}"
        holds = mark.get_said_display() if mark.outcome == RollMark.Outcome.TAKEN else mark.get_against_display()
        return f"两台机器记得不一样：{mine}，{theirs}。按后点的算：{holds}。"


# By session, volunteer and learner; one of the last two is None.
Clashes = dict[tuple[int, int | None, int | None], Clash]


def clashes(sessions: Iterable[Session]) -> Clashes:
    """The last clash about each person of these sessions at which nobody has looked. One query."""
    rows = RollMark.objects.filter(session__in=sessions, looked_at=None).exclude(against="")
    return {
        (row.session_id, row.volunteer_id, row.learner_id): Clash(row)
        for row in rows.select_related("said_by", "against_by").order_by("received_at", "pk")
    }


def _who(user: User | None, said: str = "") -> str:
    """Families say 请假 themselves; without an account otherwise it was a phone at the wall or a list."""
    if user is None:
        return "家长" if said == RollMark.Said.EXCUSED else "别处"
    return user.get_full_name() or user.username


def _at(moment: datetime | None, clock: str = "%H:%M") -> str:
    return timezone.localtime(moment).strftime(clock) if moment else "早些时候"
