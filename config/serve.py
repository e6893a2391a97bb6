"""Web and worker in one command, watched: `python -m config.serve --port 8000`.

The start for one machine: exactly one of these per database. It prepares the database, starts
gunicorn and django-q2's cluster in process groups of their own, and sends a canary through the
worker every few seconds. A canary that does not come back while no worker is busy means that the
cluster is wedged (its own heartbeat stays green then): the whole group is killed and started again.
"""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path

import django
import psutil
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import Error, connections
from django.utils import timezone

from config.watched import CANARY_EVERY, Canary, Group

ROOT = Path(__file__).resolve().parent.parent
CANARY = "people.tasks.beat"
STOP_WITHIN = 12  # seconds for running requests and tasks; a task cut off then runs again at the next start
DEMO_HINT = "用户名 chen，密码 linke-demo-2026"


def say(text: str) -> None:
    """Words for the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


# --- the supervisor -------------------------------------------------------------------------------


@dataclass
class Supervisor:
    """Keeps the two groups running until a signal comes."""

    web: Group
    worker: Group
    canary: Canary
    release_claims: Callable[..., int]
    on_start: Callable[[], None]
    say_alive: Callable[..., None]
    said_alive_at: float = 0
    alive: frozenset[int] = frozenset()
    stopping: bool = False

    def on_signal(self, number: int, frame: object) -> None:
        if self.stopping:
            self.web.kill()
            self.worker.kill()
            sys.exit(1)
        self.stopping = True

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        try:
            self.web.start()
            self.restart_worker()
            self.on_start()
            while not self.stopping:
                self.watch()
                time.sleep(0.5)
        finally:
            self.stop()

    def watch(self) -> None:
        """One look at both groups."""
        if self.web.ended:
            say("网页服务停了，重新启动。 The web server ended; starting it again.")
            self.web.kill()
            time.sleep(1)
            self.web.start()
        before, self.alive = self.alive, frozenset(process.pid for process in self.worker.members())
        if before - self.alive:
            self.canary.hurry(time.monotonic())
        try:
            if time.monotonic() - self.said_alive_at >= CANARY_EVERY:
                self.say_alive(now=timezone.now())
                self.said_alive_at = time.monotonic()
            if self.worker.ended or not self.canary.look(time.monotonic(), self.worker.is_busy):
                say("后台任务停了，重新启动。 The worker made no progress; starting it again.")
                self.restart_worker()
        except Error as trouble:
            # Without a database nobody can tell; /healthz says so and pages fail. Killing the worker would not help.
            say(f"数据库没有回应。 The database does not answer: {trouble}")
            connections.close_all()
            time.sleep(2)

    def restart_worker(self) -> None:
        self.worker.kill()
        self.release_claims(now=timezone.now())
        self.alive = frozenset()
        self.canary.forget()
        connections.close_all()
        self.worker.start()

    def stop(self) -> None:
        """Ask both groups to stop, then make sure that no process is left."""
        say("正在停止…… Stopping ...")
        self.web.ask_to_stop()
        self.worker.ask_to_stop()
        until = time.monotonic() + STOP_WITHIN
        while time.monotonic() < until and not (self.web.ended and self.worker.ended):
            time.sleep(0.1)
        self.web.kill()
        self.worker.kill()
        say("已停止，数据都在。 Stopped; the data is kept.")


# --- start ----------------------------------------------------------------------------------------


def prepare(empty: bool, street: bool = False) -> None:
    """Bring the database up to date; a new one gets staff accounts and, unless `empty`, a demo term.

    The accounts' password is printed in every copy of this product, so a production gets none of them.
    """
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if get_user_model().objects.exists():
        return
    if settings.LINKE_PRODUCTION:
        say("还没有账号，请建第一个：./run manage createsuperuser  No account yet; make the first one.")
        return
    if not empty:
        say("正在写入演示数据，大约半分钟…… Writing the demo data, about half a minute ...")
    else:
        say("正在准备空的数据库…… Preparing an empty database ...")
    call_command("seed_demo", empty=empty, street=street, stdout=sys.stderr)


def port_is_free(host: str, port: int) -> bool:
    """True when a server may listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """True when a server listens there; looking does not get in its way."""
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def demo_logins() -> list[str]:
    """One line for each demo login: user name, password and what it may do. None in production."""
    if settings.LINKE_PRODUCTION or not find_spec("volunteers.demo"):
        return []
    return ["  ".join(str(part) for part in login) for login in import_module("volunteers.demo").LOGINS]


def lan_addresses(host: str) -> list[str]:
    """The IPv4 addresses under which other machines reach a server that listens on `host`, the usual way first."""
    if host not in {"0.0.0.0", "::"}:
        return [] if host == "localhost" or not is_ipv4(host) or ip_address(host).is_loopback else [host]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent; the system only chooses its way out
            found = [probe.getsockname()[0]]
        except OSError:
            found = []
    cards = psutil.net_if_addrs().values()
    found += sorted(one.address for card in cards for one in card if one.family == socket.AF_INET)
    return [one for one in dict.fromkeys(found) if not (ip_address(one).is_loopback or ip_address(one).is_link_local)]


def is_ipv4(host: str) -> bool:
    """True for 192.168.1.5, not for a name."""
    try:
        return ip_address(host).version == 4
    except ValueError:
        return False


def open_to_phones(host: str, port: int) -> list[str]:
    """Let other machines in by address, put the first into links unless LINKE_ADDRESS is set, answer all of them.

    A production says itself under which names it is reached.
    """
    addresses = [] if os.environ.get("LINKE_PRODUCTION") else lan_addresses(host)
    if addresses:
        os.environ["LINKE_HOST"] = " ".join([os.environ.get("LINKE_HOST", ""), *addresses]).strip()
        os.environ.setdefault("LINKE_ADDRESS", f"http://{addresses[0]}:{port}")
    return [f"http://{address}:{port}" for address in addresses]


def announce(port: int, host: str, address: str, phones: list[str]) -> None:
    """Wait until the web server listens, then say where to go and who can sign in."""
    until = time.monotonic() + 30
    while not answers(host, port) and time.monotonic() < until:
        time.sleep(0.1)
    say(f"\n邻课  公开页 Public  {address}/\n      工作台 Desk    {address}/desk/")
    for one in phones:
        say(f"      手机打开 Phone {one}/")
    for line in demo_logins():
        say(f"      演示账号 Login  {line}")
    say("      按 Ctrl-C 停止。 Ctrl-C stops everything.\n")


def web_command(host: str, port: int) -> list[str]:
    """gunicorn: 2 processes of 8 threads."""
    listen = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = {
        "--bind": listen,
        "--worker-class": "gthread",
        "--workers": "2",
        "--threads": "8",
        "--graceful-timeout": "8",
        "--log-level": "warning",
    }
    flat = [part for option in options.items() for part in option]
    return [sys.executable, "-m", "gunicorn", *flat, "--no-control-socket", "config.wsgi:application"]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line of `./run demo`."""
    parser = argparse.ArgumentParser(prog="./run demo", description="Web and worker in one command.")
    parser.add_argument("--port", type=int, default=8000, metavar="N")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--data", metavar="DIR", help="folder of database and files (default: var in the checkout)")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--empty", action="store_true", help="no demo data in a new database")
    kinds.add_argument("--street", action="store_true", help="a street of eight communities in a new database")
    return parser.parse_args(arguments)


def main() -> None:
    asked = parse()
    if not port_is_free(asked.host, asked.port):
        sys.exit(f"端口 {asked.port} 已被占用，请换一个：--port N  (port {asked.port} is taken)")
    address = f"http://localhost:{asked.port}"
    if asked.data:
        os.environ["LINKE_DATA"] = str(Path(asked.data).expanduser().resolve())
    phones = open_to_phones(asked.host, asked.port)
    os.environ.setdefault("LINKE_ADDRESS", address)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not asked.empty:
        os.environ.setdefault("LINKE_DEMO", DEMO_HINT)

    say("正在准备数据库…… Preparing the database ...")
    django.setup()
    background = import_module("config.background")  # It needs Django set up first.
    prepare(asked.empty, asked.street)
    background.install_schedules()
    Supervisor(
        web=Group("web", web_command(asked.host, asked.port)),
        worker=Group("worker", [sys.executable, str(ROOT / "manage.py"), "qcluster"]),
        canary=Canary(
            enqueue=lambda: background.send_canary(CANARY, now=timezone.now()),
            has_run=background.has_run,
            longest_task=settings.LINKE_TASK_TIMEOUT,
        ),
        release_claims=background.release_claims,
        say_alive=background.say_supervised,
        on_start=lambda: announce(asked.port, asked.host, address, phones),
    ).run()


if __name__ == "__main__":
    main()
