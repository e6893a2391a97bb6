"""Texts with variables that a place may write in its own words: `{称呼}，您好。`"""

import re
from dataclasses import dataclass

LONGEST = 400
VARIABLE = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """One text as delivered. `samples` are its variables with what they usually hold; `needed` may not be left out."""

    kind: str
    word: str
    text: str
    samples: dict[str, str]
    needed: tuple[str, ...]
    when: str = ""

    @property
    def variables(self) -> list[str]:
        """As one writes them."""
        return [f"{{{name}}}" for name in self.samples]


def faults(wording: Wording, text: str) -> list[str]:
    """What is wrong with a text somebody wrote, as sentences; nothing when it can be sent."""
    if not text.strip():
        return ["不能是空的。要用原来的，点“恢复原文”。"]
    said = VARIABLE.findall(text)
    known = "、".join(wording.variables)
    found = [
        f"不认识“{{{name}}}”，这里能用的是：{known}。" for name in dict.fromkeys(said) if name not in wording.samples
    ]
    if re.search(r"[{}]", VARIABLE.sub("", text)):
        found.append("有一个花括号没有配成对，变量要写成 {称呼} 这样。")
    found += [f"少了 {{{name}}}，收到的人就不知道了，请加上。" for name in wording.needed if name not in said]
    if len(text) > LONGEST:
        found.append(f"太长了：{len(text)} 字，最多 {LONGEST} 字。")
    return found


def filled(text: str, values: dict[str, str]) -> str:
    """The text with its variables filled in; a line is left out when nothing is known of any of its variables."""
    lines = []
    for line in text.replace("\r\n", "\n").strip().split("\n"):
        names = VARIABLE.findall(line)
        if names and not any(values.get(name) for name in names):
            continue
        lines.append(VARIABLE.sub(lambda found: values.get(found[1], ""), line))
    return "\n".join(lines)
