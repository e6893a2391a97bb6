"""One command starts web and worker, heals a wedged worker and stops without leaving a process."""

import json
import os
import signal
import socket
from urllib.request import urlopen

import psutil
import pytest
from django.contrib.auth import get_user_model

from classes.models import Community
from config.serve import (
    demo_logins,
    lan_addresses,
    open_to_phones,
    port_is_free,
    prepare,
)
from config.watched import CANARY_EVERY, CANARY_LATE, START_WITHIN, Canary
from tests.config.waiting import until


class TestCanary:
    """A fake clock and a fake queue; the real ones are below."""

    def make(self) -> tuple[Canary, list[str], set[str]]:
        sent: list[str] = []
        came_back: set[str] = set()

        def enqueue() -> str:
            sent.append(f"canary-{len(sent)}")
            return sent[-1]

        return Canary(enqueue=enqueue, has_run=came_back.__contains__), sent, came_back

    def flying(self) -> tuple[Canary, list[str], set[str]]:
        """The second canary has left at 200, after the first came back."""
        canary, sent, came_back = self.make()
        canary.look(100, is_busy=lambda: False)
        came_back.add("canary-0")
        canary.look(101, is_busy=lambda: False)
        canary.look(200, is_busy=lambda: False)
        return canary, sent, came_back

    def test_next_one_leaves_when_the_last_came_back(self):
        canary, sent, came_back = self.make()

        assert canary.look(100, is_busy=lambda: False)
        came_back.add("canary-0")
        assert canary.look(101, is_busy=lambda: False)
        assert canary.look(100 + CANARY_EVERY, is_busy=lambda: False)

        assert sent == ["canary-0", "canary-1"]

    def test_one_that_stays_away_from_idle_workers_means_no_progress(self):
        canary, _, _ = self.flying()

        assert canary.look(200 + CANARY_LATE - 1, is_busy=lambda: False)
        assert not canary.look(200 + CANARY_LATE, is_busy=lambda: False)

    def test_workers_that_are_only_starting_have_longer(self):
        canary, _, _ = self.make()
        canary.look(100, is_busy=lambda: False)

        assert canary.look(100 + START_WITHIN - 1, is_busy=lambda: False)
        assert not canary.look(100 + START_WITHIN, is_busy=lambda: False)

    def test_after_a_death_it_is_missed_sooner_even_at_the_start(self):
        canary, _, _ = self.make()
        canary.look(100, is_busy=lambda: False)

        canary.hurry(110)

        assert canary.look(110 + CANARY_LATE - 1, is_busy=lambda: False)
        assert not canary.look(110 + CANARY_LATE, is_busy=lambda: False)

    def test_after_a_death_the_next_one_leaves_at_once(self):
        canary, sent, came_back = self.make()
        canary.look(100, is_busy=lambda: False)
        came_back.add("canary-0")
        canary.look(101, is_busy=lambda: False)

        canary.hurry(102)
        canary.look(102, is_busy=lambda: False)

        assert sent == ["canary-0", "canary-1"]

    def test_busy_workers_are_left_alone(self):
        canary, _, _ = self.flying()

        assert all(canary.look(200 + second, is_busy=lambda: True) for second in range(300))
        assert not canary.look(499 + CANARY_LATE, is_busy=lambda: False)

    def test_workers_that_are_busy_for_longer_than_any_task_may_last_are_not(self):
        canary, _, _ = self.flying()
        canary.longest_task = 300

        assert canary.look(200 + 300, is_busy=lambda: True)
        assert not canary.look(200 + 300 + START_WITHIN, is_busy=lambda: True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def health(port: int) -> dict | None:
    """What /healthz says; None while nothing listens."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return json.load(answer)
    except OSError:  # URLError is one, too
        return None


def title(process: psutil.Process) -> str:
    """What the process says it is; empty when it is gone."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def workers(supervisor: psutil.Process) -> list[psutil.Process]:
    """The processes of django-q2 that wait for tasks."""
    return [child for child in supervisor.children(recursive=True) if " idle" in title(child)]


@pytest.fixture
def product(start_process, tmp_path):
    """The running product on an empty database of its own: its supervisor and its port."""
    port = free_port()
    process = start_process(
        "-m", "config.serve", "--port", str(port), "--data", str(tmp_path), "--empty", DATABASE_URL=""
    )
    until(lambda: (health(port) or {}).get("worker") == "ok", seconds=150)
    return psutil.Process(process.pid), port


class TestPhones:
    def test_every_address_is_told_and_the_first_is_used_in_links(self, monkeypatch):
        monkeypatch.delenv("LINKE_ADDRESS", raising=False)
        monkeypatch.setenv("LINKE_HOST", "linke.example")

        assert open_to_phones("192.168.1.5", 8010) == ["http://192.168.1.5:8010"]
        assert os.environ["LINKE_ADDRESS"] == "http://192.168.1.5:8010"
        assert os.environ["LINKE_HOST"] == "linke.example 192.168.1.5"

    def test_an_address_that_was_set_stays(self, monkeypatch):
        monkeypatch.setenv("LINKE_ADDRESS", "https://linke.example")
        monkeypatch.setenv("LINKE_HOST", "")
        open_to_phones("192.168.1.5", 8010)

        assert os.environ["LINKE_ADDRESS"] == "https://linke.example"

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
    def test_this_machine_only_stays_so(self, host):
        assert open_to_phones(host, 8010) == []

    def test_everything_means_the_addresses_of_the_machine_without_its_own_loop(self):
        assert not any(one.startswith(("127.", "169.254.")) for one in lan_addresses("0.0.0.0"))

    def test_a_production_names_itself(self, monkeypatch):
        monkeypatch.setenv("LINKE_PRODUCTION", "1")

        assert open_to_phones("0.0.0.0", 8010) == []


@pytest.mark.django_db
def test_a_production_begins_without_the_accounts_everybody_knows(settings):
    settings.LINKE_PRODUCTION = True

    prepare(empty=True)

    assert not get_user_model().objects.exists()
    assert demo_logins() == []


@pytest.mark.django_db
def test_an_empty_start_has_accounts_and_nothing_else(capsys):
    prepare(empty=True)

    assert "正在准备空的数据库" in (said := capsys.readouterr().err)
    assert "演示数据，大约" not in said

    assert get_user_model().objects.count() == len(demo_logins()) == 3
    assert not Community.objects.exists()


@pytest.mark.journey
def test_stops_on_a_signal_and_leaves_no_process(product):
    supervisor, port = product
    everything = supervisor.children(recursive=True)
    assert len(everything) >= 9  # gunicorn and 2 workers; cluster, sentinel, 2 workers, monitor, pusher

    supervisor.send_signal(signal.SIGTERM)

    assert supervisor.wait(30) == 0
    assert [process for process in everything if process.is_running()] == []
    assert port_is_free("127.0.0.1", port)


@pytest.mark.journey
def test_killed_supervisor_leaves_no_process_either(product):
    supervisor, _ = product
    everything = supervisor.children(recursive=True)

    supervisor.kill()

    _, alive = psutil.wait_procs(everything, timeout=30)
    assert alive == []


@pytest.mark.journey
def test_wedged_worker_is_healed(product):
    """Two workers wait for one lock; whoever is killed while holding it leaves it locked for ever."""
    supervisor, port = product
    # One look, not two: between two looks a worker may turn to the canary, and then only its idle twin was killed.
    before = until(lambda: len(found := workers(supervisor)) == 2 and found)

    for process in before:
        os.kill(process.pid, signal.SIGKILL)
    wedged = until(lambda: (found := workers(supervisor)) and not set(found) & set(before) and found)
    until(lambda: (found := workers(supervisor)) and not set(found) & set(wedged), seconds=60)

    until(lambda: health(port)["worker_seconds"] < CANARY_EVERY, seconds=30)
