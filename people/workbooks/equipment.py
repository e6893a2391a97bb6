"""What stands in a room, as people write it: 投影 WiFi, 有投影仪1台、插座若干."""

import re
import unicodedata

# The field's word for each thing, and how people write it.
KINDS = {
    "投影": r"投影",
    "大屏": r"大屏|电视|显示屏|一体机",
    "无线网": r"wi-?fi|无线(?!.{0,2}(话筒|麦))|宽带|网络",
    "插座": r"插座|插排|插线板|排插",
    "电脑": r"电脑|计算机",
    "音响": r"音响|音箱|话筒|麦克风|扩音",
    "白板": r"白板|黑板",
    "空调": r"空调",
    "饮水": r"饮水|热水|开水",
    "同层厕所": r"厕所|卫生间|洗手间",
}
MISSING = re.compile(r"没|无(?!线|障碍|尘)|缺|坏|不能|不带|待修|暂不|报修")
LONGEST = 12


def pieces(said: str) -> list[str]:
    """The text cut where one thing ends and the next begins."""
    plain = unicodedata.normalize("NFKC", said)
    return [piece for piece in re.split(r"[,、;;/\s+。|]+", plain) if piece]


def kinds_in(piece: str) -> list[str]:
    """The known things that a piece names; none when it says that they are missing or broken."""
    if MISSING.search(piece):
        return []
    return [kind for kind, pattern in KINDS.items() if re.search(pattern, piece, re.IGNORECASE)]


def read_equipment(said: str) -> list[str]:
    """What is there: known things in their order, then other words as written. Each once.

    A piece that says that something is missing or broken counts as nothing.
    """
    known, other = set(), []
    for piece in pieces(said):
        found = kinds_in(piece)
        known.update(found)
        if not found and not MISSING.search(piece) and len(piece) <= LONGEST:
            other.append(piece)
    return list(dict.fromkeys([*(kind for kind in KINDS if kind in known), *other]))


def beyond_kinds(said: str) -> str:
    """What of the text names no known thing that is there, as written: 缝纫机、投影坏了."""
    return "、".join(piece for piece in pieces(said) if not kinds_in(piece))
