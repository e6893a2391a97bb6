"""The full database that `bench/board.py` measures, and how one page of it is measured."""

import gzip
import os
import random
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import connection
from django.db.models import Count, F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from classes.models import Community, Session
from classes.seeds import seed_reference
from config import serve
from people.actions import create_person
from people.models import User
from tests import make
from volunteers.models import Assignment, Availability, Clearance, Shift, Volunteer
from volunteers.seeds import seed_roles

ROOT = Path(__file__).resolve().parent.parent
COMMUNITIES, VOLUNTEERS, WEEKS, IN_FLIGHT = 8, 700, 17, 20
# Classes of one community: kind, weekday, beginning, end, places. 22 sessions a week in each.
WEEK = [
    *(("child", day, "16:30", "18:30", 4) for day in range(5)),
    *(("child", day, "17:00", "18:30", 3) for day in range(5)),
    *(("senior", day, "09:30", "11:00", 5) for day in (1, 2, 3, 5, 6)),
    *(("senior", day, "14:30", "16:00", 4) for day in (2, 4, 5, 6)),
    *(("desk", day, "14:30", "16:30", 3) for day in (0, 3, 6)),
]
NAMES = "林周陈王李赵孙吴郑冯", "淑文海子建晓国春志丽", "芬远燕涵业琳庆梅强华"


def prepare() -> tuple[list[Community], date]:
    """The term around today in 8 communities; next week, which is measured, is half agreed and half open."""
    now = timezone.now()
    seed_reference(now)
    seed_roles()
    chance = random.Random(1)
    monday = timezone.localdate(now) + timedelta(days=7 - timezone.localdate(now).weekday())
    first = monday - timedelta(weeks=WEEKS // 2)
    term = make.term("量度", first, first + timedelta(weeks=WEEKS, days=-1))
    places = [make.community(f"社区{number}", street="春晓街道") for number in range(COMMUNITIES)]
    people = volunteers(places, chance, first, now)
    for place in places:
        sessions_of(place, term, first)
    shifts()
    assign(people, chance, monday, now)
    return places, monday


def volunteers(places: list[Community], chance: random.Random, first: date, now) -> list[Volunteer]:
    made = []
    for number in range(VOLUNTEERS):
        name = "".join(chance.choice(part) for part in NAMES)
        person = create_person(name=name, phone=f"1600002{number:04d}", birth_year=1980, birth_month=5, birth_day=1)
        made.append(
            Volunteer(
                person=person,
                mobile=f"1600002{number:04d}",
                home=places[number % len(places)],
                programmes=["senior", "child", "desk"],
                experienced=True,
                may_lead=number % 4 == 0,
                max_per_week=chance.choice([1, 2, 3]),
            )
        )
    Volunteer.objects.bulk_create(made)
    windows = [
        Availability(volunteer=who, weekday=day, starts="08:00", ends="19:00", kind="possible")
        for who in made
        for day in chance.sample(range(7), 3)
    ]
    Availability.objects.bulk_create(windows)
    Clearance.objects.bulk_create(
        Clearance(volunteer=who, valid_until=first + timedelta(days=365), result="clear") for who in made[::2]
    )
    return made


def sessions_of(place: Community, term, first: date) -> None:
    rows = []
    for number, (kind, day, starts, ends, _) in enumerate(WEEK):
        series = make.series(
            f"班{number}",
            kind,
            (day,),
            community=place,
            term=term,
            room=make.room(f"教室{number % 4}", community=place),
            starts=make.time.fromisoformat(starts),
            ends=make.time.fromisoformat(ends),
        )
        for week in range(WEEKS):
            on = first + timedelta(weeks=week, days=day)
            times = {"starts_at": make.at(f"{on}", starts), "ends_at": make.at(f"{on}", ends)}
            rows.append(Session(series=series, community=place, on_date=on, expected=15, **times))
    Session.objects.bulk_create(rows)


def shifts() -> None:
    roles = {kind: make.role(code) for kind, code in (("child", "tutor"), ("senior", "helper"), ("desk", "desk"))}
    lead = make.role("lead")
    rows = []
    for session in Session.objects.select_related("series__programme"):
        kind = session.series.programme.kind
        needed = next(places for one, day, _, _, places in WEEK if (one, day) == (kind, session.on_date.weekday()))
        rows.append(Shift(session=session, role=roles[kind], needed=needed, minimum=1))
        if kind == "senior":
            rows.append(Shift(session=session, role=lead, needed=1, minimum=1))
    Shift.objects.bulk_create(rows)


def assign(people: list[Volunteer], chance: random.Random, monday: date, now) -> None:
    """Everybody at one place a day at most; the measured week is left a quarter open."""
    free: dict[date, list[Volunteer]] = {}
    rows = []
    for shift in Shift.objects.select_related("session").order_by("session__starts_at", "pk"):
        day = shift.session.on_date
        pool = free.setdefault(day, chance.sample(people, len(people)))
        open_share = 0.25 if monday <= day < monday + timedelta(days=7) else 0.05
        for _ in range(shift.needed):
            if chance.random() < open_share or not pool:
                continue
            status = chance.choice(["accepted", "accepted", "offered", "draft"]) if day > monday else "accepted"
            times = {"starts_at": shift.session.starts_at, "ends_at": shift.session.ends_at}
            stamps = {"created_at": now, "changed_at": now}
            rows.append(
                Assignment(shift=shift, session=shift.session, volunteer=pool.pop(), status=status, **times, **stamps)
            )
    Assignment.objects.bulk_create(rows, batch_size=1000)
    taken = Assignment.objects.order_by().values("shift").annotate(n=Count("pk"))
    Shift.objects.bulk_update([Shift(pk=row["shift"], taken=row["n"]) for row in taken], ["taken"], batch_size=500)


@contextmanager
def server() -> Iterator[tuple[int, psutil.Process]]:
    """The product's own web processes on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
    process = subprocess.Popen(serve.web_command("127.0.0.1", port), cwd=ROOT, env=environment)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def spent(process: psutil.Process) -> float:
    """CPU seconds of the server and its workers."""
    every = [process, *process.children(recursive=True)]
    return sum(one.cpu_times().user + one.cpu_times().system for one in every)


def load(port: int, process: psutil.Process, paths: list[str], cookie: str, requests: int) -> dict[str, float]:
    """Ask for the paths in turn, 20 at once; milliseconds in the middle and at the 95th per cent, CPU per request."""
    # Plain sockets: the two cores belong to the server, a client library would take a tenth of them.
    head = f"HTTP/1.1\r\nHost: localhost\r\nCookie: {settings.SESSION_COOKIE_NAME}={cookie}\r\n"
    asks = [f"GET {path} {head}Accept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode() for path in paths]

    def ask(number: int) -> float:
        start = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), 60) as connection:
            connection.sendall(asks[number % len(asks)])
            status = connection.recv(65536)[:12]
            while connection.recv(65536):
                pass
        if status not in (b"HTTP/1.1 200", b"HTTP/1.1 204"):
            raise AssertionError(f"{status!r} {paths[number % len(paths)]}")
        return time.perf_counter() - start

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(ask, range(4 * IN_FLIGHT)))
        before, began = spent(process), time.perf_counter()
        walls = sorted(pool.map(ask, range(requests)))
    whole = time.perf_counter() - began
    return {
        "median_ms": 1000 * statistics.median(walls),
        "p95_ms": 1000 * walls[int(0.95 * len(walls))],
        "cpu_ms": 1000 * (spent(process) - before) / requests,
        "per_second": requests / whole,
    }


def alone(client: Client, path: str, repeats: int = 9) -> dict[str, float]:
    """One request at a time in this process: queries, CPU and wall in the middle, size as it travels."""
    client.get(path)
    walls, used = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = client.get(path)
        walls.append(time.perf_counter() - wall)
        used.append(time.process_time() - cpu)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return {
        "queries": len(captured),
        "kb_gz": len(gzip.compress(answer.content)) / 1024,
        "cpu_ms": 1000 * statistics.median(used),
        "wall_ms": 1000 * statistics.median(walls),
    }


def measured(requests: int) -> dict[str, Any]:
    """Everything of one database: the board and the panel alone, then the boards under load."""
    places, monday = prepare()
    user = User.objects.create_user("chen", password="bench", role="organiser")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    gap = Shift.objects.filter(
        session__community=places[0],
        session__on_date__gte=monday,
        session__on_date__lte=monday + timedelta(days=6),
        taken__lt=F("needed"),
        role__code="helper",
    ).first()
    boards = [f"/desk/week/?w={monday}&community={place.pk}" for place in places]
    panel = f"/desk/week/?w={monday}&gap={gap.pk}&community={places[0].pk}"
    found = {
        "database": connection.vendor,
        "sessions": Session.objects.count(),
        "volunteers": Volunteer.objects.count(),
        "assignments": Assignment.objects.count(),
        "week_sessions": Session.objects.filter(
            community=places[0], on_date__range=(monday, monday + timedelta(days=6))
        ).count(),
        "board": alone(client, boards[0]),
        "panel": alone_panel(client, panel),
    }
    with server() as (port, process):
        found["board_load"] = load(port, process, boards, cookie, requests)
        found["one_board_load"] = load(port, process, boards[:1], cookie, requests)
    return found


def alone_panel(client: Client, path: str) -> dict[str, float]:
    """The panel as htmx asks for it."""
    htmx = Client(SERVER_NAME="localhost", headers={"HX-Request": "true", "HX-Target": "side"})
    htmx.cookies = client.cookies
    return alone(htmx, path)
