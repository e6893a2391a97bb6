"""What numbers on the command line may be; argparse says which one is not, with status 2."""

from __future__ import annotations

LONGEST = 7 * 24 * 3600.0
SEEDS = 2**31


def seconds(text: str) -> float:
    """A time limit: more than nothing, a week at most."""
    found = float(text)
    if not 0 < found <= LONGEST:
        raise ValueError(text)
    return found


def count(text: str) -> int:
    """How many: one at least."""
    found = int(text)
    if found < 1:
        raise ValueError(text)
    return found


def seed(text: str) -> int:
    """A seed: 0 to 2,147,483,647, as the solver takes it."""
    found = int(text)
    if not 0 <= found < SEEDS:
        raise ValueError(text)
    return found
