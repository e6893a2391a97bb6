"""The product's settings in a place of their own: files in a temporary folder, a key for tests, one cache.

The environment is set here because pytest-django reads settings before any conftest.py.
"""

import os
from tempfile import TemporaryDirectory

FOLDER = TemporaryDirectory(prefix="linke-tests-")
os.environ["LINKE_DATA"] = FOLDER.name
os.environ["SECRET_KEY"] = "a key for tests only"
os.environ["CACHE_URL"] = ""
os.environ["LINKE_BOARD_KEPT"] = "0"
for name in ["LINKE_PRODUCTION", "LINKE_HOST", "LINKE_ADDRESS", "LINKE_SMTP", "LINKE_TASK_TIMEOUT", "DEBUG"]:
    os.environ.pop(name, None)

from config.settings import *  # noqa: E402, F403

# Slow hashing protects real passwords; in tests it is only slow.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
