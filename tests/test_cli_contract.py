"""Do the commands that exist keep their contract: names, exit codes, and who reads which stream?"""

import re

import pytest

from industry_fixtures import atlas, multipolar
from multipolar.evidence.schemas import schema, tables

#: What is built today. Commands of rooms that do not exist yet are absent.
COMMANDS = {"report", "brief", "verify", "figures", "figure", "explain", "evidence", "sources",
            "coverage", "gap", "lines", "template", "formats", "import", "dependence", "divert",
            "flows", "forecast", "impact", "cost", "breakeven", "levers"}  # fmt: skip
LATER = ("serve", "scenario", "ensemble", "stress", "policies", "patents", "fetch", "diff",
         "export")  # fmt: skip


def listed(text):
    """Names in the list of commands of a help text."""
    return set(re.findall(r"^  ([a-z]\S*)  ", text.partition("Commands:")[2], re.MULTILINE))


def test_help_lists_exactly_the_commands_that_are_built(tmp_path):
    done = multipolar("--help", cwd=tmp_path)
    assert done.code == 0
    assert listed(done.out) == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(tmp_path, command):
    done = multipolar(command, "--help", cwd=tmp_path)
    assert done.code == 0 and done.err == ""
    assert f"multipolar {command}" in done.out
    assert "Options:" in done.out


@pytest.mark.parametrize("command", LATER)
def test_a_command_of_a_room_that_is_not_built_is_no_command(tmp_path, command):
    done = multipolar(command, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert command in done.err


WRONG_USAGE = [
    ("verify", "--format", "xml"),
    ("verify", "--nonsense"),
    ("figure",),
    ("explain", "cell-capacity"),
    ("explain", "cell-capacity", "place"),
    ("evidence", "plants", "--where", "place"),
    ("evidence", "plants", "--format", "xlsx"),
    ("import", "plants"),
    ("template",),
    ("report", "--out"),
]


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_ends_with_2_and_says_how_to_use_it(tmp_path, arguments):
    done = multipolar(*arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err and "Traceback" not in done.err


@pytest.mark.parametrize("table", [t for t in tables() if t != "claims"])
def test_a_template_is_the_header_alone_and_its_columns_are_explained_beside_it(tmp_path, table):
    done = multipolar("template", table, cwd=tmp_path)
    assert done.code == 0
    assert done.out == ",".join(schema(table).columns) + "\n"
    for field in schema(table).fields:
        needed = "required" if field.required else "optional"
        assert f"# {field.name} ({field.type}, {needed})" in done.err


def test_an_earlier_date_is_answered_with_how_many_rows_were_on_record(tmp_path):
    done = multipolar("figure", "cell-capacity", "--as-of", "2025-06-30", cwd=tmp_path)
    rows = atlas().evidence("plants")
    assert done.code == 0
    said = re.search(r"as of 2025-06-30: ([\d,]+) of ([\d,]+) plant rows were on record", done.err)
    then, now = (int(number.replace(",", "")) for number in said.groups())
    assert 0 < then < now == rows.height
    later = sum(day > "2025-06-30"[: len(day)] or day == "2025" for day in rows["date"])
    assert now - then == later


def test_the_rows_of_the_folder_one_stands_in_are_used_and_told(tmp_path, write):
    file = write("plants", [{**_row(), "place": "ISL"}])
    assert multipolar("import", "plants", file, cwd=tmp_path).code == 0
    done = multipolar(
        "evidence", "plants", "--where", "place=ISL", "--format", "json", cwd=tmp_path
    )
    assert "multipolar-workspace" in done.err
    assert [entry["record"] for entry in done.json] == ["test-cell-works--01"]


def _row():
    from conftest import row

    return row("plants")


def test_a_list_for_people_leaves_out_what_does_not_fit_and_says_so(tmp_path):
    done = multipolar("evidence", "plants", cwd=tmp_path)
    assert done.code == 0
    assert f"{atlas().evidence('plants').height - 40:,} more rows" in done.err
    assert len(done.out.splitlines()) == 41


def test_rows_can_be_chosen_by_the_value_of_a_column(tmp_path):
    done = multipolar(
        "evidence", "plants", "--where", "place=POL", "--where", "status=operating",
        "--format", "json", cwd=tmp_path,
    )  # fmt: skip
    wanted = atlas().evidence("plants").filter(place="POL", status="operating")
    assert wanted.height
    assert [entry["record"] for entry in done.json] == wanted["record"].to_list()


def test_rows_can_be_chosen_by_a_number(tmp_path):
    done = multipolar(
        "evidence", "plants", "--where", "capacity=40", "--format", "json", cwd=tmp_path
    )
    assert len(done.json) == atlas().evidence("plants").filter(capacity=40).height > 0


def test_the_score_of_verify_is_told_first(tmp_path):
    done = multipolar("verify", cwd=tmp_path)
    counts = re.findall(r"^ +(\d+)  (\S+)$", done.out, re.MULTILINE)
    assert sum(int(count) for count, _ in counts) == 175
    assert (
        len(re.findall(r"\[(reproduced|differs|undecided|carried|not-computable)\]", done.out))
        == 175
    )
