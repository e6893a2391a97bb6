"""SMS texts. A provider sends only texts that it has approved, with variables of at most 35 characters.

Sources: Aliyun's rules for notification texts (help.aliyun.com 463270, 44357), kept for Tencent too:
variables of 1 to 35 characters, never side by side, none twice; no 【】 inside; 500 characters at most;
more than 70 are charged as several. The provider's number of each approved text is kept with the
account (`Channel.open["templates"]`); a text without one is not approved yet and never sent.
"""

import re
from dataclasses import dataclass

from people.channels.carriers import Letter, Refused
from people.models import Channel

LONGEST_VARIABLE, LONGEST = 35, 500
# One SMS holds 70 characters; a longer text is sent, and charged, as several of 67.
ONE_SMS, PART = 70, 67
VARIABLE = re.compile(r"\$\{(\w+)\}")
# Of a page below a personal page, an SMS leads to the personal page: one approved text for all of them.
CODE = re.compile(r"^(/me/[^/]+)/.*$")
FORBIDDEN = re.compile(r"[【】]")


@dataclass(frozen=True, slots=True)
class Template:
    """One text for notes of a kind. `${code}` is the secret of the personal link."""

    kind: str
    word: str
    text: str

    @property
    def variables(self) -> list[str]:
        """The names of its variables in their order."""
        return VARIABLE.findall(self.text)


PAGE = "请打开{address}/me/${code}/"
# What is sent for a kind that has no text of its own, or whose note lacks a variable.
GENERAL = "note"
ALL = (
    Template("note", "有新消息", "您的志愿服务安排有变化，" + PAGE + " 查看。"),
    Template("digest", "几条并成一条", "您有${count}条志愿服务消息，" + PAGE + " 查看。"),
    Template("offer", "邀请", "社区想请您来帮忙，共${count}场，最早${when}，能来、来不了" + PAGE + " 点一下。"),
    Template("reminder", "前一天提醒", "您${when}有一场志愿服务，临时来不了" + PAGE + " 说一声。"),
    Template("soon", "两小时前提醒", "您${when}有一场志愿服务，地点和找谁" + PAGE + " 查看。"),
    Template("cancel", "停课", "您${when}的志愿服务停课，不用来了，详情" + PAGE + " 查看。"),
    Template("link-code", "验证码", "您的验证码是${digits}，10分钟内有效。不是您自己要的，不用理它。"),
    Template("change", "场次有变动", "您报的${count}场志愿服务有变动，最早${when}，新的安排" + PAGE + " 查看。"),
    Template("change-back", "变动取消了", "前面说的${when}的变动取消了，还是按原来的，详情" + PAGE + " 查看。"),
    Template(
        "class-change", "上课有变动", "${classes}有变动（${what}），最早从${when}起，详情请问${who}，打电话或当面都行。"
    ),
    Template(
        "class-change-back", "上课变动取消了", "前面说的${classes}的变动取消了，还是按原来的上，不清楚请问${who}。"
    ),
    Template("release", "不用来了", "您${when}的志愿服务不用来了，谢谢您，详情" + PAGE + " 查看。"),
)
BY_KIND = {one.kind: one for one in ALL}


def wording(template: Template, address: str) -> str:
    """The text to have approved by the provider, for a product at this address."""
    return template.text.replace("{address}", address)


def faults(text: str) -> list[str]:
    """What a provider would object to, in words for the organiser; nothing means nothing found."""
    found = []
    names = VARIABLE.findall(text)
    if len(names) != len(set(names)):
        found.append("同一个变量用了两次")
    if re.search(r"\}\$\{", text):
        found.append("两个变量挨在一起")
    if not VARIABLE.sub("", text).strip():
        found.append("全是变量")
    if FORBIDDEN.search(text):
        found.append("里面有【】")
    if len(text) > LONGEST:
        found.append(f"超过 {LONGEST} 字")
    return found


def number_of(account: Channel, kind: str) -> str:
    """The provider's number of the approved text for this kind; empty while there is none."""
    return account.open.get("templates", {}).get(kind, "")


def ready_for(account: Channel, kind: str) -> bool:
    """Whether the account may send anything about a note of this kind."""
    return bool(number_of(account, kind) or number_of(account, GENERAL))


def filled(account: Channel, letter: Letter) -> tuple[Template, str, dict[str, str]]:
    """The template, the provider's number of it, and its variables in order.

    Raises Refused, finally, when no approved text fits: an empty or over-long variable is found here
    and not by the provider.
    """
    facts = {**letter.facts, "code": CODE.sub(r"\1", letter.link).strip("/").rpartition("/")[2]}
    trouble = "没有审核通过的短信模板"
    for kind in (letter.kind, GENERAL):
        template, number = BY_KIND.get(kind), number_of(account, kind)
        if template is None or not number:
            continue
        values = {name: str(facts.get(name, "")) for name in template.variables}
        wrong = [name for name, value in values.items() if not 1 <= len(value) <= LONGEST_VARIABLE]
        if not wrong:
            return template, number, values
        trouble = f"短信变量 {'、'.join(wrong)} 要 1 到 {LONGEST_VARIABLE} 个字"
    raise Refused(trouble, is_final=True)


def example(template: Template, address: str) -> str:
    """The text with its variables as long as they usually are, to count its characters."""
    usual = {
        "count": "3",
        "when": "周六 9月19日 14:30",
        "code": "x" * 22,
        "digits": "123456",
        "classes": "菜鸟学堂·启蒙",
        "what": "改时间地点",
        "who": "梧桐社区陈社工",
    }
    return VARIABLE.sub(lambda found: usual[found[1]], wording(template, address))


def charged_as(text: str) -> int:
    """How many SMS a text of this length costs."""
    return 1 if len(text) <= ONE_SMS else -(-len(text) // PART)
