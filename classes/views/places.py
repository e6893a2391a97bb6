"""社区资料: the card of a community that the public pages and the poster show."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from classes.actions import places
from classes.forms.places import CommunityForm
from classes.views.place import community_of
from people.access import organiser_required

FIELDS = ("street", "help_name", "help_phone", "help_hours", "group_text")


@require_http_methods(["GET", "POST"])
@organiser_required
def community(request: HttpRequest) -> HttpResponse:
    """Street, contact, phone and hours of the community on screen."""
    here = community_of(request)
    if here is None:
        return render(request, "classes/no_community.html")
    form = CommunityForm(request.POST or None, initial={name: getattr(here, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            places.describe_community(community=here, **form.cleaned_data, now=timezone.now(), actor=request.user)
        except places.WrongPhone as refusal:
            form.add_error("help_phone", str(refusal))
        else:
            messages.success(request, "社区资料存好了，报名页和海报上已经换成新的。")
            return redirect("desk:more")
    return render(request, "classes/community.html", {"form": form, "here": here}, status=422 if form.errors else 200)
