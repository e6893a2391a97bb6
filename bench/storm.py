"""A sign-up storm: 1,000 people for 60 places in 20 sessions within a minute, from another process.

    python -m bench.storm                         SQLite
    python -m bench.storm --database postgresql   a real PostgreSQL started for it
    python -m bench.storm --people 200 --seconds 15 --json found.json

The product's own web server (gunicorn, 2 processes of 8 threads, as `./run demo` starts it) answers; each
person opens a session's page and sends the form with its token, at an evenly drawn moment. p95 is over the
sending of the form alone, in wall-clock time on this machine; CPU seconds are those of the servers.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookiejar import CookieJar
from importlib import import_module
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, Request, build_opener

import psutil

from bench import fresh

ROOT = Path(__file__).resolve().parent.parent
PLACES = 3
SESSIONS = 20
PORT = 8977
GUNICORN = ["--workers=2", "--threads=8", "--no-control-socket", "--backlog=1024", "--log-level=warning"]


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description="Count seats while many sign up.")
    parser.add_argument("--database", choices=fresh.DATABASES, default="sqlite")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--json", type=Path, help="write the report here, too")
    parser.add_argument("--storm", help=argparse.SUPPRESS)
    return parser.parse_args()


# --- the load, in a process of its own ----------------------------------------------------------------


class Stay(HTTPRedirectHandler):
    """Where an answer leads is another page: following it is not part of signing up."""

    def redirect_request(self, *_):
        return None


def sign_up(address: str, session: int, number: int, at: float) -> tuple[int, float]:
    """One person: the page, then the form. Answers the last status and the seconds of the form."""
    time.sleep(max(0.0, at - time.monotonic()))
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar), ProxyHandler({}), Stay())
    page = f"{address}/s/{session}/"
    try:
        browser.open(page, timeout=30).read()
    except HTTPError as answer:
        return answer.code, 0.0
    except OSError:
        return 0, 0.0
    token = next((cookie.value for cookie in jar if cookie.name == "csrftoken"), "")
    said = {"csrfmiddlewaretoken": token, "name": f"志愿者{number}", "phone": f"1600{number:07d}", "consent": "on"}
    began = time.perf_counter()
    try:
        with browser.open(Request(page, urlencode(said).encode()), timeout=60) as answer:
            return answer.status, time.perf_counter() - began
    except HTTPError as answer:
        return answer.code, time.perf_counter() - began
    except OSError:
        return 0, time.perf_counter() - began


def storm(asked: argparse.Namespace) -> None:
    """Everybody at their moment; prints what they were answered as JSON."""
    address, sessions = asked.storm.split(",", 1)[0], [int(pk) for pk in asked.storm.split(",")[1:]]
    draw = random.Random(asked.seed)
    start = time.monotonic() + 1
    moments = sorted(start + draw.random() * asked.seconds for _ in range(asked.people))
    with ThreadPoolExecutor(64) as pool:
        calls = [pool.submit(sign_up, address, draw.choice(sessions), n, at) for n, at in enumerate(moments)]
        answers = [call.result() for call in calls]
    print(json.dumps(answers))


# --- the measurement ------------------------------------------------------------------------------


def prepare() -> list[int]:
    """Twenty sessions with three places each, on twenty days."""
    make = import_module("tests.make")
    timezone = import_module("django.utils.timezone")
    today = timezone.localdate()
    found = []
    for number in range(SESSIONS):
        session = make.session(f"{today + timedelta(days=number + 2)}", of=make.series(f"班{number}"))
        make.shift(session, needed=PLACES)
        found.append(session.pk)
    return found


def measure(asked: argparse.Namespace, sessions: list[int], folder: Path) -> dict:
    """Servers up, storm from another process, and what the database says afterwards."""
    address = f"http://127.0.0.1:{PORT}"
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{PORT}", *GUNICORN, "config.wsgi:application"]
    with open(folder / "web.log", "wb") as log:
        web = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_for(address)
            targets = ",".join([address, *map(str, sessions)])
            again = [sys.executable, "-m", "bench.storm", f"--people={asked.people}", f"--seconds={asked.seconds}"]
            again += [f"--seed={asked.seed}", f"--storm={targets}"]
            done = subprocess.run(again, cwd=ROOT, stdout=subprocess.PIPE, check=True)
            servers = [psutil.Process(web.pid), *psutil.Process(web.pid).children(recursive=True)]
            cpu = sum(sum(one.cpu_times()[:2]) for one in servers)
        finally:
            for one in psutil.Process(web.pid).children(recursive=True):
                one.kill()
            web.kill()
            web.wait(10)
    return report(asked, json.loads(done.stdout), cpu)


def wait_for(address: str) -> None:
    """Until the list answers, half a minute at most."""
    browser = build_opener(ProxyHandler({}))
    for _ in range(150):
        try:
            browser.open(address, timeout=2).read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the web server did not start")


def report(asked: argparse.Namespace, answers: list, cpu: float) -> dict:
    """Seats, statuses, seconds."""
    models = import_module("volunteers.models")
    taken = list(models.Shift.objects.values_list("taken", "needed"))
    seated = models.Assignment.objects.filter(status="accepted").count()
    statuses: dict[str, int] = {}
    for status, _ in answers:
        statuses[str(status)] = statuses.get(str(status), 0) + 1
    seconds = sorted(took for _, took in answers if took)
    return {
        "database": asked.database,
        "people": asked.people,
        "places": PLACES * SESSIONS,
        "seated": seated,
        "counted as taken": sum(one for one, _ in taken),
        "overbooked sessions": sum(one > needed for one, needed in taken),
        "statuses": dict(sorted(statuses.items())),
        "5xx or no answer": sum(count for status, count in statuses.items() if status[0] in "50"),
        "p50 ms": round(1000 * seconds[len(seconds) // 2]),
        "p95 ms": round(1000 * seconds[int(len(seconds) * 0.95)]),
        "slowest ms": round(1000 * seconds[-1]),
        "server CPU s": round(cpu, 1),
        "load average": [round(one, 1) for one in os.getloadavg()],
    }


def main() -> None:
    asked = parse()
    if asked.storm:
        storm(asked)
        return
    with fresh.product(asked.database) as folder:
        found = measure(asked, prepare(), folder)
    for name, value in found.items():
        print(f"{name:>20}  {value}")
    if asked.json:
        asked.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
