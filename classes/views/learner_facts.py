"""改资料 of one learner, and who answers for and fetches a child."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from classes.actions import learner_facts as actions
from classes.forms.learner_facts import ChildFactsForm, ContactForm, SeniorFactsForm
from classes.models import Learner, PickUp
from classes.views.learners import learner_of, profile, tell
from people.access import organiser_required


@require_http_methods(["GET", "POST"])
@organiser_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """All facts of one learner. Numbers and children's data stand here in full, so opening leaves a line in the trail."""
    found = learner_of(pk)
    is_child = found.kind == Learner.Kind.CHILD
    kind = ChildFactsForm if is_child else SeniorFactsForm
    if request.method == "GET":
        actions.open_to_change(learner=found, now=timezone.now(), actor=request.user)
        form = kind(initial=kind.initial_of(found))
    else:
        form = kind(request.POST)
        if form.is_valid() and keep(request, found, form):
            return redirect("desk:learner", pk)
    context = {"form": form, "learner": found, "is_child": is_child}
    return render(request, "classes/learner_form.html", context, status=422 if form.errors else 200)


def keep(request: HttpRequest, found: Learner, form: forms.Form) -> bool:
    """Write what was typed; a refusal stands at its field."""
    person = found.person  # the form of a child has no number: it stays
    facts = {"phone": person.phone, "phone_whose": person.phone_whose, **form.cleaned_data}
    try:
        warned = actions.change_learner(learner=found, now=timezone.now(), actor=request.user, **facts)
    except actions.TooYoung as refusal:
        form.add_error("may_leave_alone", str(refusal))
        return False
    messages.success(request, f"{found}的资料改好了。")
    for sentence in warned:
        messages.warning(request, sentence)
    return True


@require_POST
@organiser_required
def contact(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Somebody more who may fetch (`pickup`) or answers for (`guardian`) a child."""
    found = get_child(pk)
    form = ContactForm(request.POST, prefix=what, needs_phone=what == "guardian")
    if not form.is_valid():
        return profile(request, found, status=422, **{f"{what}_form": form})
    try:
        if what == "guardian":
            _, settled = actions.add_guardian(
                learner=found, now=timezone.now(), actor=request.user, **form.cleaned_data
            )
        else:
            settled = []
            actions.add_pickup(learner=found, now=timezone.now(), actor=request.user, **form.cleaned_data)
    except actions.NamedAlready as refusal:
        form.add_error(None, str(refusal))
        return profile(request, found, status=409, **{f"{what}_form": form})
    messages.success(request, "记好了。" + "".join(tell(place) for place in settled))
    return redirect("desk:learner", pk)


@require_POST
@organiser_required
def pickup_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """This person may not fetch the child any more."""
    gone = get_object_or_404(PickUp.objects.select_related("learner__person"), pk=pk)
    actions.remove_pickup(pickup=gone, now=timezone.now(), actor=request.user)
    messages.success(request, f"{gone}不能再接了。")
    return redirect("desk:learner", gone.learner_id)


@require_POST
@organiser_required
def reveal_family(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the family's whole number, and write down who looked."""
    found = learner_of(pk)
    phone = actions.reveal_family(learner=found, now=timezone.now(), actor=request.user)
    return profile(request, found, family_phone=phone)


def get_child(pk: int) -> Learner:
    """The child, or 404."""
    return get_object_or_404(Learner.objects.select_related("person", "community", "grid"), pk=pk, kind="child")
