"""The notes to volunteers whose words a place may change: what is delivered, and what was decided instead."""

from datetime import datetime

from people import queries, settling
from people.models import Setting, User
from people.wordings import Wording, faults, filled

WHO = {"称呼": "周远"}
ONE = {"场次": "周六 9月19日 14:30–16:00 菜鸟学堂·启蒙（助教），智慧教室"}
ANSWER_BY = {"答复期限": "周四 9月17日 20:00"}
CODE = {"签到码": "4821"}
ENDS = {"到期日": "2026年10月8日"}

HOUSE = (
    Wording(
        "offer",
        "邀请",
        "{称呼}，您好。{社区}想请您来：\n{场次}\n{留意}\n能来、来不了，打开链接点一下就行，请在{答复期限} 前回。",
        WHO | {"社区": "梧桐社区"} | ONE | {"留意": "请留意：不碰钱和密码。"} | ANSWER_BY,
        # 志愿服务条例 art. 12: whoever is asked hears of the risk.
        ("场次", "留意", "答复期限"),
        "发布排班的时候",
    ),
    Wording(
        "unanswered",
        "催回复",
        "{称呼}，您好。下面{几场}场还等您回一声：\n{场次}\n{答复期限} 以后名额就放给别人了。能来、来不了，打开链接点一下就行。",
        WHO | {"几场": "1"} | ONE | ANSWER_BY,
        ("场次", "答复期限"),
        "邀请到期的前一天",
    ),
    Wording(
        "sign-up",
        "名额留好了",
        "{称呼}，名额留好了：\n{场次}\n到了说签到码 {签到码}。改时间、来不了，都从这个链接走；链接只认您，别转给别人。",
        WHO | ONE | CODE,
        ("场次", "签到码"),
        "自己报上名的时候",
    ),
    Wording(
        "reminder",
        "前一天提醒",
        "{称呼}，您好。提醒您有这一场：\n{场次}\n{回不回}",
        WHO | ONE | {"回不回": "到时候见。临时来不了，请早点打开链接说一声。"},
        ("场次", "回不回"),
        "前一天晚上",
    ),
    Wording(
        "soon",
        "两小时前提醒",
        "{称呼}，您好。快到您这一场了：\n{场次}\n到了说签到码 {签到码}。\n找不到地方、来不了，打 {电话}。",
        WHO | ONE | CODE | {"电话": "029-80000000"},
        ("场次", "签到码"),
        "开始前两小时",
    ),
    Wording(
        "cancel",
        "停课",
        "{称呼}，您好。下面这一场停课，不用来了：\n{场次}\n原因：{原因}",
        WHO | ONE | {"原因": "下大雨"},
        ("场次",),
        "停课的时候",
    ),
    Wording(
        "release",
        "不用来了",
        "{称呼}，您好。下面这一场不用来了，谢谢您：\n{场次}",
        WHO | ONE,
        ("场次",),
        "换人或者撤下来的时候",
    ),
    Wording(
        "place-free",
        "空出名额",
        "{称呼}，您好。您说“有人来不了就叫我”，现在空出一个名额，先给您留着：\n{场次}\n"
        "能来、来不了，打开链接点一下，请在{答复期限} 前回，过了就问下一位。",
        WHO | ONE | ANSWER_BY,
        ("场次", "答复期限"),
        "有人来不了，轮到候补的时候",
    ),
    Wording(
        "clearance",
        "背景查询到期",
        "{称呼}，您好。您的背景查询到 {到期日} 为止，过了就不能陪孩子了。\n想接着来，请跟社区说一声，社区帮您重新查。",
        WHO | ENDS,
        ("到期日",),
        "到期前 30 天，只说一次",
    ),
    Wording(
        "training",
        "培训到期",
        "{称呼}，您好。您的培训“{培训}”到 {到期日} 为止。\n想接着来，请跟社区说一声，社区告诉您下一次什么时候学。",
        WHO | {"培训": "儿童保护"} | ENDS,
        ("培训", "到期日"),
        "到期前 30 天，只说一次",
    ),
)
BY_KIND = {one.kind: one for one in HOUSE}


class BadText(settling.Refused):
    """The text cannot be sent; the message says why."""


def key_of(kind: str) -> str:
    """Where the decision about one text is kept."""
    return f"text:{kind}"


def own_text(kind: str) -> str:
    """What this place says instead; empty while it says what is delivered. One query."""
    return str(queries.setting(key_of(kind))["text"])


def changed() -> set[str]:
    """The kinds this place has words of its own for. One query."""
    rows = Setting.objects.filter(key__startswith="text:")
    return {row.key.removeprefix("text:") for row in rows if row.value.get("text")}


def current(kind: str) -> str:
    """The words that hold now, with their variables: for many notes at once. One query."""
    return own_text(kind) or BY_KIND[kind].text


def say(kind: str, **values: str) -> str:
    """One note in the words that hold now. One query."""
    return filled(current(kind), values)


def write_own(*, kind: str, text: str, now: datetime, actor: User | None) -> None:
    """Say it like this from now on; notes already written stay. Raises BadText."""
    wording = BY_KIND[kind]
    text = text.replace("\r\n", "\n").strip()
    if found := faults(wording, text):
        raise BadText(" ".join(found))
    _decide(wording, "" if text == wording.text else text, now, actor)


def reset(*, kind: str, now: datetime, actor: User | None) -> None:
    """Say again what is delivered."""
    _decide(BY_KIND[kind], "", now, actor)


def _decide(wording: Wording, text: str, now: datetime, actor: User | None) -> None:
    settling.decide(key=key_of(wording.kind), value={"text": text}, label=f"通知：{wording.word}", now=now, actor=actor)
