"""Who may open a desk page: two decorators for views, nothing else."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]
LOOKS_ONLY = "您的账号只能看，不能改。请找站长开通“社工”角色。"


def staff_required(view: View) -> View:
    """Anybody with a staff account, whatever the role."""
    return login_required(view)


def organiser_required(view: View) -> View:
    """站长 and 社工 only; others get 403 with a page that says whom to ask."""

    @wraps(view)
    def checked(request: HttpRequest, *args, **kwargs):
        if not request.user.may_organise:
            raise PermissionDenied(LOOKS_ONLY)
        return view(request, *args, **kwargs)

    return login_required(checked)


def manager_required(view: View) -> View:
    """站长 only, for what belongs to the whole place: gateways and their keys."""

    @wraps(view)
    def checked(request: HttpRequest, *args, **kwargs):
        if not request.user.may_set_up:
            raise PermissionDenied("通道和密钥由站长管，请找站长。")
        return view(request, *args, **kwargs)

    return login_required(checked)
