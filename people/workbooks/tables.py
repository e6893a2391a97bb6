"""From bytes or pasted text to grids of text. Nothing here knows what a column means."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import python_calamine

from .sheet import UnreadableFile

MAX_ROWS = 20_000
MAX_COLUMNS = 300
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ADVICE = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入；也可以把表格内容复制后直接粘贴。"
NOT_TABLES = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"RIFF": "音频或视频",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"\x1f\x8b": "压缩包",
    b"SQLite": "数据库文件",
}
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u202a\u202c\u202d"))
EXCEL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}

Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as text: every cell a string, row 0 is what Excel calls row 1."""

    name: str
    rows: list[list[str]]


def plain(text: str) -> str:
    """One spelling for one meaning: full-width forms to half-width, blanks trimmed."""
    return unicodedata.normalize("NFKC", text).translate(INVISIBLE).strip()


def grids(content: bytes) -> list[Grid]:
    """All sheets of a workbook. Raises UnreadableFile."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [_sheet(book, name) for name in book.sheet_names]
    except python_calamine.PasswordError as error:
        raise UnreadableFile("这个文件有密码。请先在 Excel 或 WPS 里取消密码，再导入。") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(f"这个文件不是能读的表格，可能是 Word 文档或已经损坏。{ADVICE}") from error


def is_workbook(content: bytes) -> bool:
    """Whether the bytes claim to be an Excel, WPS or OpenDocument file."""
    return content.startswith((ZIP, OLE))


def decode(content: bytes) -> str:
    """Text of a UTF-8 (with or without BOM), UTF-16 or GB18030 file. Raises UnreadableFile."""
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise UnreadableFile("这个文件是空的，请检查后重新选择文件。")
    for magic, what in NOT_TABLES.items():
        if content.startswith(magic):
            raise UnreadableFile(f"这是{what}，不是表格，读不出来。{ADVICE}")
    encodings = ("utf-8-sig", "gb18030")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16", "utf-16")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    raise UnreadableFile(f"这个文件不是表格，读不出文字。{ADVICE}")


def split_text(text: str) -> list[list[str]]:
    """Cells of CSV text, of a paste from Excel or WPS (tabs), or of blank-aligned text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = _delimiter(text)
    if delimiter == "  ":
        return [[tidy(cell) for cell in re.split(r"[ \u3000]{2,}", line.strip())] for line in text.split("\n")]
    quote = None if text.count('"') % 2 else '"'
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    try:
        rows = [[tidy(cell) for cell in line] for line in reader]
    except csv.Error as error:
        raise UnreadableFile(f"这段文字太长或格式不对，拆不成表格。{ADVICE}") from error
    return _checked(rows)


def text_of(value: object) -> str:
    """A cell as the organiser would type it: no '.0', no scientific notation, ISO dates."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float() | int():
            return _number(value)
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
        case timedelta():
            minutes = int(value.total_seconds() // 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return tidy(str(value))


def tidy(text: str) -> str:
    """Trimmed text without invisible characters; line breaks inside a cell stay."""
    text = text.translate(INVISIBLE).replace("_x000D_", "").replace("\xa0", " ").replace("\r\n", "\n")
    text = text.strip()
    return "" if text in EXCEL_ERRORS else text


def _sheet(book: python_calamine.CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return Grid(name, [])
    rows = [[text_of(value) for value in line] for line in sheet.to_python(skip_empty_area=False)]
    _fill_merged(rows, sheet.merged_cell_ranges or ())
    return Grid(name, _checked(rows))


def _fill_merged(rows: list[list[str]], ranges: Iterable[Merge]) -> None:
    """Repeat the value of a merged cell in its whole range, except for titles across the sheet."""
    width = max(map(len, rows), default=0)
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]) or right - left + 1 >= max(width, 2):
            continue
        for line in rows[top : bottom + 1]:
            line[left : right + 1] = [rows[top][left]] * len(line[left : right + 1])


def _checked(rows: list[list[str]]) -> list[list[str]]:
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MAX_ROWS or max(map(len, rows), default=0) > MAX_COLUMNS:
        raise UnreadableFile(f"表太大（超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列）。请拆成几个文件再导入。")
    return rows


def _number(value: float) -> str:
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return repr(round(value, 10))


def _is_text(text: str) -> bool:
    return not any(unicodedata.category(char) in {"Cc", "Cn", "Co"} and char not in "\n\r\t\f" for char in text)


def _delimiter(text: str) -> str:
    """The separator that cuts the most lines into the same number of pieces."""
    lines = [line for line in text.split("\n") if line.strip()][:200]
    if sum("\t" in line for line in lines) * 2 > len(lines):
        return "\t"
    even = {mark: _evenness(line.count(mark) for line in lines) for mark in ",;|"}
    best = max(even, key=lambda mark: even[mark])
    spaced = [len(re.findall(r"\S[ \u3000]{2,}(?=\S)", line)) for line in lines]
    if even[best] * 2 < len(lines) and _evenness(spaced) * 2 > len(lines) > 1:
        return "  "
    return best


def _evenness(counts: Iterable[int] | Sequence[int]) -> int:
    common = Counter(count for count in counts if count)
    return max(common.values(), default=0)
