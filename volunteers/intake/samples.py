"""Fictional files to try the import with, kept beside the app."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "samples"
# File name and what is in it; nothing else is ever served from the folder.
SAMPLES = {
    "志愿者报名表.xlsx": "67 位志愿者，问卷导出",
    "菜鸟学堂学员名单.xlsx": "72 位长者，有标题行和补录",
    "四点半课堂报名表.xlsx": "46 个孩子和监护人",
    "课表与场地.xlsx": "格子课表，还有教室",
    "出勤登记.csv": "GBK 编码的签到表",
    "接龙.txt": "群里的接龙",
}


def content(name: str) -> bytes:
    """A sample file. Raises KeyError for any other name."""
    if name not in SAMPLES:
        raise KeyError(name)
    return (FOLDER / name).read_bytes()


def everything() -> list[tuple[str, bytes]]:
    """All of them, as they would be uploaded."""
    return [(name, content(name)) for name in SAMPLES]
