"""Is every failure one line on standard error, with exit 1 and no traceback?"""

import json

import pytest

from conftest import row, tree
from industry_fixtures import multipolar

#: The word that the line has to name, and the command.
FAILURES = [
    ("cel-capacity", ("figure", "cel-capacity")),
    ("nope", ("explain", "nope", "place=POL")),
    ("land", ("explain", "cell-capacity", "land=POL", "year=2030")),
    ("Atlantis", ("explain", "cell-capacity", "place=Atlantis", "year=2030")),
    ("1999", ("explain", "cell-capacity", "place=POL", "year=1999")),
    ("year=", ("explain", "cell-capacity", "place=POL")),
    ("plant", ("evidence", "plant")),
    ("nope", ("evidence", "plants", "--where", "nope=1")),
    ("nope", ("template", "nope")),
    ("nope", ("sources", "nope")),
    ("docx", ("figure", "cell-capacity", "--format", "docx")),
    ("nope", ("figure", "cell-capacity", "--format", "svg", "--view", "nope")),
    ("XYZ", ("figure", "foreign-investment", "--currency", "XYZ")),
    ("XYZ", ("report", "--currency", "XYZ")),
    ("yesterday", ("figure", "cell-capacity", "--as-of", "yesterday")),
    ("2025-02-30", ("verify", "--as-of", "2025-02-30")),
    ("nope", ("import", "nope", "x.csv")),
    ("missing.csv", ("import", "plants", "missing.csv")),
    ("cannot read", ("import", "plants", ".")),
    ("missing", ("verify", "--workspace", "missing")),
    ("missing", ("figure", "cell-capacity", "--out", "missing/a.csv")),
    ("cannot write", ("figure", "cell-capacity", "--out", ".")),
    ("missing", ("report", "--out", "missing/report")),
]


def explained(done, word):
    """One line that names what is wrong, and nothing else anywhere."""
    assert (done.code, done.out) == (1, "")
    (line,) = [line for line in done.err.splitlines() if line.strip()]
    assert line.startswith("multipolar: ")
    assert word in line
    return line


@pytest.mark.parametrize("word, arguments", FAILURES, ids=[" ".join(a) for _, a in FAILURES])
def test_a_failure_is_one_line(tmp_path, word, arguments):
    explained(multipolar(*arguments, cwd=tmp_path), word)
    assert tree(tmp_path) == {}


def test_a_near_word_is_offered(tmp_path):
    line = explained(multipolar("figure", "cel-capacity", cwd=tmp_path), "cel-capacity")
    assert "did you mean cell-capacity" in line


@pytest.mark.parametrize(
    "command", [("verify",), ("figure", "cell-capacity"), ("coverage",), ("report",)]
)
def test_a_workspace_that_is_a_file_is_named(tmp_path, command):
    (tmp_path / "rows").write_text("x")
    explained(multipolar(*command, "--workspace", "rows", cwd=tmp_path), "rows")


@pytest.fixture
def used(tmp_path, write):
    """A workspace with one import."""
    file = write("plants", [row("plants")])
    assert multipolar("import", "plants", file, "--workspace", "own", cwd=tmp_path).code == 0
    return next((tmp_path / "own" / "imports").iterdir())


DAMAGE = {
    "record.json": [b"{", b"[]", b'{"id": 1}', b"\xff"],
    "rows.csv": [b"", b"record,plant\n1", b"\xff\xfe"],
}


@pytest.mark.parametrize("file, content", [(f, c) for f, found in DAMAGE.items() for c in found])
def test_a_damaged_workspace_is_named(used, tmp_path, file, content):
    (used / file).write_bytes(content)
    explained(multipolar("figure", "cell-capacity", "--workspace", "own", cwd=tmp_path), file)


def test_an_import_that_lost_its_rows_is_named(used, tmp_path):
    (used / "rows.csv").unlink()
    explained(multipolar("coverage", "--workspace", "own", cwd=tmp_path), "rows.csv")


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_report_is_not_written_over_something_else(tmp_path, what):
    out = tmp_path / "mine"
    if what == "folder":
        out.mkdir()
        (out / "thesis.txt").write_text("years of work")
    else:
        out.write_text("years of work")
    before = tree(tmp_path)
    explained(multipolar("report", "--out", "mine", cwd=tmp_path), "mine")
    assert tree(tmp_path) == before


def test_a_refused_file_lists_its_faults_and_stores_nothing(tmp_path, write):
    file = write("plants", [row("plants", capacity="-1", place="Atlantis")], name="own.csv")
    done = multipolar("import", "plants", file, "--workspace", "own", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    first, *faults = done.err.splitlines()
    assert first.startswith("multipolar: refused own.csv: 2 faults")
    assert [("capacity" in f, "place" in f) for f in faults] == [(True, False), (False, True)]
    assert not (tmp_path / "own").exists()


def test_a_key_called_self_is_an_unknown_key(tmp_path):
    explained(multipolar("explain", "cell-capacity", "self=1", cwd=tmp_path), "self")


def test_an_unknown_currency_is_refused_by_every_figure(tmp_path):
    done = multipolar("figure", "cell-capacity", "--currency", "XYZ", cwd=tmp_path)
    explained(done, "XYZ")


def test_a_view_that_does_not_exist_is_unknown_for_a_table_too(tmp_path):
    done = multipolar("figure", "cell-capacity", "--view", "nope", cwd=tmp_path)
    explained(done, "nope")


def test_a_key_given_twice_is_refused(tmp_path):
    keys = ("place=POL", "place=DEU", "year=2030")
    assert multipolar("explain", "cell-capacity", *keys, cwd=tmp_path).code != 0


#: Rows that pass the check on import today, each in a table, and a command that reads them.
STRANGE = {
    "an outlook without any value": (
        "demand", {"low": "", "central": "", "high": "", "date": "2026-05"},
        ("figure", "cell-capacity"),
    ),
    "a total without any value": ("capacity-totals", {"central": ""}, ("coverage",)),
    "an owner with a share of nothing": (
        "plants", {"owners": "catl:0"}, ("figure", "foreign-investment"),
    ),
    "an owner with a negative share": (
        "plants", {"owners": "catl:-50|byd:50"}, ("figure", "foreign-investment"),
    ),
    "an owner with a share that is no number": (
        "plants", {"owners": "catl:nan"}, ("figure", "foreign-investment"),
    ),
    "a chemistry with a negative share": ("plants", {"chemistry": "LFP:-5|NMC"}, ("coverage",)),
    "a hub that is part of itself": ("plants", {"part_of": "test-cell-works"}, ("coverage",)),
    "a total of nothing": ("capacity-totals", {"central": "0"}, ("coverage",)),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_a_row_is_refused_on_import_or_does_no_harm_later(tmp_path, write, name):
    table, change, command = STRANGE[name]
    done = multipolar("import", table, write(table, [row(table, **change)]), cwd=tmp_path)
    if done.code == 1:
        assert "refused" in done.err
        return
    assert multipolar(*command, cwd=tmp_path).code == 0


def test_json_of_places_with_demand_and_hardly_a_plant_is_json(tmp_path, write):
    rows = [
        row("demand", record=f"own-{place.lower()}", place=place, date="2026-05")
        for place in ("ISL", "ARE")
    ]
    assert multipolar("import", "demand", write("demand", rows), cwd=tmp_path).code == 0
    done = multipolar("figure", "cell-capacity", "--format", "json", cwd=tmp_path)
    assert json.loads(done.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
