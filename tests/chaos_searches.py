"""Substitute searches while processes die: people give places back on the page, others answer, all over the web."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

from django.utils import timezone

from people.models import AuditEntry, Message
from tests import make
from volunteers.models import Assignment, SubstituteAsk, SubstitutePlan, SubstituteSearch, Volunteer

TAKERS = 12
State = SubstituteAsk.State


class NotReached(Exception):
    """The web was just dead; somebody tries again."""


@dataclass
class Phone:
    """A telephone that everybody uses in turn, saying their last four digits; presses buttons as forms without script do."""

    jar: CookieJar = field(default_factory=CookieJar)
    browser: OpenerDirector | None = None
    errors: list[int] = field(default_factory=list)

    def press(self, address: str, who: Volunteer, button: str) -> None:
        """Open the page, then send the form of the button. Raises NotReached; other errors are kept and counted."""
        page = f"/me/{who.token}/"
        self.browser = self.browser or build_opener(HTTPCookieProcessor(self.jar), ProxyHandler({}))
        try:
            if not any(cookie.name == "csrftoken" for cookie in self.jar):
                self.browser.open(f"{address}{page}", timeout=5).read()
            token = next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")
            form = urlencode({"csrfmiddlewaretoken": token, "tail": who.mobile[-4:]}).encode()
            self.browser.open(f"{address}{page}{button}", form, timeout=5).read()
        except HTTPError as error:
            self.errors.append(error.code)
            raise NotReached from error
        except (OSError, StopIteration) as error:
            raise NotReached from error


@dataclass
class Searches:
    """So many places that are given back one after the other, and the people who are asked to take them."""

    count: int
    places: list[Assignment] = field(default_factory=list)
    given_back: int = 0
    phone: Phone = field(default_factory=Phone)
    chance: random.Random = field(default_factory=lambda: random.Random(12))

    def prepare(self) -> None:
        """One session a day, so that everybody can take every place."""
        if not self.count:
            return
        of = make.series("找替补", weekdays=tuple(range(7)))
        SubstitutePlan.objects.create(
            community=of.community, within_days=1000, first_wave=3, next_wave=2, wait_far=5, wait_middle=5, wait_near=5
        )
        for _ in range(TAKERS):
            who = make.volunteer("接替者", phone=f"17{next(make.numbers):09d}")
            for weekday in range(7):
                make.free(who, weekday)
        leaving = make.volunteer("来不了的人", phone=f"17{next(make.numbers):09d}")
        day = timezone.localdate() + timedelta(days=5)
        for number in range(self.count):
            shift = make.shift(make.session((day + timedelta(days=number)).isoformat(), of=of), needed=1)
            self.places.append(make.assignment(shift, leaving, now=timezone.now()))

    def act(self, address: str, share: float = 1.0) -> None:
        """One tap of somebody: a place is given back, or one of those asked answers."""
        wanted = self.count * share
        try:
            if self.given_back < min(wanted, self.count) and (self.chance.random() < 0.4 or not self._answer(address)):
                self._give_back(address)
            elif self.given_back >= min(wanted, self.count):
                self._answer(address)
        except NotReached:
            return

    def _give_back(self, address: str) -> None:
        place = self.places[self.given_back]
        self.phone.press(address, place.volunteer, f"{place.pk}/no/")
        self.given_back += 1

    def _answer(self, address: str) -> bool:
        """One of those asked says no, or yes; now and then somebody says yes to what is filled already."""
        rows = SubstituteAsk.objects.select_related("volunteer")
        waiting = rows.filter(state=State.ASKED, search__status__in=SubstituteSearch.OPEN)
        refused = rows.filter(state=State.NO, search__status=SubstituteSearch.Status.EXHAUSTED)
        late = rows.filter(state=State.TOLD)
        kinds: list[Callable[[], SubstituteAsk | None]] = [waiting.first, refused.first]
        if self.chance.random() < 0.1:
            kinds.insert(0, late.order_by("-pk").first)
        ask = next((found for find in kinds if (found := find())), None)
        if ask is None:
            return False
        said = "no" if ask.state == State.ASKED and self.chance.random() < 0.4 else "yes"
        self.phone.press(address, ask.volunteer, f"cover/{ask.pk}/{said}/")
        return True

    def is_done(self) -> bool:
        """Every place was given back and taken by somebody."""
        filled = SubstituteSearch.objects.filter(status=SubstituteSearch.Status.FILLED).count()
        return self.given_back == self.count == filled

    def report(self, texts: Counter[str]) -> dict[str, Any]:
        """Every effect with how often it is there: {kind: {times: how many effects}}; texts as the provider has them."""
        shifts = [place.shift_id for place in self.places]
        covers = Counter(
            Assignment.objects.filter(shift__in=shifts, source="substitute", status="accepted").values_list(
                "shift", flat=True
            )
        )
        said = Counter(
            (one.verb, one.data.get("search")) for one in AuditEntry.objects.filter(verb__in=("接替", "替补找到了"))
        )
        searches = list(SubstituteSearch.objects.filter(shift__in=shifts))
        notes = Message.objects.filter(kind__in=("substitute", "substitute-filled", "sign-up"))
        arrived: dict[str, Counter[int]] = {"sent": Counter(), "stale": Counter(), "other": Counter()}
        for note in notes:
            times = texts[f"message-{note.carried_by_id or note.pk}"]
            arrived[note.status if note.status in arrived else "other"][times] += 1
        return {
            "searches": Counter(Counter(one.shift_id for one in searches)[pk] for pk in shifts),
            "covers": Counter(covers[pk] for pk in shifts),
            "credited": Counter(said["接替", one.pk] for one in searches),
            "closed": Counter(said["替补找到了", one.pk] for one in searches),
            "invitations": arrived["sent"],
            "dropped_invitations": arrived["stale"],
            "other_invitations": arrived["other"],
            "asked": SubstituteAsk.objects.count(),
            "waves": sum(one.wave for one in searches),
            "states_of_asks": Counter(SubstituteAsk.objects.values_list("state", flat=True)),
            "page_errors": Counter(self.phone.errors),
            "takers": Volunteer.objects.filter(person__name="接替者").count(),
        }
