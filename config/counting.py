"""The cache in the database, with counters that are exact."""

import base64
import pickle
from typing import Any

from django.core.cache.backends import db
from django.db import connections, router, transaction
from django.utils import timezone


class DatabaseCache(db.DatabaseCache):
    """Django's own, whose `incr` reads and then writes: of two at one moment one was lost, and each began the
    period anew. Here the row is held meanwhile and keeps its end, as in Valkey.
    """

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """One more. Raises ValueError where there is nothing to count on. Two queries."""
        key = self.make_and_validate_key(key, version=version)
        using = router.db_for_write(self.cache_model_class)
        connection = connections[using]
        table = connection.ops.quote_name(self._table)  # type: ignore[attr-defined]  # the stubs leave it out
        # SQLite has one writer at a time, and its transactions begin as writers (environment.SQLITE_OPTIONS).
        hold = " FOR UPDATE" if connection.features.has_select_for_update else ""
        now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute(f"SELECT value FROM {table} WHERE cache_key = %s AND expires > %s{hold}", [key, now])
            row: tuple[Any] | None = cursor.fetchone()
            if row is None:
                raise ValueError(f"Key '{key}' not found")
            value = pickle.loads(base64.b64decode(row[0])) + delta
            kept = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("ascii")
            cursor.execute(f"UPDATE {table} SET value = %s WHERE cache_key = %s", [kept, key])
        return value
