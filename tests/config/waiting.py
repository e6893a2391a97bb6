"""Wait for another process or thread without guessing how long it takes."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from django.db import connection


def until(answer: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true answer; fails when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := answer():
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing happened within {seconds} s")


def until_it_waits(waiting: Future) -> None:
    """Until the database says that somebody waits for a row."""
    asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    gives_up_at = time.monotonic() + 20
    while time.monotonic() < gives_up_at:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return
        assert not waiting.done(), waiting.result()
        time.sleep(0.02)
    raise AssertionError("It never waited.")
