"""What values look like: the second opinion when a heading is found by meaning."""

import re

from .phones import NO_PHONE, kind_of, read_phone
from .tables import plain

DATE = re.compile(
    r"(?:(?:19|20)?\d{2} ?[年./\-] ?)?\d{1,2} ?[月./\-] ?(?:\d{1,2} ?[日号]?)?(?: \d{1,2}:\d{2}(:\d{2})?)?"
    r"|(?:19|20)\d{2}年?|[1-6]\d{4}(?:\.\d+)?|(?:19|20)\d{2}(?:\d{2}){1,2}"
)
WEEK = re.compile(r"周|星期|礼拜|上午|下午|晚上|全天|工作日|周末|每天|随时|有空|看情况|\d[点:]\d*|[一二三四五六日]{2,}")
CLOCKS = re.compile(r"\d{1,2}[:点时]")
RELATION = re.compile(r"[爸妈爷奶父母公婆姥姑姨叔舅伯哥姐]|监护|家长|保姆|亲属")
YES_NO = {
    "是",
    "否",
    "有",
    "无",
    "没有",
    "可以",
    "不可以",
    "不能",
    "能",
    "同意",
    "不同意",
    "√",
    "×",
    "y",
    "n",
    "第一次",
}


def phone(text: str) -> bool:
    return kind_of(read_phone(text).number) != "none" or text in NO_PHONE


def filled_phone(text: str) -> bool:
    return kind_of(read_phone(text).number) == "mobile"


def gender(text: str) -> bool:
    return plain(text) in {"男", "女", "男性", "女性", "先生", "女士", "男孩", "女孩", "M", "F"}


def date(text: str) -> bool:
    return DATE.fullmatch(plain(text)) is not None


def hopeful_date(text: str) -> bool:
    """A date, or what people write where a date should be: 未查, 已查,2027.9, 无."""
    return re.search(r"\d{4}|\d月", plain(text)) is not None or plain(text) in {"未查", "已查", "无", "没有", "没查"}


def week(text: str) -> bool:
    return WEEK.search(plain(text)) is not None and not date(text)


def weekday(text: str) -> bool:
    return re.match(r"(每?(?:周|星期|礼拜))?[一二三四五六日天1-7末]", plain(text)) is not None


def clock(text: str) -> bool:
    return CLOCKS.search(plain(text)) is not None or re.fullmatch(r"0?\.\d+", plain(text)) is not None


def age(text: str) -> bool:
    found = re.fullmatch(r"(\d{1,3})(?:周?岁)?", plain(text))
    return found is not None and int(found[1]) < 120


def grade(text: str) -> bool:
    return re.search(r"[一二三四五六七八九]年|年级|^[1-9][.\-/(]\d|[初小]|班|^[1-9]$", plain(text)) is not None


def programme(text: str) -> bool:
    return re.search(r"菜鸟|四点半|课堂|长者|老人|孩子|儿童|都|均|不限", plain(text)) is not None


def count(text: str) -> bool:
    return re.search(r"\d|不限|[一二两三四五]次", plain(text)) is not None


def brand(text: str) -> bool:
    pattern = r"华为|荣耀|小米|红米|苹果|oppo|vivo|iphone|智能机|老人机|老年机|不知道|其他|三星|一加|安卓"
    return re.search(pattern, plain(text).lower()) is not None


def level(text: str) -> bool:
    return re.search(r"零基础|不会|会|一点|熟练|基本|初级|中级|高级", plain(text)) is not None


def number(text: str) -> bool:
    return re.fullmatch(r"\d+(?:\.\d+)?(?:人|座|个|名|位)?", plain(text)) is not None


def floor(text: str) -> bool:
    return re.search(r"楼|层|^-?\d+$|^[BF]?\d+F?$", plain(text)) is not None


def person(text: str) -> bool:
    return re.fullmatch(r"[^\d,,、。:]{2,20}(?:[(].*[)])?", plain(text)) is not None


def relation(text: str) -> bool:
    return RELATION.search(text) is not None


def yes_no(text: str) -> bool:
    return plain(text).lower() in YES_NO or re.match(r"[是否能可不有没]", text) is not None
