"""The public pages as a screen reader has them, and at the largest letters on the smallest phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from people import context
from tests import make
from tests.journeys import hearing
from tests.journeys.measures import TARGETS, overflow, small
from tests.journeys.running import agreed, as_guardian, as_volunteer, live, public_pages
from volunteers.models import Assignment, Shift

pytestmark = pytest.mark.journey

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
KNOWN = (
    "list",
    "me",
    "me-new",
    "sign-up",
    "decline",
    "in-scanned",
    "certificate-ask",
    "swap-choose",
    "my-calendar",
    "family",
)

# Text that runs out of a box that hides what is too much, and boxes that end before their words do.
CUT = """() => {
    const found = []
    for (const one of document.querySelectorAll('body *')) {
        if (!one.checkVisibility({visibilityProperty: true}) || one.closest('.vh, svg, .skip') || !one.textContent.trim()) continue
        const style = getComputedStyle(one)
        const hides = ['hidden', 'clip'].includes(style.overflowX) || ['hidden', 'clip'].includes(style.overflowY)
        const name = `${one.tagName} ${one.textContent.trim().slice(0, 20)}`
        if (hides && one.clientWidth && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)) found.push('hidden: ' + name)
        for (const node of one.childNodes) {
            if (node.nodeType !== 3 || !node.textContent.trim()) continue
            const range = document.createRange()
            range.selectNodeContents(node)
            const text = range.getBoundingClientRect(), box = one.getBoundingClientRect()
            if (text.right > innerWidth + 1 || text.left < -1) found.push('beyond the screen: ' + name)
            if (style.display !== 'inline' && text.right > box.right + 1.5) found.push('out of its box: ' + name)
        }
    }
    return [...new Set(found)]
}"""


@pytest.fixture
def running(transactional_db):
    """The moment of a term under way."""
    now = timezone.now()
    live(now)
    return now


def visits(now) -> list[tuple[str, str, bool]]:
    """Every public page for a stranger, and those that a known phone has for itself: name, path, known."""
    pages = public_pages(now)
    return [(name, path, False) for name, path in pages.items() if name != "login"] + [
        (f"{name}, known", pages[name], True) for name in KNOWN
    ]


def phones(new_page, url: str, now, **options) -> dict[bool, Page]:
    """A phone that nobody knows, and one of somebody who comes."""
    known = as_volunteer(as_guardian(new_page(**PHONE, **options), url), url, agreed(now).volunteer)
    return {False: new_page(**PHONE, **options), True: known}


def test_every_public_page_is_clear_to_a_listener(live_server, new_page, running, subtests):
    pages = phones(new_page, live_server.url, running)
    for name, path, is_known in visits(running):
        with subtests.test(page=name):
            pages[is_known].goto(f"{live_server.url}{path}")
            said = hearing.unclear(pages[is_known])
            assert not said, "\n".join(said)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_largest_letters_fit_the_smallest_phone(live_server, new_page, running, subtests, scripts):
    pages = phones(new_page, live_server.url, running, java_script_enabled=scripts)
    for page in pages.values():
        page.context.add_cookies([{"name": context.COOKIE, "value": "xlarge", "url": live_server.url}])
    for name, path, is_known in visits(running):
        with subtests.test(page=name, scripts=scripts):
            page = pages[is_known]
            page.goto(f"{live_server.url}{path}")
            too_wide = overflow(page, 320)
            said = page.evaluate(CUT) + small(page, TARGETS, 48) + ([f"{too_wide} px too wide"] if too_wide > 0 else [])
            assert page.evaluate("() => getComputedStyle(document.body).fontSize") == "26px"
            assert not said, "\n".join(said)


def test_the_measures_notice_faults(page):
    """Otherwise silence would mean nothing."""
    page.set_content(
        "<!doctype html><a href='/c'>外</a><main><h1>一</h1><h3>三</h3><a href='/a'>看</a><a href='/b'>看</a><button></button>"
        "<div style='display: flex; flex-direction: column-reverse'><h2>后</h2><h2>先</h2></div>"
        "<p style='width: 60px; overflow: hidden; white-space: nowrap'>很长很长很长很长很长的一行</p>"
        "<p style='position: absolute; left: -9px; width: 40px; white-space: nowrap'>很长很长的一行</p></main>"
    )

    said = hearing.unclear(page)

    assert {one.split(":")[0] for one in said} >= {
        "without a name",
        "a heading of level 3 after one of level 1",
        "not one banner",
        "no title",
        "outside of every landmark",
        "the first control does not lead to the text",
        "one name for different things",
        "read later but higher on the page",
    }
    assert {one.split(":")[0] for one in page.evaluate(CUT)} == {"hidden", "beyond the screen", "out of its box"}


# --- 报名 ------------------------------------------------------------------------------------------


@pytest.fixture
def shift(transactional_db) -> Shift:
    """Two helpers wanted in a class of seniors next week."""
    return make.ahead()


@pytest.fixture
def children(transactional_db) -> Shift:
    """Two tutors wanted with children next week."""
    return make.ahead(of=make.series("四点半", "child", weekdays=range(7)), code="tutor")


def form(page: Page) -> list[tuple[str, str]]:
    """The fields and buttons of the form of signing up, as they are read."""
    nodes = hearing.controls(hearing.heard(page))
    first = next(number for number, node in enumerate(nodes) if node.role == "textbox")
    last = next(number for number, node in enumerate(nodes) if node.name in ("报名", "我想来") and number > first)
    return [(node.role, node.name) for node in nodes[first : last + 1]]


CONSENT = "同意社区用我的名字和手机号排班、记服务时长。 看全文"
WHO = [("radio", word) for word in ("学生", "上班", "退休", "其他")]


def test_the_fields_are_read_in_the_order_of_the_guide(live_server, new_page, shift):
    page = new_page(**PHONE)
    page.goto(f"{live_server.url}/s/{shift.session_id}/")

    assert form(page) == [
        ("textbox", "1 您叫什么"),
        ("textbox", "2 手机号"),
        *WHO,
        ("checkbox", CONSENT),
        ("link", "看全文"),
        ("DisclosureTriangle", "还没满 18 岁？"),
        ("button", "报名"),
    ]
    nodes = {node.name: node for node in hearing.heard(page)}
    assert nodes["1 您叫什么"].about == "写真名，以后开服务证明要用"
    assert nodes["2 手机号"].about == "只有社区工作人员看得到，不发短信验证码"
    assert nodes["学生"].group == "3 您是 （可以不选）"


def test_with_children_age_and_safety_are_asked_after_consent(live_server, new_page, children):
    page = new_page(**PHONE)
    page.goto(f"{live_server.url}/s/{children.session_id}/")

    asked = [name for role, name in form(page) if role == "checkbox"]
    assert asked[0] == CONSENT
    assert asked[1].startswith("我满 18 岁，看过安全须知")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_wrong_is_said_at_its_field(live_server, new_page, shift, scripts):
    page = new_page(**PHONE, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/s/{shift.session_id}/")
    page.get_by_role("textbox", name="手机号").fill("1600003")
    page.get_by_role("button", name="报名").click()
    expect(page.get_by_text("少了 4 位")).to_be_visible()

    nodes = {node.name: node for node in hearing.heard(page)}

    assert nodes["1 您叫什么"].invalid and "请写您的名字。" in nodes["1 您叫什么"].about
    assert nodes["2 手机号"].invalid and "少了 4 位，手机号要 11 位。" in nodes["2 手机号"].about
    assert nodes[CONSENT].invalid and "请勾选同意" in nodes[CONSENT].about
    if scripts:
        assert page.evaluate("() => document.activeElement.name") == "name"


def test_the_place_that_is_held_is_announced_and_read_before_anything_else(live_server, new_page, shift):
    page = new_page(**PHONE)
    page.goto(f"{live_server.url}/s/{shift.session_id}/")
    page.get_by_label("您叫什么").fill("程小满")
    page.get_by_role("textbox", name="手机号").fill("16000039001")
    page.get_by_label("同意社区用我的名字").check()
    page.get_by_role("button", name="报名").click()
    expect(page.get_by_role("heading", name="名额留好了")).to_be_visible()

    nodes = hearing.heard(page)
    said = next(node for node in nodes if node.role == "status")
    code = Assignment.objects.get().arrival_code

    assert said.live == "polite"
    assert hearing.outline(nodes)[0] == (1, "名额留好了，程小满")
    assert f"签到码 {' '.join(code)}" in [node.name for node in nodes]


def test_saving_free_time_is_announced(live_server, new_page, shift):
    who = make.volunteer("周远")
    page = as_volunteer(new_page(**PHONE), live_server.url, who)
    page.goto(f"{live_server.url}/me/{who.token}/")
    page.get_by_label("周六上午").check()

    expect(page.get_by_role("status").filter(has_text="存好了")).to_be_visible()
