"""Wait for another process without guessing how long it takes."""

import time
from collections.abc import Callable
from typing import Any


def until(answer: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true answer; fails when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := answer():
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing happened within {seconds} s")
