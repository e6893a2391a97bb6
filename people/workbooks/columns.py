"""Find the heading row, the kind of sheet and the meaning of every column."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from .headings import FORBIDDEN, ORDINAL, SCHEMAS, Meaning, Schema
from .sheet import Kind
from .tables import plain

DEEPEST_HEADING = 15
SAMPLE = 40
ENOUGH = 62.0
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Where the heading is and what its columns mean. `body` is the first row after it."""

    kind: Kind
    heading: int
    body: int
    headings: tuple[str, ...]
    columns: dict[str, int]
    score: float


def find(rows: Rows, *, hint: str = "", kind: Kind | None = None) -> Found | None:
    """The most convincing heading row of a sheet, or None when no row looks like one.

    `hint` is the name of the sheet; together with the title it settles near ties.
    """
    candidates: list[Found] = []
    for index in range(min(len(rows), DEEPEST_HEADING)):
        if len({cell for cell in rows[index] if cell}) < 2:
            continue
        title = hint + " ".join(cell for row in rows[:index] for cell in row)
        for name, schema in SCHEMAS.items():
            if kind in (None, name):
                candidates += filter(None, [_try(rows, index, name, schema, title)])
    candidates.sort(key=lambda found: (-found.score, found.heading))
    if not candidates:
        return None
    best = candidates[0]
    rival = next((found.score for found in candidates if found.kind != best.kind), 0.0)
    return best if kind or best.score - rival >= 0.5 else None


def is_forbidden(heading: str) -> bool:
    """Whether a column must not be kept (identity numbers, labels on people)."""
    return any(word in simple(heading) for word in FORBIDDEN)


def is_ordinal(heading: str) -> bool:
    """Whether a column only counts the rows."""
    return simple(heading) in ORDINAL or plain(heading).lower() in ORDINAL


@lru_cache(maxsize=4096)
def simple(heading: str) -> str:
    """A heading without numbering, politeness, marks and blanks: '3.您的手机号 *' is 手机号."""
    text = re.sub(r"^\s*\d{1,2}\s*[.、．)）:]\s*", "", plain(heading).lower())
    text = re.sub(r"请问|请填写|请输入|请选择|请|您的|您|必填|选填|可多选|多选|单选", "", text)
    return re.sub(r"[\s*:;,.、/\\?!()\[\]【】“”\"'‘’_-]+", "", text)


def _try(rows: Rows, index: int, kind: Kind, schema: Schema, title: str) -> Found | None:
    for body, headings in _headings(rows, index):
        if sum(any(heading_score(text, m) >= ENOUGH for m in schema.meanings) for text in headings) < 2:
            continue
        columns = assign(headings, rows[body : body + SAMPLE], schema)
        if all(any(_has(columns, key) for key in group.split()) for group in schema.needs):
            weights = {meaning.key: meaning.weight for meaning in schema.meanings}
            score = sum(weights[re.sub(r"\d+", "", key)] for key in columns)
            words = title + " ".join(headings)
            score += 2.0 * any(hint in words for hint in schema.hints.split())
            return Found(kind, index, body, headings, columns, score)
    return None


def _has(columns: dict[str, int], key: str) -> bool:
    return any(re.sub(r"\d+", "", column) == key for column in columns)


def _headings(rows: Rows, index: int) -> Iterable[tuple[int, tuple[str, ...]]]:
    """The headings of one row, or of two rows when merged cells group the columns."""
    top = rows[index]
    repeated = len([cell for cell in top if cell]) > len({cell for cell in top if cell})
    if repeated and index + 1 < len(rows):
        below = list(rows[index + 1]) + [""] * (len(top) - len(rows[index + 1]))
        pairs = zip(top, below, strict=False)
        yield index + 2, _unique([over if over == under else over + under for over, under in pairs])
    yield index + 1, _unique(top)


def _unique(headings: Iterable[str]) -> tuple[str, ...]:
    """Headings as keys: an empty one is named after its letter, a repeated one is numbered."""
    seen: dict[str, int] = {}
    unique = []
    for index, heading in enumerate(headings):
        heading = re.sub(r"\s+", " ", heading) or f"{_letter(index)}列"
        seen[heading] = seen.get(heading, 0) + 1
        unique.append(heading if seen[heading] == 1 else f"{heading}({seen[heading]})")
    return tuple(unique)


def _letter(index: int) -> str:
    return (_letter(index // 26 - 1) if index >= 26 else "") + chr(65 + index % 26)


def assign(headings: Sequence[str], body: Rows, schema: Schema) -> dict[str, int]:
    """Meaning -> column, best pairs first; groups of guardians come numbered."""
    samples = [[row[i] for row in body if i < len(row) and row[i]] for i in range(len(headings))]
    pairs = [
        (score, -index, order)
        for index, heading in enumerate(headings)
        for order, meaning in enumerate(schema.meanings)
        if not is_forbidden(heading) and (score := _score(heading, samples[index], meaning)) >= ENOUGH
    ]
    taken: dict[int, Meaning] = {}
    used: set[str] = set()
    for _score_of_pair, minus_index, order in sorted(pairs, reverse=True):
        meaning = schema.meanings[order]
        if -minus_index not in taken and (meaning.many or meaning.key not in used):
            taken[-minus_index] = meaning
            used.add(meaning.key)
    return _numbered(headings, dict(sorted(taken.items())))


def _score(heading: str, sample: Sequence[str], meaning: Meaning) -> float:
    """How well a heading and the values under it fit a meaning: 0 to 100."""
    said = heading_score(heading, meaning)
    if meaning.by_value and said < ENOUGH and len(sample) >= 2 and _share(sample, meaning.by_value) >= 0.8:
        return 0.0 if said < 0 else ENOUGH + 0.5
    if said < ENOUGH or meaning.looks is None or not sample:
        return said
    share = _share(sample, meaning.looks)
    if share < 0.15 and said < 95:
        return 0.0
    return said * (0.75 + 0.25 * share)


def _share(sample: Sequence[str], looks_right: object) -> float:
    assert callable(looks_right)
    return sum(map(bool, map(looks_right, sample))) / len(sample)


@lru_cache(maxsize=16384)
def heading_score(heading: str, meaning: Meaning) -> float:
    """How well the words of a heading fit a meaning: 100 is the same word, -1 never."""
    full = re.sub(r"\d+$", "", simple(heading))
    short = re.sub(r"\d+$", "", simple(re.sub(r"[(（\[].*", "", heading)))
    words = meaning.words.split()
    if full in words or short in words:
        return 100.0
    if not full or any(word in full for word in meaning.never.split()):
        return -1.0
    return max(_word_score(text, word) for word in words for text in {full, short} - {""})


def _word_score(text: str, word: str) -> float:
    if len(word) >= 2 and word in text:
        return 62.0 + 36.0 * len(word) / len(text)
    if len(text) >= 2 and text in word:
        return 58.0 + 36.0 * len(text) / len(word)
    ratio = fuzz.ratio(text, word)
    return ratio * 0.95 if len(text) >= 3 and ratio >= 66 else 0.0


def _numbered(headings: Sequence[str], taken: dict[int, Meaning]) -> dict[str, int]:
    """Number repeated meanings so that columns of one guardian share a number.

    Guardians are told apart by a relation in the heading (爸爸电话) or by their order.
    """
    relations: dict[str, int] = {}
    counts: dict[str, int] = {}
    columns: dict[str, int] = {}
    for index, meaning in taken.items():
        if not meaning.many:
            columns[meaning.key] = index
            continue
        relation = re.search(r"爸爸|妈妈|父亲|母亲|爷爷|奶奶|外公|外婆", headings[index])
        if relation:
            number = relations.setdefault(relation.group(), len(relations) + 1)
        else:
            number = counts[meaning.key] = counts.get(meaning.key, 0) + 1
        columns.setdefault(f"{meaning.key}{number}", index)
    return columns
