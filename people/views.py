"""Signing in."""

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse


def sign_in(request: HttpRequest) -> HttpResponse:
    """The door of the desk. Only a demonstration says which accounts there are."""
    page = LoginView.as_view(
        template_name="people/login.html",
        redirect_authenticated_user=True,
        extra_context={"demo": settings.LINKE_DEMO},
    )
    return page(request)
