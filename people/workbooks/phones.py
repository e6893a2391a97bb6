"""Telephone numbers the way organisers write them."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from .tables import plain

AREA_CODE = "029"
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
NO_PHONE = {"", "无", "没有", "没", "/", "-", "--", "暂无", "未填", "不详", "没有电话", "无电话", "空"}
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,2}")
RUN = re.compile(r"(?:\+|00)?\d[\d\- ().*xX]*[\d*)]|\d")
WHOSE = re.compile(
    r"本人|自己|老伴|爱人|丈夫|妻子|儿媳|儿子|女儿|女婿|孙子|孙女|外孙女|外孙|爸爸|父亲|妈妈|母亲|爷爷|奶奶|外公|外婆|邻居|网格员|家属|保姆"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number, or the reason why there is none.

    `number` is 11 digits for a mobile and '029-80000083' for a landline; `whose` is '' for the
    person's own; `others` are further numbers in the same cell; `rest` is text around them.
    """

    number: str = ""
    kind: Literal["mobile", "landline", "none"] = "none"
    whose: str = ""
    reason: str = ""
    others: tuple[str, ...] = ()
    rest: str = ""


def read_phone(text: str) -> Phone:
    """Read a cell. Never raises: an empty cell is kind 'none' without a reason."""
    text = plain(text)
    if text in NO_PHONE:
        return Phone()
    owner = WHOSE.search(text)
    whose = owner.group() if owner and owner.group() not in {"本人", "自己"} else ""
    if SCIENTIFIC.fullmatch(text):
        return _from_scientific(text)
    text = re.sub(r"(?<=\d{11})\.0$", "", text)
    runs = RUN.findall(text)
    numbers = [number for run in runs for number in _split_run(run)]
    rest = re.sub(r"^[\s:;,、/()的是电话手机号码]+|[\s:;,、/()]+$", "", RUN.sub(" ", WHOSE.sub("", text)))
    for index, number in enumerate(numbers):
        kind = kind_of(number)
        if kind != "none":
            others = tuple(other for other in numbers[:index] + numbers[index + 1 :] if kind_of(other) != "none")
            return Phone(number, kind, whose, "", others, rest)
    return Phone(whose=whose, reason=_reason(text), rest=rest)


def kind_of(number: str) -> Literal["mobile", "landline", "none"]:
    """Kind of an already normalised number."""
    if MOBILE.fullmatch(number):
        return "mobile"
    return "landline" if re.fullmatch(r"0\d{2,3}-[2-8]\d{6,7}", number) else "none"


def _split_run(run: str) -> list[str]:
    """Numbers in a run of digits and joiners: two mobiles may be joined by a blank."""
    digits = re.sub(r"[^\d*xX]", "", run)
    if len(digits) == 22 and MOBILE.fullmatch(digits[:11]) and MOBILE.fullmatch(digits[11:]):
        return [digits[:11], digits[11:]]
    return [_normalise(digits)]


def _normalise(digits: str) -> str:
    for prefix in ("0086", "86", "0"):
        if digits.startswith(prefix) and MOBILE.fullmatch(digits.removeprefix(prefix)):
            return digits.removeprefix(prefix)
    if re.fullmatch(r"[2-8]\d{7}", digits):
        return f"{AREA_CODE}-{digits}"
    digits = re.sub(r"^(?:00)?86(?=0?(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}$)", "", digits)
    landline = re.fullmatch(r"(010|02\d|0[3-9]\d{2})([2-8]\d{6,7})", digits)
    return f"{landline[1]}-{landline[2]}" if landline else digits


def _from_scientific(text: str) -> Phone:
    """Excel shows long numbers as 1.6E+10; only a full mantissa still holds the number."""
    try:
        number = str(int(Decimal(text)))
    except (InvalidOperation, OverflowError):
        number = ""
    if MOBILE.fullmatch(number) and not number.endswith("000"):
        return Phone(number, "mobile")
    return Phone(reason=f"手机号被 Excel 写成了“{text}”，后面几位已经丢了，请按原来的登记补全 11 位。")


def _reason(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    if "*" in text or re.search(r"\d[xX]{2,}", text):
        return f"手机号“{text}”有几位被遮住了，请填完整的 11 位手机号。"
    if not digits:
        return f"“{text}”里没有电话号码，请填 11 位手机号或带区号的座机。"
    if len(digits) < 11:
        return f"手机号只有 {len(digits)} 位，手机号要 11 位，请补全。"
    if len(digits) > 11:
        return f"手机号有 {len(digits)} 位，手机号要 11 位，请核对。"
    return f"手机号“{digits}”不对，手机号要以 13 到 19 开头，请核对。"
