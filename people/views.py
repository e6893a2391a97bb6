"""Signing in, what a member of staff chooses for themselves (password, shortcuts), and the sheets of every page."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from people import audit, bundles, visitors
from people.access import staff_required

A_WHILE = 15 * 60  # seconds
# Wrong passwords within a while: for one account from one address, and from one address for all accounts.
PER_ACCOUNT, PER_ADDRESS = 10, 60
TOO_OFTEN = "密码错了太多次，这个账号 15 分钟以后再试。忘了密码请找站长。"


# Name, what is pressed, what it does. linke.js knows which key belongs to which name.
KEYS = (
    ("step", "J  K", "下一个、上一个缺口或建议"),
    ("assign", "1–9", "安排面板里这一位"),
    ("undo", "Z", "撤销刚才那一步"),
    ("find", "/", "找人"),
    ("fill", "B", "补齐这一周的缺口"),
    ("publish", "P", "看发给谁；再按一次到“发布”，回车发出"),
    ("week", "←  →", "上一周、下一周"),
    ("tick", "空格", "匹配：勾上、去掉这一项"),
    ("swap", "X", "匹配：这一项换人"),
    ("accept", "A", "匹配：采纳选中的；导入前：到“导入”"),
    ("copy", "C", "通知：复制，到下一条"),
    ("new", "N", "加人、记一条点单"),
    ("paste", "V", "学员：从表格粘贴"),
    ("download", "D", "报表：下载本月"),
    ("today", "T", "回今天"),
    ("help", "?", "看这张表"),
)


@require_http_methods(["GET", "POST"])
@staff_required
def keys(request: HttpRequest) -> HttpResponse:
    """快捷键: each can be switched off; kept with the account, so that it counts on every machine."""
    if request.method == "POST":
        wanted = set(request.POST.getlist("on"))
        request.user.keys_off = [name for name, _, _ in KEYS if name not in wanted]
        request.user.save(update_fields=["keys_off"])
        messages.success(request, "快捷键存好了。")
        return redirect("desk:keys")
    rows = [(name, pressed, words, name not in request.user.keys_off) for name, pressed, words in KEYS]
    return render(request, "people/keys.html", {"rows": rows})


def sign_in(request: HttpRequest) -> HttpResponse:
    """The door of the desk. Only a demonstration says which accounts there are. 429 after many wrong passwords."""
    address = visitors.address_of(request) or "here"
    name = hashlib.sha256(request.POST.get("username", "").strip().encode()).hexdigest()[:32]
    limits = {f"sign-in:{address}:{name}": PER_ACCOUNT, f"sign-in:{address}": PER_ADDRESS}
    is_try = request.method == "POST"
    is_blocked = is_try and any(visitors.counted(key) >= most for key, most in limits.items())
    page = LoginView.as_view(
        template_name="people/login.html",
        redirect_authenticated_user=True,
        authentication_form=Blocked if is_blocked else AuthenticationForm,
        extra_context={"demo": settings.LINKE_DEMO},
    )(request)
    if is_blocked:
        page.status_code = 429
    elif is_try and page.status_code == 200:
        for key in limits:
            visitors.count(key, seconds=A_WHILE)
    elif is_try:
        visitors.forget(next(iter(limits)))
    return page


class Blocked(AuthenticationForm):
    """Looks at no password, and says so."""

    def clean(self) -> dict:
        """Refuse."""
        self.add_error(None, TOO_OFTEN)
        return self.cleaned_data


@require_http_methods(["GET", "POST"])
@staff_required
def password(request: HttpRequest) -> HttpResponse:
    """A new password, for whoever knows the old one; other browsers are signed out."""
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)
        thing = f"user:{request.user.pk}"
        audit.write(actor=request.user, verb="换了自己的密码", thing=thing, now=timezone.now())
        messages.success(request, "密码换好了，别的电脑上要重新登录。")
        return redirect("desk:password")
    return render(request, "people/password.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def bundle(request: HttpRequest, name: str, digest: str, kind: str) -> HttpResponse:
    """A sheet or script of pages, compressed once; kept for a year where the address names its very state."""
    try:
        found = bundles.bundle(name, kind)
    except LookupError as unknown:
        raise Http404 from unknown
    accepted = request.headers.get("Accept-Encoding", "")
    encoding = next((one for one in ("br", "gzip") if one in accepted), "")
    body = {"br": found.br, "gzip": found.gzip, "": found.plain}[encoding]
    response = HttpResponse(body, content_type=bundles.TYPES[kind])
    if encoding:
        response["Content-Encoding"] = encoding
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = "public, max-age=31536000, immutable" if digest == found.digest else "no-cache"
    return response
