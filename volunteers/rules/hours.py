"""How many minutes a visit counts: actual service, the way excluded (domain 1.8).

Whoever comes in time serves from the beginning, whoever comes late from the arrival; the planned end
closes a visit, and staying longer counts only when somebody says so with a reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from volunteers.models import CheckIn
from volunteers.models.service import MOST_MINUTES

# When one may check in oneself, around the planned start (domain 9.2).
OPENS_BEFORE = timedelta(minutes=30)
CLOSES_AFTER = timedelta(minutes=15)
LATE_AFTER = timedelta(minutes=10)
# Setting up and clearing away, when somebody says so.
ALLOWANCE = timedelta(minutes=30)
# So long a visit can be changed; then it goes into the ledger.
STAYS_OPEN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Counted:
    """The period that counts and its whole minutes."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded down."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def is_plausible(self) -> bool:
        """Whether the ledger takes it without somebody looking."""
        return 0 < self.minutes <= MOST_MINUTES


def is_late(checkin: CheckIn) -> bool:
    """Whether the volunteer came late enough to be counted from the arrival."""
    session = checkin.session
    return bool(session and checkin.arrived_at and checkin.arrived_at > session.starts_at + LATE_AFTER)


def counted(checkin: CheckIn) -> Counted | None:
    """What a whole visit counts; nothing while arrival or departure is missing.

    A visit without a session (an old list) counts as it was written. With one, time before the start
    and after the end counts only when somebody said a time (`left_how`), and at most the allowance.
    """
    if checkin.arrived_at is None or checkin.left_at is None:
        return None
    session = checkin.session
    if session is None:
        return Counted(checkin.arrived_at, checkin.left_at)
    said = checkin.left_how == CheckIn.LeftHow.SAID
    room = ALLOWANCE if said else timedelta()
    starts_at = max(checkin.arrived_at, session.starts_at - room)
    if not said and not is_late(checkin):
        starts_at = session.starts_at
    return Counted(starts_at, min(checkin.left_at, session.ends_at + room))
