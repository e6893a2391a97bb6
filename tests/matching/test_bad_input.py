"""Files nobody vouches for: whatever is in them, the answer is a sentence that names the place."""

import copy
import gzip
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.matching.small import problem, random_problem, session, volunteer
from volunteers.matching import document
from volunteers.matching import problem as problems
from volunteers.matching.__main__ import main
from volunteers.matching.generate import generate
from volunteers.matching.reading import MEGABYTES, OBJECTS, VALUES, BadDocument, read_json
from volunteers.matching.solve import solve

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"
ROOT = Path(__file__).parent.parent.parent
JUNK = (
    None, True, False, 0, -1, 3, 10**7, 2**63, -(10**400), 0.5, -1e308, float("nan"), float("inf"), "", "soon", "lead",
    "\ud800", "x" * 10_000, "2026-09-07", "2026-09-07T10:00", "2026-13-40T25:61", "9999-12-31T23:59", "0001-01-01T00:00",
    "2026-09-07T10:00+08:00", [], {}, [[]], [None], {"id": 0}, [0, 1, 2], ["senior"], [1] * 5,
)  # fmt: skip


def small_document(seed):
    """A document with every optional member in it, now and then."""
    return json.loads(json.dumps(problems.to_dict(random_problem(seed))))


def places(value, path=()):
    """The path of every value in a document."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*path, key))


def damage(chance, data):
    """Replace, remove, repeat or swap one value somewhere in a document."""
    spots = list(places(data))
    *way, last = chance.choice(spots)
    holder = data
    for key in way:
        holder = holder[key]
    kind = chance.choice(("replace", "replace", "replace", "remove", "repeat", "add"))
    if kind == "remove":
        del holder[last]
    elif kind == "repeat" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[last]))
    elif kind == "add" and isinstance(holder[last], list | dict):
        inner = holder[last]
        inner.append(chance.choice(JUNK)) if isinstance(inner, list) else inner.update(junk=chance.choice(JUNK))
    else:
        holder[last] = copy.deepcopy(chance.choice(JUNK))


class TestDamage:
    @pytest.mark.parametrize("seed", range(25))
    def test_a_damaged_document_is_refused_by_path_or_can_be_solved(self, seed):
        chance, sound = Random(seed), small_document(seed)
        for _ in range(15):
            data = copy.deepcopy(sound)
            for _ in range(chance.choice((1, 1, 2, 5))):
                damage(chance, data)
            try:
                question = problems.from_dict(data)
            except BadDocument as refusal:
                assert refusal.path.startswith("$")
                assert refusal.complaint
                assert len(str(refusal)) < 500
            else:
                solve(question, seconds=5)

    def test_the_damage_hits_most_documents(self):
        chance, refused = Random(1), 0
        for seed in range(100):
            data = small_document(seed)
            damage(chance, data)
            try:
                problems.from_dict(data)
            except BadDocument:
                refused += 1
        assert 40 < refused < 95

    @pytest.mark.parametrize("seed", range(20))
    def test_a_damaged_answer_is_refused_by_path_or_read(self, seed):
        question = random_problem(seed)
        chance, sound = Random(seed), json.loads(json.dumps(document.to_dict(question, solve(question))))
        for _ in range(15):
            data = copy.deepcopy(sound)
            damage(chance, data)
            try:
                document.from_dict(data, question)
            except BadDocument as refusal:
                assert refusal.path.startswith("$")

    def test_damaged_bytes_are_refused_or_read(self, tmp_path):
        chance, file = Random(3), tmp_path / "problem.json"
        for seed in range(150):
            content = bytearray(json.dumps(small_document(seed), ensure_ascii=False).encode())
            for _ in range(chance.choice((1, 3))):
                spot = chance.randrange(len(content))
                content[spot : spot + chance.choice((0, 1, 1, 40))] = chance.randbytes(chance.choice((0, 1, 1, 3)))
            file.write_bytes(gzip.compress(content)[: chance.choice((None, -9))] if seed % 3 == 0 else content)
            try:
                problems.load(file)
            except BadDocument as refusal:
                assert refusal.path.startswith("$")
                assert "(problem.json)" in str(refusal)


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            (b"", "is an empty file"),
            (b" \n", "is an empty file"),
            (b"\xff\xfe{", "is not text in UTF-8: byte 2"),
            (b'{"format": "linke-roster/1",', "is not JSON: Expecting property name"),
            (b"[" * 1_000_000, "is nested too deeply"),
            (b'{"a":' * 200_000, "is nested too deeply"),
            (b"9" * 5_000, "a number with too many digits"),
            (b"\x1f\x8b damaged", "is packed with gzip, but"),
            (gzip.compress(b"[1, 2, 3]")[:-12], "the end is missing"),
            (b"[" + b"{}," * OBJECTS + b"{}]", f"objects, the limit is {OBJECTS:,}"),
            (b"[" + b"1," * (VALUES + 1) + b"1]", f"values, the limit is {VALUES:,}"),
            (gzip.compress(b" " * (MEGABYTES * 1_000_000 + 1), 1), f"is larger than {MEGABYTES} MB"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_are_refused_before_they_are_parsed(self, tmp_path, content, complaint):
        file = tmp_path / "problem.json"
        file.write_bytes(content)

        with pytest.raises(BadDocument) as refusal:
            problems.load(file)

        assert complaint in str(refusal.value)
        assert str(refusal.value).endswith("(problem.json)")

    def test_a_file_is_read_up_to_the_limit_only(self):
        with pytest.raises(BadDocument, match=f"is larger than {MEGABYTES} MB"):
            read_json("/dev/zero")

    def test_packed_in_two_parts_is_one_file(self, tmp_path):
        content, file = COMMUNITY.read_bytes(), tmp_path / "problem.json.gz"
        file.write_bytes(gzip.compress(content[:999]) + gzip.compress(content[999:]))

        assert problems.load(file) == problems.load(COMMUNITY)

    def test_a_million_volunteers_in_one_line_are_counted_not_read(self, tmp_path):
        data = problems.to_dict(generate(seed=1, weeks=1, volunteers=0))
        data["volunteers"] = [{}] * 1_000_000
        file = tmp_path / "million.json"
        file.write_text(json.dumps(data), encoding="utf-8")

        with pytest.raises(BadDocument, match=r"holds about 1,000,0\d\d objects, the limit is 300,000"):
            problems.load(file)

    def test_too_many_volunteers_are_refused_before_the_first_is_read(self):
        data = problems.to_dict(generate(seed=1, weeks=1, volunteers=0))
        data["volunteers"] = ["not even an object"] * 100_001

        with pytest.raises(BadDocument) as refusal:
            problems.from_dict(data)

        assert refusal.value.path == "$.volunteers"
        assert "holds 100,001 entries, the limit is 100,000" in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "path", "complaint"),
    [
        (lambda d: d["communities"][0].update(x_km=float("nan")), "$.communities[0].x_km", "found NaN"),
        (lambda d: d["communities"][0].update(x_km=1e300), "$.communities[0].x_km", "from -10,000 to 10,000"),
        (lambda d: d["travel"].update(base_minutes=-5), "$.travel.base_minutes", "from 0 to 10,000"),
        (lambda d: d["sessions"][0].update(people=float("inf")), "$.sessions[0].people", "found Infinity"),
        (lambda d: d["sessions"][0].update(maximum=10**18), "$.sessions[0].maximum", "1000000 or less"),
        (lambda d: d["sessions"][0].update(id=2**64), "$.sessions[0].id", "an id of 64 bits"),
        (lambda d: d["sessions"][0].update(starts_at="1999-09-07T10:00"), "$.sessions[0].starts_at", "a local time"),
        (lambda d: d["sessions"][0].update(programme={"a": 1}), "$.sessions[0].programme", "found an object of 1"),
        (lambda d: d["volunteers"][0].update(name="\udc80"), "$.volunteers[0].name", "letters only"),
        (lambda d: d["volunteers"][0].update(weekday_cost=[10**9] * 7), "$.volunteers[0].weekday_cost[0]", "or less"),
        (lambda d: d["volunteers"].append(d["volunteers"][0]), "$.volunteers[97].id", "is used twice"),
        (lambda d: d["weights"].update({"a b\n": 1}), "$.weights['a b\\n']", "there is no tier"),
        (lambda d: d.update(format=["linke-roster/1"]), "$.format", "found a list of 1"),
        (lambda d: d.update(sessions=d), "$.sessions", "expected a list, found an object"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_out_of_this_world_is_named(change, path, complaint):
    data = json.loads(COMMUNITY.read_text(encoding="utf-8"))
    change(data)

    with pytest.raises(BadDocument) as refusal:
        problems.from_dict(data)

    assert refusal.value.path == path
    assert complaint in refusal.value.complaint


class TestCommandLine:
    def run(self, *arguments):
        """The real command; what it says on stderr, without a traceback."""
        script = [sys.executable, "-m", "volunteers.matching", *map(str, arguments)]
        done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        assert done.returncode == 2, done.stderr
        return done.stderr

    @pytest.mark.parametrize("seed", range(6))
    def test_a_damaged_file_ends_with_status_two(self, tmp_path, seed):
        chance, file = Random(seed), tmp_path / "problem.json"
        data = small_document(seed)
        while True:
            damage(chance, data)
            file.write_text(json.dumps(data), encoding="utf-8")
            try:
                problems.load(file)
            except BadDocument as refusal:
                complaint = str(refusal)
                break

        assert self.run("solve", file) == f"{complaint}\n"

    def test_a_folder_a_missing_and_a_damaged_answer_are_named(self, tmp_path):
        assert self.run("solve", tmp_path) == f"{tmp_path}: Is a directory\n"
        assert (
            self.run("check", COMMUNITY, tmp_path / "no.json") == f"{tmp_path / 'no.json'}: No such file or directory\n"
        )
        assert "(community-1.json)" in self.run("explain", COMMUNITY, COMMUNITY)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("solve", "--seconds", "nan"),
            ("solve", "--seconds", "-1"),
            ("solve", "--seed", "99999999999"),
            ("solve", "--form", "none"),
            ("solve", "--no-such-option"),
            ("rank", "--session", "1", "--limit", "0"),
            ("recruit", "--most", "-3"),
            ("ways-out", "--session", "1", "--seconds", "inf"),
            ("tradeoff", "uneven", "strange", "--points", "0"),
        ],
    )
    def test_options_that_make_no_sense_are_status_two(self, arguments, capsys):
        verb, *options = arguments
        files = [str(COMMUNITY)] * (1 if verb in ("solve", "tradeoff") else 2)
        with pytest.raises(SystemExit) as end:
            main([verb, *files, *options])

        assert end.value.code == 2
        assert "error:" in capsys.readouterr().err

    def test_what_cannot_be_written_is_refused_before_the_work(self, tmp_path, capsys):
        for output, complaint in (
            (tmp_path, "is a folder"),
            (tmp_path / "no" / "answer.json", "the folder is not there"),
        ):
            assert main(["solve", str(COMMUNITY), "-o", str(output)]) == 2
            assert f"{output}: {complaint}" in capsys.readouterr().err

    def test_too_much_for_one_solve_is_said_before_it_starts(self, tmp_path, capsys):
        data = problems.to_dict(problem([session()], [volunteer(availability=())]))
        for key in ("sessions", "volunteers"):
            data[key] = [data[key][0] | {"id": number} for number in range(10_001)]
        file = tmp_path / "problem.json"
        file.write_text(json.dumps(data), encoding="utf-8")

        assert main(["solve", str(file)]) == 2
        assert "10,001 volunteers times 10,001 sessions are too many for one solve" in capsys.readouterr().err

    def test_what_another_process_refuses_is_named_too(self, tmp_path, capsys):
        file = tmp_path / "problem.json"
        file.write_text("[]", encoding="utf-8")

        assert main(["bench", str(file)]) == 2
        assert capsys.readouterr().err == "$: expected an object, found a list of 0 (problem.json)\n"

    def test_nobody_has_to_read_to_the_end(self):
        script = f"{sys.executable} -m volunteers.matching solve {COMMUNITY} | head -n 1"
        done = subprocess.run(script, cwd=ROOT, shell=True, capture_output=True, text=True, check=False)

        assert done.stdout == "{\n"
        assert "Error" not in done.stderr
