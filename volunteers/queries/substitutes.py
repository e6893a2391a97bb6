"""Searches for substitutes as pages show them: how far, who was asked, what happens next; the community's timings."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils import timezone

from classes.models import Community, Session
from people.models import Message
from volunteers.models import Assignment, Shift, SubstituteAsk, SubstitutePlan, SubstituteSearch, Volunteer

State = SubstituteAsk.State
Status = SubstituteSearch.Status
MOST_ROWS = 40


def plan_of(community: Community | int) -> SubstitutePlan:
    """The community's own timings, else the usual ones, unsaved. One query."""
    pk = community if isinstance(community, int) else community.pk
    return SubstitutePlan.objects.filter(community=pk).first() or SubstitutePlan(community_id=pk)


@dataclass(frozen=True, slots=True)
class Progress:
    """One search with its answers counted."""

    search: SubstituteSearch
    said: dict[str, int]

    @property
    def asked(self) -> int:
        """How many people were asked, those who are not asked any more left out."""
        return sum(count for state, count in self.said.items() if state not in SubstituteAsk.UNASKED)

    @property
    def answers(self) -> str:
        """问了 4 位，1 位说不行"""
        if not self.asked:
            return "马上开始问" if self.search.is_open else "没有问过人"
        parts = [f"问了 {self.asked} 位"]
        refused = self.said.get(State.NO, 0)
        came = self.said.get(State.YES, 0)
        parts += [f"{came} 位说能来"] if came else []
        parts += [f"{refused} 位说不行"] if refused else []
        silent = self.said.get(State.ASKED, 0)
        if not came and not refused:
            parts.append("还没人回" if silent else "没有人回")
        return "，".join(parts)

    @property
    def sentence(self) -> str:
        """正在找人：问了 4 位，1 位说不行"""
        lead = {
            Status.SEARCHING: "正在找人",
            Status.EXHAUSTED: "合适的都问过了",
            Status.FILLED: "补上了",
            Status.STOPPED: "停了",
            Status.OVER: "过去了",
        }[Status(self.search.status)]
        return f"{lead}：{self.answers}"


def progress(searches: Iterable[SubstituteSearch]) -> list[Progress]:
    """The searches with their answers counted. One query."""
    rows = list(searches)
    said: dict[int, Counter[str]] = defaultdict(Counter)
    counted = SubstituteAsk.objects.filter(search__in=[one.pk for one in rows]).values_list("search", "state")
    for search, state, count in counted.annotate(count=Count("pk")).order_by("search", "state"):
        said[search][state] = count
    return [Progress(one, dict(said[one.pk])) for one in rows]


def open_in(community: Community, now: datetime) -> list[Progress]:
    """Searches under way for sessions to come, the nearest first. Two queries."""
    rows = SubstituteSearch.objects.open().for_telling()
    rows = rows.filter(shift__session__community=community, shift__session__starts_at__gt=now)
    return progress(rows.order_by("shift__session__starts_at", "pk"))


def recent_in(community: Community) -> list[Progress]:
    """The last searches, whatever became of them, the newest first. Two queries."""
    rows = SubstituteSearch.objects.for_telling().filter(shift__session__community=community)
    return progress(rows.order_by("-pk")[:MOST_ROWS])


def latest_for(shift: Shift) -> Progress | None:
    """The open search of a shift, else the last one. Two queries; one where nobody was ever looked for."""
    is_open = Case(When(status__in=SubstituteSearch.OPEN, then=1), default=0)
    rows = SubstituteSearch.objects.for_telling().filter(shift=shift).order_by(is_open.desc(), "-pk")
    found = rows.first()
    return progress([found])[0] if found else None


# --- what is due ----------------------------------------------------------------------------------------


def due(now: datetime) -> QuerySet[SubstituteSearch]:
    """Searches with something to do: a wave to ask, a place filled by other means, a session begun or not held."""
    wave = Q(status=Status.SEARCHING, next_wave_at__lte=now)
    full = Q(shift__taken__gte=F("shift__needed"))
    past = Q(shift__session__starts_at__lte=now) | ~Q(shift__session__status=Session.Status.PLANNED)
    return SubstituteSearch.objects.open().filter(wave | full | past)


def has_work(now: datetime) -> bool:
    """Whether any wave is due. One query."""
    return SubstituteSearch.objects.filter(status=Status.SEARCHING, next_wave_at__lte=now).exists()


def is_kept(shift: Shift) -> bool:
    """Whether a place that looks taken is only kept for somebody from the waiting list who has not answered."""
    kept = Assignment.objects.filter(shift=shift, status=Assignment.Status.OFFERED, source="wait")
    return kept.exists()


# --- who was asked ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One person who was asked, with the note that asked them (None before it is written)."""

    ask: SubstituteAsk
    note: Message | None

    @property
    def sent(self) -> str:
        """How the invitation got there, in words."""
        note = self.note
        if note is None:
            return ""
        if note.handed_on_at:
            return f"{timezone.localtime(note.handed_on_at):%H:%M} 已转发"
        if note.status == Message.Status.SENT and note.sent_at:
            return f"{timezone.localtime(note.sent_at):%H:%M} 发出"
        if note.status == Message.Status.WAITING:
            return "等着发"
        return note.get_status_display()


def rows(search: SubstituteSearch, kind: str) -> list[Row]:
    """Everybody who was asked, in the order of asking; `kind` is that of the notes. Two queries."""
    asks = list(search.asks.select_related("volunteer__person").order_by("place"))
    keys = {f"ask:{one.pk}:{one.wave}": one for one in asks}
    people = [one.volunteer.person_id for one in asks]
    notes = {note.about: note for note in Message.objects.filter(person__in=people, kind=kind, about__in=keys)}
    return [Row(one, notes.get(about)) for about, one in keys.items()]


def ask_of(*, volunteer: Volunteer, pk: int) -> SubstituteAsk | None:
    """One invitation of this volunteer, with all that its page says."""
    found = SubstituteAsk.objects.select_related(
        "volunteer__person", "search__shift__role", "search__shift__session__series__programme",
        "search__shift__session__lesson", "search__shift__session__room", "search__shift__session__community",
    )  # fmt: skip
    return found.filter(volunteer=volunteer, pk=pk).first()


def waiting_for(*, volunteer: Volunteer, now: datetime) -> list[SubstituteAsk]:
    """Invitations that wait for this volunteer's answer and whose place is still free. One query."""
    found = SubstituteAsk.objects.filter(
        volunteer=volunteer,
        state=State.ASKED,
        search__status__in=SubstituteSearch.OPEN,
        search__shift__taken__lt=F("search__shift__needed"),
        search__shift__session__starts_at__gt=now,
        search__shift__session__status=Session.Status.PLANNED,
    ).select_related(
        "search__shift__role", "search__shift__session__series__programme", "search__shift__session__room",
        "search__shift__session__lesson", "search__shift__session__community",
    )  # fmt: skip
    return list(found.order_by("search__shift__session__starts_at", "pk"))


def is_free(ask: SubstituteAsk, now: datetime) -> bool:
    """Whether this person may still have the place. At most one query more than the ask itself."""
    shift, session = ask.search.shift, ask.search.shift.session
    if session.starts_at <= now or session.status != Session.Status.PLANNED or shift.taken >= shift.needed:
        return False
    if ask.state in SubstituteAsk.UNASKED:
        return False
    if ask.search.status != Status.STOPPED:
        return True
    return SubstituteSearch.objects.open().filter(shift=shift).exists()
