"""Where the addresses of the apps are mounted: `desk` for staff under /desk/, `public` for everybody at the root."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path, re_path

from config import api, work
from config.health import healthz, readyz
from people import urls as people_urls
from people import views as people_views

APPS = [import_module(f"{app}.urls") for app in ("people", "classes", "volunteers") if find_spec(f"{app}.urls")]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    re_path(
        r"^bundle/(?P<name>[a-z0-9_+-]+)\.(?P<digest>[0-9a-f]+)\.(?P<kind>css|js)$", people_views.bundle, name="bundle"
    ),
    path("admin/", admin.site.urls),
    path("api/v1/", api.api.urls),
    path("styleguide/", include((people_urls.guide, "guide"))),
    path("desk/", include(([*(one for app in APPS for one in app.desk), *work.desk, *api.desk], "desk"))),
    path("", include(([one for app in APPS for one in app.public], "public"))),
]
