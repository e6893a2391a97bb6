"""All settings, in one file. docs/settings.md names every variable read here."""

import os
from datetime import timedelta
from pathlib import Path

from django.utils.csp import CSP

from config import environment

CHECKOUT = Path(__file__).resolve().parent.parent
LINKE_DATA = environment.data_folder(default=CHECKOUT / "var")

# --- what kind of place this is -------------------------------------------------------------------

DEBUG = environment.flag("DEBUG")
LINKE_PRODUCTION = environment.flag("LINKE_PRODUCTION")
SECRET_KEY = environment.secret_key(LINKE_DATA)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *environment.words("LINKE_HOST")]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in environment.words("LINKE_HOST") if host != "*"]
# The address that links in messages start with.
LINKE_ADDRESS = os.environ.get("LINKE_ADDRESS", "http://localhost:8000").rstrip("/")
# What the sign-in page says about the accounts of a demonstration; empty everywhere else.
LINKE_DEMO = os.environ.get("LINKE_DEMO", "")

INSTALLED_APPS = [
    "config",
    "volunteers",
    "classes",
    "people",
    "django_htmx",
    "django_q",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "people.context.remember_size",
    "config.privacy.keep_to_yourself",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.context.text_size",
                "volunteers.context.rail",
            ],
        },
    },
]

# --- storage --------------------------------------------------------------------------------------

DATABASES = {
    "default": environment.database(os.environ.get("DATABASE_URL") or f"sqlite:///{LINKE_DATA / 'linke.sqlite3'}"),
}
# "memory" is this process's own: parts of pages that are worked out again within seconds anyway.
CACHES = {
    "default": environment.cache(os.environ.get("CACHE_URL") or "database:"),
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 200}},
}
# Seconds for which a process shows a board again that has not changed (volunteers/queries/kept.py); 0 never.
LINKE_BOARD_KEPT = int(os.environ.get("LINKE_BOARD_KEPT", "10"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATIC_ROOT = LINKE_DATA / "static"
STATIC_ROOT.mkdir(exist_ok=True)
# Production serves compressed files under names that change with their content (after `collectstatic`);
# demo and tests serve the files where they lie, with no step in between.
WHITENOISE_USE_FINDERS = not LINKE_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = LINKE_DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if LINKE_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

# --- people who sign in ---------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"

SESSION_COOKIE_AGE = 14 * 24 * 60 * 60  # seconds
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = LINKE_PRODUCTION
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = LINKE_PRODUCTION

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
# Secret links must not travel to other sites in the Referer header.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = LINKE_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if LINKE_PRODUCTION else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if LINKE_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = LINKE_PRODUCTION
SECURE_HSTS_PRELOAD = LINKE_PRODUCTION
X_FRAME_OPTIONS = "DENY"

# Calls of one key of the API in a minute; 0 = as many as it likes.
LINKE_API_RATE = environment.number("LINKE_API_RATE", 300)

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- mail -----------------------------------------------------------------------------------------

# Without a gateway notes are only written to files: pages then ask people to copy them by hand.
LINKE_SENDS = bool(os.environ.get("LINKE_SMTP"))
MAILERS = {
    "default": environment.mailer(os.environ.get("LINKE_SMTP", ""), folder=LINKE_DATA / "mail"),
    # Notes to people without an address of their own; `console:` prints them for whoever develops.
    "files": environment.mailer(os.environ.get("LINKE_MAIL_FILES", ""), folder=LINKE_DATA / "mail"),
}
# A certified official account (服务号) knows people again inside WeChat; without both, nobody is sent there.
LINKE_WECHAT_APP_ID = os.environ.get("LINKE_WECHAT_APP_ID", "")
LINKE_WECHAT_SECRET = os.environ.get("LINKE_WECHAT_SECRET", "")
LINKE_WECHAT_OPEN = "https://open.weixin.qq.com"
LINKE_WECHAT_API = "https://api.weixin.qq.com"
# Hosts besides the providers' own that a group's bot may live on: installations of one's own.
LINKE_GATEWAY_HOSTS = environment.words("LINKE_GATEWAY_HOSTS")
# Hours of the day in which no note leaves, except about the next morning (people/outbox.py).
LINKE_QUIET_FROM = environment.number("LINKE_QUIET_FROM", 21)
LINKE_QUIET_UNTIL = environment.number("LINKE_QUIET_UNTIL", 8)
# Who waits for a place has so many hours to answer before the next one is asked.
LINKE_WAIT_HOURS = environment.number("LINKE_WAIT_HOURS", 4)
# A place that a club holds without a name is free again so many hours before the session.
LINKE_HOLD_HOURS = environment.number("LINKE_HOLD_HOURS", 48)
# Whoever was told something less than this ago gets what follows together, unless it is about the next 24 hours.
LINKE_TOGETHER = timedelta(minutes=environment.number("LINKE_TOGETHER", 10))
DEFAULT_FROM_EMAIL = os.environ.get("LINKE_MAIL_FROM", "邻课 <linke@localhost>")

# --- work in the background -----------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "config.background.QueueBackend"}}

# Seconds; a task that takes longer is stopped.
LINKE_TASK_TIMEOUT = environment.number("LINKE_TASK_TIMEOUT", 300)

Q_CLUSTER = {
    "name": "linke",
    "orm": "default",
    "workers": 2,
    "bulk": 1,
    "queue_limit": 4,
    "poll": 0.2,  # seconds between two looks at an empty queue
    "timeout": LINKE_TASK_TIMEOUT,
    # Seconds; a task that nobody acknowledged by then starts again, so it must be more than the timeout.
    "retry": LINKE_TASK_TIMEOUT + LINKE_TASK_TIMEOUT // 5 + 1,
    "max_attempts": 3,
    "ack_failures": False,
    "save_limit": 0,  # keep all results: pruning on every save costs 5 times the speed; a task of ours prunes
    "catch_up": False,
    "max_rss": 400_000,  # kilobytes
    "label": "后台任务",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without-secrets": {"()": "config.privacy.WithoutSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without-secrets"]},
    },
    # Django's own handlers would say the lines a second time, with the secrets.
    "loggers": {"django": {"handlers": [], "propagate": True}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LINKE_LOG_LEVEL", "WARNING")},
}
