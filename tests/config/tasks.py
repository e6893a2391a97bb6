"""Tasks that only tests ask for; a real worker finds them because it starts in the checkout."""

import os
import time
from pathlib import Path

from django.tasks import task


@task()
def note(path: str, text: str) -> str:
    """Add a line to the file."""
    with open(path, "a") as file:
        file.write(f"{text}\n")
    return text


@task()
def slow_the_first_time(path: str) -> None:
    """Say which process works on it; then, unless it did so before, take longer than anybody waits."""
    before = Path(path).exists()
    with open(path, "a") as file:
        file.write(f"{os.getpid()}\n")
    if not before:
        time.sleep(60)


@task()
def refuse() -> None:
    """A task that fails."""
    raise ValueError("refused")
