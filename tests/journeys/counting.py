"""The effort of a job in taps, typed fields and keys, against the goals of section 2 of the design guide.

A journey counts through `Effort`; `python -m tests.journeys.counting` runs every journey that is marked
`effort` and prints one table. The first opening of a page or message costs nothing.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "var" / "artefacts" / "effort"


@dataclass(frozen=True, slots=True)
class Goal:
    """The most that a job may cost: taps, typed fields, and keys where it is done with keys alone."""

    title: str
    taps: int = 0
    fields: int = 0
    keys: int = 0


@dataclass(slots=True)
class Effort:
    """Counts what one person does on one or more pages; `name` tells apart ways of doing the same job.

    effort = Effort(job=2); effort.tap(page.get_by_role("button", name="…")); effort.meets(Goal("…", taps=1))
    """

    job: int
    name: str = ""
    taps: int = 0
    fields: int = 0
    keys: int = 0

    def tap(self, what: Locator) -> None:
        """One tap or click."""
        self.taps += 1
        what.click()

    def fill(self, what: Locator, text: str, *, delay: int = 0) -> None:
        """One field typed, the tap into it included; `delay` in milliseconds for each key."""
        self.fields += 1
        if delay:
            what.press_sequentially(text, delay=delay)
        else:
            what.fill(text)

    def press(self, page: Page, key: str) -> None:
        """One key of the keyboard, on a page that has come whole: its script is there too."""
        self.keys += 1
        page.wait_for_load_state()
        page.keyboard.press(key)

    def choose(self, what: Locator, value: str) -> None:
        """One list to choose from: as much as a field."""
        self.fields += 1
        what.select_option(value)

    def meets(self, goal: Goal) -> None:
        """Keep the counts for the table, then fail when they are more than the goal."""
        KEPT.mkdir(parents=True, exist_ok=True)
        row = {**asdict(self), "goal": asdict(goal)}
        file = KEPT / f"{self.job:02d}-{self.name or 'usual'}.json"
        file.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
        assert self.taps <= goal.taps, row
        assert self.fields <= goal.fields, row
        assert self.keys <= goal.keys, row


def table() -> list[str]:
    """What the journeys have kept, as lines of a table in the order of the jobs."""
    lines = ["| job | what | taps | goal | fields | goal | keys | goal |", "|---|---|---|---|---|---|---|---|"]
    for file in sorted(KEPT.glob("*.json")):
        row = json.loads(file.read_text(encoding="utf-8"))
        goal = row["goal"]
        counts = [f"{row[what]} | {goal[what]}" for what in ("taps", "fields", "keys")]
        lines.append(f"| {row['job']} | {goal['title']} | {' | '.join(counts)} |")
    return lines


def main() -> int:
    """Run the counted journeys, print the table; the exit code is pytest's."""
    for file in KEPT.glob("*.json"):
        file.unlink()
    command = [sys.executable, "-m", "pytest", "-q", "tests/journeys", "-m", "effort", *sys.argv[1:]]
    code = subprocess.run(command, cwd=ROOT).returncode
    print("\n".join(table()))
    return code


if __name__ == "__main__":
    sys.exit(main())
