"""Chinese names: the key they are sorted by, and the words they are found by.

pypinyin reads surnames as ordinary characters; the table holds the surnames it reads wrong.
"""

import itertools
import unicodedata

from pypinyin import Style, pinyin

# Surname to its syllables; two-character surnames first where both begin alike.
SURNAMES = {
    "长孙": "zhang sun",
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "单于": "chan yu",
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "朴": "piao",
    "盖": "ge",
    "区": "ou",
    "翟": "zhai",
    "覃": "qin",
    "缪": "miao",
    "员": "yun",
    "黑": "he",
    "逄": "pang",
    "乜": "nie",
    "阚": "kan",
    "卜": "bu",
    "洗": "xian",
    "种": "chong",
    "秘": "bi",
    "繁": "po",
    "折": "she",
    "祭": "zhai",
    "召": "shao",
    "都": "du",
    "句": "gou",
    "佴": "nai",
    "隗": "wei",
}
COMPOUND = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "令狐",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "西门",
        "轩辕",
    ]
)
MOST_READINGS = 6
WORD_LENGTH = 60
TAILS = range(3, 9)
"""How many last digits of a telephone number somebody types to find its owner."""


def clean(name: str) -> str:
    """The name in one form: NFKC, no spaces, the middle dot of longer names kept as ·."""
    text = unicodedata.normalize("NFKC", name)
    text = text.replace("•", "·").replace("‧", "·").replace("・", "·")
    return "".join(text.split())


def surname(name: str) -> str:
    """The surname alone: two characters of 欧阳 and its like, of names with · what stands before it."""
    name = clean(name)
    if "·" in name:
        return name.partition("·")[0]
    return name[:2] if name[:2] in COMPOUND and len(name) > 2 else name[:1]


def syllables(name: str) -> list[str]:
    """The reading of a name, one syllable a character, surname read as a surname."""
    name = clean(name)
    for length in (2, 1):
        surname = SURNAMES.get(name[:length])
        if surname and len(name) > length:
            rest = [s[0] for s in pinyin(name[length:], style=Style.NORMAL)]
            return [*surname.split(), *rest]
    return [s[0] for s in pinyin(name, style=Style.NORMAL)]


def key(name: str) -> str:
    """What a name is sorted by: its syllables, then the name itself to keep ties stable."""
    return f"{' '.join(syllables(name))}|{clean(name)}"[:120]


def words(name: str, phone: str = "") -> list[str]:
    """Every word that finds this person when it, or its beginning, is typed.

    The name and what follows its first characters, the same in pinyin (ü as v or u), the initials in every
    common reading, the whole number, and its last digits (`*` before them: those are typed in full).
    """
    name, read = clean(name).lower(), [syllable.lower() for syllable in syllables(name)]
    found = [name[start:] for start in range(len(name))]
    joined = ["".join(read[start:]) for start in range(len(read))]
    found += joined + [word.replace("lv", "lu").replace("nv", "nu") for word in joined]
    readings = [read, *itertools.islice(itertools.product(*pinyin(name, Style.NORMAL, heteronym=True)), MOST_READINGS)]
    found += ["".join(s[0] for s in reading if s) for reading in readings]
    digits = "".join(filter(str.isdigit, phone))
    found += [digits] * bool(digits) + [f"*{digits[-tail:]}" for tail in TAILS if tail < len(digits)]
    return list(dict.fromkeys(word[:WORD_LENGTH] for word in found))
