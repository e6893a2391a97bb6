"""What must not be kept where others read it: secret links in logs, pages about people in caches."""

import logging
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

SECRET_LINK = re.compile(r"(/(?:me|k|kept|club|hand|service)/)[^/\s?#]+")
ABOUT_PEOPLE = ("/desk/", "/api/", "/me/", "/k/", "/kept/", "/g/", "/ask/", "/club/", "/hand/", "/admin/")


class WithoutSecrets(logging.Filter):
    """Puts … where the secret of a personal link stands in a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, without the secret."""
        line = record.getMessage()
        if SECRET_LINK.search(line):
            record.msg, record.args = SECRET_LINK.sub(r"\1…", line), ()
        return True


def keep_to_yourself(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: pages about people stay in no cache, so the next person at a shared computer sees nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith(ABOUT_PEOPLE):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware
