"""Chinese names: the key they are sorted by, and the words they are found by.

pypinyin reads surnames as ordinary characters; the table holds the surnames it reads wrong.
"""

import itertools
import unicodedata

from pypinyin import Style, pinyin

SURNAMES = {
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
    "长孙": "zhangsun",
    "尉迟": "yuchi",
    "万俟": "moqi",
    "缪": "miao",
    "员": "yun",
    "黑": "he",
    "逄": "pang",
    "乜": "nie",
}
MOST_READINGS = 6


def clean(name: str) -> str:
    """The name in one form: NFKC, no spaces, the middle dot of longer names kept as ·."""
    text = unicodedata.normalize("NFKC", name)
    text = text.replace("•", "·").replace("‧", "·").replace("・", "·")
    return "".join(text.split())


def syllables(name: str) -> list[str]:
    """The reading of a name, one syllable a character, surname read as a surname."""
    name = clean(name)
    for length in (2, 1):
        surname = SURNAMES.get(name[:length])
        if surname and len(name) > length:
            rest = [s[0] for s in pinyin(name[length:], style=Style.NORMAL)]
            return [surname, *rest]
    return [s[0] for s in pinyin(name, style=Style.NORMAL)]


def key(name: str) -> str:
    """What a name is sorted by: its syllables, then the name itself to keep ties stable."""
    return f"{' '.join(syllables(name))}|{clean(name)}"[:120]


def search_words(name: str, phone: str = "") -> str:
    """Every way this person may be typed: characters, pinyin, initials, tail of the phone."""
    name = clean(name)
    read = syllables(name)
    heteronyms = pinyin(name, style=Style.NORMAL, heteronym=True)
    initials = {"".join(s[0] for s in read)}
    for reading in itertools.islice(itertools.product(*heteronyms), MOST_READINGS):
        initials.add("".join(s[0] for s in reading if s))
    joined = "".join(read)
    words = [name, joined, joined.replace("lv", "lu"), *sorted(initials)]
    if phone:
        words.append(phone[-4:])
    return " ".join(dict.fromkeys(words))[:300]
