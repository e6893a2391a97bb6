"""What the supervisor watches: a command with all its processes, and the canary that travels through the worker."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
CANARY_EVERY = 5  # seconds
CANARY_LATE = 8  # seconds without a worker seen busy
START_WITHIN = 30  # the same for the first canary: a cluster starts in two seconds, on a laden machine in twenty
BUSY = " processing "  # what django-q2 writes into the title of a process that works on a task
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """In the child: stop when the supervisor is killed outright (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Group:
    """A command in a process group of its own, so that no member outlives it."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def members(self) -> list[psutil.Process]:
        """The live processes of the group, also those whose parent is gone."""
        if self.process is None:
            return []
        found = []
        for process in psutil.process_iter():
            try:
                if os.getpgid(process.pid) == self.process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (ProcessLookupError, psutil.NoSuchProcess):
                continue
        return found

    def is_busy(self) -> bool:
        """True when a worker of the group says in its title that it works on a task."""
        return any(BUSY in " ".join(titles) for titles in self._titles())

    def _titles(self) -> list[list[str]]:
        titles = []
        for process in self.members():
            try:
                titles.append(process.cmdline())
            except psutil.NoSuchProcess:
                continue
        return titles

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """End every member at once."""
        if self.process is None:
            return
        until = time.monotonic() + 5
        # Whoever was just being forked is found by the next look.
        while (members := self.members()) and time.monotonic() < until:
            for process in members:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue
            psutil.wait_procs(members, timeout=1)
        self.process.wait(5)


# --- the canary -----------------------------------------------------------------------------------


@dataclass
class Canary:
    """A small task that travels through queue, worker and result store, one at a time."""

    enqueue: Callable[[], str]
    has_run: Callable[[str], bool]
    longest_task: float = float("inf")
    result_id: str | None = None
    sent_at: float = 0
    busy_at: float = 0
    patience: float = START_WITHIN

    def look(self, now: float, is_busy: Callable[[], bool]) -> bool:
        """Send or meet the canary. Answers False when the worker makes no progress. `now` in seconds."""
        if self.result_id is None:
            if now - self.sent_at >= CANARY_EVERY:
                self.result_id, self.sent_at, self.busy_at = self.enqueue(), now, now
            return True
        if self.has_run(self.result_id):
            self.result_id, self.patience = None, CANARY_LATE
            return True
        if is_busy():
            self.busy_at = now
        # A worker that says it is busy for longer than any task may last is as good as dead.
        return now - self.busy_at < self.patience and now - self.sent_at < self.longest_task + START_WITHIN

    def hurry(self, now: float) -> None:
        """A process of the cluster died, perhaps with the lock of the queue in its hands: find out soon."""
        self.patience, self.busy_at = CANARY_LATE, now
        if self.result_id is None:
            self.sent_at = 0

    def forget(self) -> None:
        """The workers start anew, and so does the canary."""
        self.result_id, self.sent_at, self.patience = None, 0, START_WITHIN
