"""Every test on SQLite, then every test that a database can change on a real PostgreSQL: `./run test`.

The browser journeys and the folders that never open a database run once.

Arguments go to pytest both times. `--only sqlite` or `--only postgresql` runs one half.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5  # pytest's own exit code


# Plain Python: the engines and the readers of workbooks.
WITHOUT_DATABASE = ("tests/matching", "tests/timetabling", "tests/workbooks")


def pytest(title: str, arguments: list[str], **environment: str) -> int:
    """Run pytest in a process of its own, so that settings are read afresh. Answers its exit code."""
    print(f"== {title} ==", flush=True)
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode


def on_postgresql(arguments: list[str]) -> int:
    """The suite without browser journeys and plain Python, on a PostgreSQL started for it."""
    left_out = [f"--ignore={folder}" for folder in WITHOUT_DATABASE]
    with servers.postgresql() as url:
        return pytest("PostgreSQL", ["-m", "not journey", *left_out, *arguments], DATABASE_URL=url)


def main() -> int:
    """Zero when both halves passed. A selection that holds nothing for PostgreSQL (a journey) passes there."""
    parser = argparse.ArgumentParser(prog="./run test", description=__doc__, add_help=False)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked, arguments = parser.parse_known_args()

    sqlite = pytest("SQLite", arguments, DATABASE_URL="") if asked.only != "postgresql" else 0
    if asked.only == "sqlite":
        return sqlite
    postgresql = on_postgresql(arguments)
    if postgresql == NOTHING_COLLECTED and arguments and asked.only is None:
        postgresql = 0
    if sqlite and not postgresql:
        print("SQLite: failed, see above. PostgreSQL: passed.", flush=True)
    return sqlite or postgresql


if __name__ == "__main__":
    sys.exit(main())
