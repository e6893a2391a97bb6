"""Read settings from the environment: plain functions, no Django."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

YES = {"1", "true", "yes", "on"}

SQLITE_OPTIONS = {
    # Readers never wait, and a writer waits its turn instead of failing with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def flag(name: str, default: bool = False) -> bool:
    """True when the variable says yes; the default when it is not set."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in YES


def number(name: str, default: int) -> int:
    """The variable as a whole number; ValueError when it is none."""
    return int(os.environ.get(name) or default)


def words(name: str) -> list[str]:
    """The variable's words, separated by commas or spaces."""
    return os.environ.get(name, "").replace(",", " ").split()


def data_folder(default: Path) -> Path:
    """The folder for database and files, made when it is absent."""
    folder = Path(os.environ.get("LINKE_DATA") or default).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """SECRET_KEY, or a key of its own that the first start leaves in the data folder."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    path = folder / "secret-key"
    if not path.exists():
        with NamedTemporaryFile("w", dir=folder, prefix="secret-key-") as own:  # only its owner may read it
            own.write(secrets.token_urlsafe(50))
            own.flush()
            # Of two processes that start together one wins, and both read the winner's key.
            with suppress(FileExistsError):
                os.link(own.name, path)
    return path.read_text()


def database(url: str) -> dict[str, Any]:
    """Django's description of `sqlite:///file` or `postgres://user:password@host:port/name?option=value`.

    Raises ValueError for any other kind of address.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "OPTIONS": SQLITE_OPTIONS,
            "CONN_MAX_AGE": 60,
            # Tests use threads and other processes, so their database must be a file too.
            "TEST": {"NAME": unquote(parts.path[1:]) + ".test"},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError(f"DATABASE_URL must start with sqlite:/// or postgres://, not {parts.scheme or 'nothing'}")


def cache(url: str) -> dict[str, Any]:
    """Django's description of `database:`, `redis://host:port/n` or `valkey://host:port/n`.

    Raises ValueError for any other kind of address.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "database":
        return {
            "BACKEND": "config.counting.DatabaseCache",
            "LOCATION": "cache",
            # Full at 300 it would throw counters away that are still needed.
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    if scheme in {"redis", "valkey"}:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": f"redis:{rest}"}
    raise ValueError(f"CACHE_URL must start with database:, redis:// or valkey://, not {scheme or 'nothing'}")


def mailer(url: str, folder: Path) -> dict[str, Any]:
    """Django's description of `smtp://user:password@host:port` (STARTTLS) or `smtps://...`; without one, files.

    `console:` prints. Raises ValueError for any other kind of address.
    """
    if not url:
        return {"BACKEND": "people.mail.EmailBackend", "OPTIONS": {"file_path": folder}}
    if url == "console:":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(f"LINKE_SMTP must start with smtp:// or smtps://, not {parts.scheme or 'nothing'}")
    return {
        "BACKEND": "people.mail.SmtpBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or (465 if parts.scheme == "smtps" else 587),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp" and parts.username is not None,
            "use_ssl": parts.scheme == "smtps",
            "timeout": 20,  # seconds
        },
    }
