"""The running product while its processes are killed at random and the clock jumps: what happened, how often.

Effects are counted where they arrive: mails at a real SMTP server, texts at a server that speaks Aliyun's
protocol, places and answers in the trail. Used by tests/config/test_chaos.py and bench/chaos.py.
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import psutil
from django.db import connections
from django.db.models import F
from django.test import override_settings
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from config import background
from config.watched import BUSY
from people import outbox, sealing
from people.models import AuditEntry, Channel, Heartbeat, Message, User
from tests import make
from tests.chaos_searches import Searches
from tests.people import providers
from tests.people.post import PostOffice, free_port, post_office
from volunteers.models import Assignment, Offer, Shift, SubstituteAsk, SubstituteSearch

ROOT = Path(__file__).resolve().parent.parent
JUMP = timedelta(hours=4)
# No hour is quiet, nothing waits for company, and a task that hangs is cut off soon.
ENVIRONMENT = {"LINKE_QUIET_FROM": "24", "LINKE_QUIET_UNTIL": "0", "LINKE_TOGETHER": "0", "LINKE_TASK_TIMEOUT": "20"}


@dataclass(frozen=True, slots=True)
class Size:
    """How many effects of each kind, and how long the killing goes on."""

    mails: int
    texts: int
    expiring: int
    answers: int
    seconds: float
    searches: int = 0
    pause: tuple[float, float] = (0.5, 3.0)
    jumps: int = 2
    delay: float = 0.02
    """Seconds that mail server and SMS provider take for one letter: how long a kill in mid-letter is likely."""


# --- the product and its processes --------------------------------------------------------------------


@dataclass
class Product:
    """`python -m config.serve` and everything below it."""

    process: subprocess.Popen
    port: int
    kills: Counter = field(default_factory=Counter)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def by_role(self) -> dict[str, list[psutil.Process]]:
        """The live processes below the supervisor; what is just starting has no role yet."""
        found: dict[str, list[psutil.Process]] = {}
        for one in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if one.status() != psutil.STATUS_ZOMBIE:
                    found.setdefault(role(" ".join(one.cmdline())), []).append(one)
            except psutil.NoSuchProcess:
                continue
        return found

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL for one process: every role is as likely, workers thrice as likely as the others, busy ones first.

        A cluster that is only just starting is mostly left alone, or nothing would ever be under way.
        """
        found = self.by_role()
        if not found or ("worker" not in found and chance.random() < 0.8):
            return
        chosen = chance.choice(sorted(found) + ["worker", "worker"] * ("worker" in found))
        of_role = sorted(found[chosen], key=lambda one: one.pid)
        try:
            chance.choice([one for one in of_role if BUSY in " ".join(one.cmdline())] or of_role).kill()
        except psutil.NoSuchProcess:
            return
        self.kills[chosen] += 1


def role(title: str) -> str:
    """What a process does, by what it says in its title."""
    words = {
        " idle": "worker",
        " processing ": "worker",
        " monitor": "monitor",
        " pusher": "pusher",
        " guard": "guard",
        "gunicorn": "web",
        "qcluster": "parent",
    }
    return next((name for part, name in words.items() if part in title), "starting")


@contextmanager
def product(database_url: str, folder: Path, office: PostOffice) -> Iterator[Product]:
    """The product on this database, sending its mail to this office."""
    port = free_port()
    command = [sys.executable, "-m", "config.serve", "--port", str(port), "--data", str(folder), "--empty"]
    environment = {
        **os.environ,
        **ENVIRONMENT,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "LINKE_SMTP": f"smtp://127.0.0.1:{office.port}",
    }
    with open(folder / "serve.log", "wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield Product(process, port)
        finally:
            end(process)


def end(process: subprocess.Popen) -> None:
    """Kill the supervisor and everything below it."""
    below = psutil.Process(process.pid).children(recursive=True) if psutil.pid_exists(process.pid) else []
    process.kill()
    for one in below:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait(10)


# --- what is to happen --------------------------------------------------------------------------------


@dataclass
class World:
    """The causes that were written, and the places where their effects arrive."""

    size: Size
    office: PostOffice
    sms: providers.Provider
    say: Callable[[str], None]
    mails: list[Message] = field(default_factory=list)
    texts: list[Message] = field(default_factory=list)
    expiring: list[Assignment] = field(default_factory=list)
    asked: list[Assignment] = field(default_factory=list)
    answered: set[int] = field(default_factory=set)
    shift: Shift | None = None
    searches: Searches = field(init=False)

    def prepare(self) -> None:
        """People, an SMS account, and places that are asked for."""
        self.searches = Searches(self.size.searches)
        now = timezone.now()
        Channel.objects.create(
            kind="aliyun",
            name="短信",
            open={"address": self.sms.address, "sign": "梧桐社区", "templates": {"note": "SMS_1"}},
            sealed=sealing.seal({"key_id": providers.ID, "key_secret": providers.SECRET}),
            created_at=now,
        )
        of = make.series()
        day = timezone.localdate() + timedelta(days=60)
        shift = make.shift(make.session(day.isoformat(), of=of), needed=self.size.expiring + self.size.answers)
        self.shift = shift
        self.expiring = [self._asked(shift, now, timedelta(hours=3)) for _ in range(self.size.expiring)]
        self.asked = [self._asked(shift, now, timedelta(days=40)) for _ in range(self.size.answers)]
        self.searches.prepare()

    def _asked(self, shift: Shift, now: Any, lasts: timedelta) -> Assignment:
        who = make.volunteer(phone=f"16{next(make.numbers):09d}")
        assignment = make.assignment(shift, who, status="offered", now=now)
        Offer.objects.create(assignment=assignment, made_at=now, expires_at=now + lasts)
        return assignment

    def write(self, share: float) -> None:
        """Write causes until this share of them is there."""
        while len(self.mails) < self.size.mails * share:
            number = len(self.mails)
            self.mails.append(note(make.person(phone="029-88880000", email=f"p{number}@example.com"), number))
        while len(self.texts) < self.size.texts * share:
            number = len(self.texts)
            self.texts.append(note(make.person(phone=f"16{next(make.numbers):09d}"), number))

    def answer_one(self, address: str) -> None:
        """One volunteer says 能来 on the page; when the web is just dead, somebody tries again later."""
        waiting = [one for one in self.asked if one.pk not in self.answered]
        if not waiting:
            return
        one = waiting[0]
        page = f"{address}/me/{one.volunteer.token}/"
        jar = CookieJar()
        browser = build_opener(HTTPCookieProcessor(jar), ProxyHandler({}))
        try:
            browser.open(page, timeout=5).read()
            token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
            form = urlencode({"csrfmiddlewaretoken": token, "tail": one.volunteer.mobile[-4:]}).encode()
            browser.open(f"{page}{one.pk}/yes/", form, timeout=5).read()
        except (OSError, StopIteration):
            return
        self.answered.add(one.pk)

    def is_done(self) -> bool:
        """Nothing is under way any more."""
        under_way = Message.objects.filter(status__in=("waiting", "claimed")).exists()
        left = Assignment.objects.filter(pk__in=[one.pk for one in self.expiring], status="offered").exists()
        answered = len(self.answered) == len(self.asked) and self.searches.is_done()
        return not under_way and not left and answered

    def report(self) -> dict[str, Any]:
        """Every effect with how often it arrived: {kind: {times: how many effects}}."""
        mails = Counter(key.strip("<>").partition("@")[0] for key in self.office.keys)
        texts = Counter(sms["OutId"] for sms in self.sms.taken)
        said = Counter(
            (entry.verb, entry.data.get("assignment"))
            for entry in AuditEntry.objects.filter(verb__in=("没有回复", "能来"))
        )
        states = dict(Message.objects.values_list("pk", "status"))
        unsure = [one.pk for one in self.mails if states[one.pk] == "unsure"]
        return {
            "mails": Counter(mails[f"message-{one.pk}"] for one in self.mails),
            "texts": Counter(texts[f"message-{one.pk}"] for one in self.texts),
            "expired": Counter(said["没有回复", one.pk] for one in self.expiring),
            "answers": Counter(said["能来", one.pk] for one in self.asked),
            "states": Counter(states[one.pk] for one in (*self.mails, *self.texts)),
            "unsure": Counter(mails[f"message-{pk}"] for pk in unsure),
            "taken": Shift.objects.get(pk=self.shift.pk).taken,
            "substitutes": self.searches.report(texts),
        }


def note(person: Any, number: int) -> Message:
    """One note of its own."""
    return outbox.write(
        person=person,
        kind="chaos",
        about=f"chaos:{number}",
        subject=f"第 {number} 条",
        body="您好。",
        link="/me/abcdef/",
        now=timezone.now(),
    )


def jump(by: timedelta) -> None:
    """The clock jumps forward: for everything stored that is the same as every deadline moving back."""
    for model, names in (
        (Message, ("not_before", "claimed_at", "handing_at")),
        (Offer, ("made_at", "expires_at")),
        (OrmQ, ("lock",)),
        (Schedule, ("next_run",)),
        (SubstituteSearch, ("started_at", "next_wave_at")),
        (SubstituteAsk, ("asked_at",)),
    ):
        model.objects.update(**{name: F(name) - by for name in names})


# --- the story ------------------------------------------------------------------------------------------


def story(
    database_url: str, folder: Path, size: Size, seed: int, say: Callable[[str], None] = lambda text: None
) -> dict:
    """Start, write causes, kill, jump, stop killing, wait. Answers the report and how long recovery took."""
    chance = random.Random(seed)
    # What is written here obeys the same hours as what is sent there.
    with (
        override_settings(LINKE_QUIET_FROM=24, LINKE_QUIET_UNTIL=0),
        post_office() as office,
        providers.running(providers.AliyunSms()) as sms,
        product(database_url, folder, office) as running,
    ):
        office.delay = sms.delay = size.delay
        world = World(size, office, sms, say)
        until(lambda: User.objects.exists() and is_alive_since(timezone.now() - timedelta(seconds=30)), 180)
        world.prepare()
        _kill(running, world, chance)
        last_kill, began = timezone.now(), time.monotonic()
        arrived = {"mails": office.count, "texts": sms.count}
        until(lambda: is_alive_since(last_kill), 60)
        recovered = time.monotonic() - began
        with answering(running, world):
            until(lambda: _settle(world), 120 + size.mails * 0.5)
        settled = time.monotonic() - began
        report = world.report()
    seconds = {"recovered": round(recovered, 1), "settled": round(settled, 1)}
    return {**report, **seconds, "arrived_while_killing": arrived, "kills": dict(running.kills)}


def _kill(running: Product, world: World, chance: random.Random) -> None:
    """Processes die and the clock jumps, while causes are written and people answer."""
    size = world.size
    began = time.monotonic()
    jumps_at = [size.seconds * (number + 1) / (size.jumps + 1) for number in range(size.jumps)]
    with answering(running, world, lambda: 1.1 * (time.monotonic() - began) / size.seconds):
        while (spent := time.monotonic() - began) < size.seconds:
            world.write(min(1.0, 1.2 * spent / size.seconds))
            if jumps_at and spent > jumps_at[0]:
                jumps_at.pop(0)
                jump(JUMP)
                background.enqueue("volunteers.tasks.release_unanswered")
            running.kill_one(chance)
            world.say(
                f"{spent:6.1f} s: {world.office.count} mails, {world.sms.count} texts, "
                f"{world.searches.given_back} searches, killed {dict(running.kills)}"
            )
            time.sleep(chance.uniform(*size.pause))
    world.write(1.0)


@contextmanager
def answering(running: Product, world: World, share: Callable[[], float] = lambda: 1.0) -> Iterator[None]:
    """Volunteers answer on the page, one after the other, however often the web dies.

    `share` says how many of the places that are to be given back may be given back by now.
    """
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.2):
            world.answer_one(running.address)

    def substitute() -> None:
        while not stop.wait(0.02):
            world.searches.act(running.address, share())
        connections.close_all()

    threads = [threading.Thread(target=work), threading.Thread(target=substitute)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _settle(world: World) -> bool:
    """A look after the killing: time goes on in strides, so that nobody waits minutes for a lease or a second try."""
    jump(timedelta(minutes=2))
    background.enqueue("volunteers.tasks.release_unanswered")
    for _ in range(16):
        time.sleep(0.5)
        if world.is_done():
            return True
    return False


def is_alive_since(moment: Any) -> bool:
    """Whether a worker has really run a task after this moment."""
    try:
        return Heartbeat.objects.filter(name="worker", beat_at__gt=moment).exists()
    finally:
        connections.close_all()


def until(answer: Callable[[], Any], seconds: float) -> None:
    """Wait for a true answer; AssertionError when there is none in time."""
    end_at = time.monotonic() + seconds
    while not answer():
        assert time.monotonic() < end_at, f"not within {seconds:.0f} s"
        time.sleep(0.2)
