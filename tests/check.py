"""All checks besides the tests, each in words: `./run check`. Runs every one, fails when any failed."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SOURCES = ["config", "people", "classes", "volunteers", "engines", "tests", "manage.py"]
TYPED = ["config", "people", "classes", "volunteers", "engines"]
TEMPLATES = sorted(str(path.relative_to(ROOT)) for app in TYPED for path in (ROOT / app).rglob("templates/**/*.html"))

# `check --deploy` judges the settings of a real installation.
PRODUCTION = {
    "LINKE_PRODUCTION": "1",
    "LINKE_HOST": "linke.example",
    "LINKE_SMTP": "smtp://linke:secret@mail.example",
    "SECRET_KEY": "long-enough-to-be-judged-as-a-real-one-0123456789-abcdefghij",
}

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("format", ["ruff", "format", "--check", *SOURCES], {}),
    ("lint", ["ruff", "check", *SOURCES], {}),
    ("layers", ["lint-imports"], {}),
    ("types", ["mypy", *TYPED], {}),
    ("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"], {}),
    ("deployment", ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ("templates", ["djade", "--check", "--target-version", "6.1", *TEMPLATES], {}),
    ("packages", ["deptry", "."], {}),
]


def passes(title: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one check; its words are shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    mark = "✗" if done.returncode else "✓"
    print(f"{mark} {title} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def main() -> int:
    """Zero when every check passed. Names on the command line choose: `./run check lint types`."""
    chosen = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="linke-check-") as folder:
        results = [
            passes(title, command, {"LINKE_DATA": folder, "DATABASE_URL": "", **environment})
            for title, command, environment in CHECKS
            if not chosen or title in chosen
        ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
