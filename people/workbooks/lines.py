"""Which lines of a sheet are entries, and which are subtotals, remarks or repeated headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from . import columns
from .columns import Found
from .tables import plain

SUBTOTAL = re.compile(r"(?:合|小|总|共|累)\s*计|总人数|人数合计|本页合计|汇总|总数")
EXAMPLE = re.compile(r"示例|样例|范例|例[::]|填写示例|（例）|\(例\)")
REMARK = re.compile(
    r"(?:备注|注|附注|说明|填表说明|注意|注意事项|填表人|制表人|制表|审核|审核人|负责人|登记单位|制表日期|填报日期|填表日期|以上|以下)"
    r"(?:[::].*|是?为.*)?"
)
SAME = {"同上", "″", "〃", '"', "''", "..", "”"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the heading, judged."""

    number: int
    sort: Literal["entry", "ignored", "remark"]
    raw: dict[str, str]
    text: str
    why: str = ""


def lines(rows: Sequence[Sequence[str]], found: Found) -> Iterator[Line]:
    """The lines after the heading that hold anything. 同上 takes the value from above."""
    above: dict[str, str] = {}
    for index in range(found.body, len(rows)):
        cells = list(rows[index]) + [""] * (len(found.headings) - len(rows[index]))
        raw = dict(zip(found.headings, cells, strict=False))
        raw |= {f"第 {i + 1} 列": cells[i] for i in range(len(found.headings), len(cells)) if cells[i]}
        telling = {text for heading, text in raw.items() if text and not columns.is_ordinal(heading)}
        written = [text for text in cells if text]
        if not telling and all(re.fullmatch(r"\d+", text) for text in written):
            continue
        sort, why = _judge(raw, written, telling, found)
        if sort == "entry":
            raw = {heading: above.get(heading, text) if text in SAME else text for heading, text in raw.items()}
            above = raw
        yield Line(index + 1, sort, raw, " ".join(dict.fromkeys(written)), why)


def _judge(
    raw: dict[str, str], written: list[str], telling: set[str], found: Found
) -> tuple[Literal["entry", "ignored", "remark"], str]:
    key = _key_text(raw, found)
    first = plain(written[0])
    if sum(raw[heading] == heading for heading in found.headings) * 2 > len(written):
        return "ignored", "重复的标题行"
    if SUBTOTAL.match(first) or SUBTOTAL.fullmatch(re.sub(r"[::\d人 ]", "", plain(key))):
        return "ignored", "合计行，不是一个人或一项"
    if EXAMPLE.match(first) or EXAMPLE.match(plain(key)):
        return "ignored", "填写示例，不是真的登记"
    if REMARK.fullmatch(first) and (not key or key == written[0]):
        return "remark", "说明文字，已作为备注保留"
    if len(set(written)) == 1 and (not key or len(key) > 6 or re.search(r"[::,。;]", plain(key))):
        return "remark", "说明文字，已作为备注保留"
    if not telling:
        return "ignored", "只有序号，没有内容"
    return "entry", ""


def _key_text(raw: dict[str, str], found: Found) -> str:
    column = found.columns.get("name", found.columns.get("person"))
    return raw.get(found.headings[column], "") if column is not None else ""
