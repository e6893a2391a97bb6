"""Texts with variables that a place may write in its own words: `{称呼}，您好。`"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

LONGEST = 400
VARIABLE = re.compile(r"\{([^{}\n]*)\}")
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|/(?:me|kept|club|hand)/")
"""A mobile number or a personal link: nothing for a chat group."""
# Braces as a Chinese keyboard writes them, and what somebody means who puts a space inside.
WIDE = str.maketrans("｛｝", "{}")
PAGE = "…/me/…/"
"""How a preview shows the address of a personal page, which ends most notes."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One text as delivered. `samples` are its variables with what they usually hold; `needed` may not be left out.

    `link` is how a preview shows the address added at the end, empty where none is. A text `to_group` is
    read by everybody in a chat group. One `by_hand` is copied by an organiser and never sent by us.
    """

    kind: str
    word: str
    text: str
    samples: dict[str, str]
    needed: tuple[str, ...]
    when: str = ""
    link: str = PAGE
    to_group: bool = False
    by_hand: bool = False

    @property
    def variables(self) -> list[str]:
        """As one writes them."""
        return [f"{{{name}}}" for name in self.samples]

    @property
    def reader(self) -> str:
        """Who reads it in a preview."""
        return "群里的人" if self.to_group else self.samples.get("称呼", "收到的人")


@dataclass(frozen=True, slots=True)
class Group:
    """Texts about one matter, under one heading. `slug` is its anchor on the page."""

    slug: str
    word: str
    texts: Sequence[Wording]


def tidy(text: str) -> str:
    """What was typed as it is kept: one kind of line end, `{称呼}` for `｛ 称呼 ｝`."""
    text = text.replace("\r\n", "\n").strip().translate(WIDE)
    return VARIABLE.sub(lambda found: f"{{{found[1].strip()}}}", text)


def faults(wording: Wording, text: str) -> list[str]:
    """What is wrong with a text somebody wrote, as sentences; nothing when it can be sent."""
    text = tidy(text)
    if not text:
        return ["不能是空的。要用原来的，点“恢复原文”。"]
    said = VARIABLE.findall(text)
    found = [_unknown(wording, name) for name in dict.fromkeys(said) if name not in wording.samples]
    if re.search(r"[{}]", VARIABLE.sub("", text)):
        found.append("有一个花括号没有配成对，变量要写成 {称呼} 这样。")
    found += [f"少了 {{{name}}}，收到的人就不知道了，请加上。" for name in wording.needed if name not in said]
    if wording.to_group and PERSONAL.search(text):
        found.append("这一条发到群里，人人看得到，不能写手机号和个人链接。")
    if len(text) > LONGEST:
        found.append(f"太长了：{len(text)} 字，最多 {LONGEST} 字。")
    return found


def _unknown(wording: Wording, name: str) -> str:
    """The sentence about a variable that is not there, with the one that was probably meant."""
    near = get_close_matches(name, wording.samples, n=1, cutoff=0.5)
    meant = f"是不是想写 {{{near[0]}}}？" if near else ""
    return f"不认识“{{{name}}}”，{meant}这里能用的是：{'、'.join(wording.variables)}。"


def filled(text: str, values: dict[str, str]) -> str:
    """The text with its variables filled in; a line is left out when nothing is known of any of its variables."""
    lines = []
    for line in text.strip().split("\n"):
        names = VARIABLE.findall(line)
        if names and not any(values.get(name) for name in names):
            continue
        lines.append(VARIABLE.sub(lambda found: values.get(found[1], ""), line))
    return "\n".join(lines)
