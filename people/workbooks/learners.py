"""A line of the seniors' list."""

import re

from . import dates, people, phones
from .sheet import Cells, Contact, PartialDate, Reading

BRANDS = (
    ("没有智能机", r"没有|老人机|老年机|功能机|按键|非智能|座机"),
    ("华为", r"华为|huawei|mate|nova|麦芒"),
    ("荣耀", r"荣耀|honor"),
    ("小米", r"小米|红米|redmi|xiaomi|\bmi\b"),
    ("OPPO", r"oppo|一加|realme"),
    ("vivo", r"vivo|iqoo"),
    ("苹果", r"苹果|iphone|apple"),
)
LEVELS = (
    (3, r"基本会|熟练|都会|会用(?!.*不)|高级|提高"),
    (2, r"语音|视频|会微信|会发微信|中级|会上网"),
    (1, r"打电话|接电话|会一点|一点|略会|初级|启蒙"),
    (0, r"零基础|不会|没用过|完全不|零|无基础"),
)
NEEDS = (
    ("听力弱", r"听力|耳背|耳聋|听不清|助听"),
    ("视力弱", r"视力|眼睛|眼花|老花|看不清|白内障"),
    ("轮椅", r"轮椅"),
    ("行动不便", r"腿脚|行动|拐杖|走路|走不"),
    ("独居要电话", r"独居|电话提醒|打电话"),
    ("关中话", r"陕西话|关中话|方言|听不懂普通话"),
    ("要熟面孔", r"熟面孔|熟人来?[带教]|还要上次"),
    ("要女的教", r"女(?:的|老师|助教|志愿者|同志)"),
    ("要男的教", r"男(?:的|老师|助教|志愿者|同志)"),
)
LONGEST_MODEL = 30
NO_NEEDS = re.compile(r"(?:身体)?(?:良好|健康|好|正常|还好|可以|还可以|不错)")


def read_senior(cells: Cells, year: int) -> Reading:
    """Fields of one senior.

    name, gender, age, birth, birth_estimated, address, grid, phone, phone_kind, phone_whose,
    phone_brand, phone_model, family (a Contact), level_text, level (0 to 3 or None), needs, wishes, enrolled_by, series, remark.
    """
    reading = Reading()
    people.read_person(cells, year, reading)
    enrolled_by, whose = _enrolled_by(people.text(cells, "enrolled_by"))
    phone = people.read_phone(cells.get("phone", ""), reading, key="phone")
    if phone.kind == "none" and not phone.reason:
        reading.note("没有电话，有事请找登记人或网格员转告")
    level_text = people.text(cells, "level")
    brand, model = _phone(people.text(cells, "phone_brand"), reading)
    reading.fields |= {
        "address": people.text(cells, "address"),
        "grid": people.text(cells, "grid"),
        "phone": phone.number,
        "phone_kind": phone.kind,
        "phone_whose": phone.whose or whose,
        "phone_brand": brand,
        "phone_model": model,
        "family": _family(cells, reading),
        "level_text": level_text,
        "level": _level(level_text, reading),
        "needs": _needs(people.text(cells, "needs"), reading),
        "wishes": people.split_list(people.text(cells, "wishes")),
        "enrolled_by": enrolled_by,
        "series": people.text(cells, "series"),
        "remark": people.words(cells, "remark"),
    }
    read_age(people.text(cells, "age"), year, reading)
    if reading.fields["remark"]:
        reading.note(f"备注：{reading.fields['remark']}")
    return reading


def read_age(said: str, year: int, reading: Reading) -> None:
    """age, and a birth year worked out from it when no birth date is given."""
    found = re.match(r"(\d{1,3})(?!\d)", said)
    age = int(found[1]) if found and int(found[1]) <= 120 else None
    born = dates.read_partial(said, year=year) if said and age is None else None
    if said and age is None and born is None:
        reading.note(f"年龄：{said}")
    if "虚" in said:
        reading.note(f"年龄：{said}")
    reading.fields["age"] = age
    reading.fields["birth_estimated"] = False
    if reading.fields["birth"] is None and (born or age is not None):
        reading.fields["birth"] = born or PartialDate(year - (age or 0))
        reading.fields["birth_estimated"] = born is None


def _enrolled_by(said: str) -> tuple[str, str]:
    """Who put the person on the list, and whose phone it is: 儿子(电话是儿子的)."""
    owner = re.search(r"\(.*电话.*?是?(.+?)的\)?", said)
    whose = phones.WHOSE.search(owner[1]) if owner else None
    return re.sub(r"\s*\(.*", "", said), whose.group() if whose else ""


def _phone(said: str, reading: Reading) -> tuple[str, str]:
    """Make, and model as it was written where it says more than the make. A long one is kept as a note as well."""
    if not said or re.search(r"不知道|不清楚|不详|不记得", said):
        return "", ""
    brand = next((brand for brand, pattern in BRANDS if re.search(pattern, said.lower())), "其他")
    if said.lower() in {brand.lower(), "红米", "老人机", "老年机"}:
        return brand, ""
    if len(said) > LONGEST_MODEL:
        reading.note(f"手机：{said}")
    return brand, said[:LONGEST_MODEL]


def _family(cells: Cells, reading: Reading) -> Contact:
    """Who of the family is rung: relation, name, number, however they share one cell or two."""
    said = people.text(cells, "family")
    inside = phones.MOBILE.search(said)
    phone = phones.read_phone(cells.get("family_phone", "") or (inside.group() if inside else ""))
    if phone.reason:
        reading.note(f"家人电话：{phone.reason}")
    rest = phones.MOBILE.sub("", said)
    relation = phones.WHOSE.search(rest)
    name = re.sub(r"[\s:()、,;]+", "", phones.WHOSE.sub("", rest))
    return Contact(name[:20], relation.group() if relation else phone.whose, phone.number)


def _level(said: str, reading: Reading) -> int | None:
    for level, pattern in LEVELS:
        if re.search(pattern, said) and not (level and re.match(r"零|不会|没用过", said)):
            return level
    if said:
        reading.note(f"会到什么程度：{said}")
    return None


def _needs(said: str, reading: Reading) -> list[str]:
    needs = [need for need, pattern in NEEDS if re.search(pattern, said)]
    understood = "|".join(pattern for _need, pattern in NEEDS)
    rest = [
        piece
        for piece in re.split(r"[、,;。\s]+", said)
        if piece and not re.search(understood, piece) and not NO_NEEDS.fullmatch(piece)
    ]
    if rest:
        reading.note(f"身体情况：{'、'.join(rest)}")
    return needs
