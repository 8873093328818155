"""What do ``formats`` and ``import`` print, and does every failure stay one line?"""

import pytest

from conftest import tree
from import_fixtures import LISTS
from industry_fixtures import multipolar
from multipolar.readers.registry import readers


def test_every_format_is_listed_with_one_line(tmp_path):
    done = multipolar("formats", "--format", "json", cwd=tmp_path)
    listed = {entry["format"]: entry["reads"] for entry in done.json}
    assert set(readers()) <= set(listed) and {"plants", "firms", "corrections"} <= set(listed)
    assert "claims" not in listed
    assert all(reads and "\n" not in reads for reads in listed.values())
    plain = multipolar("formats", cwd=tmp_path)
    assert len(plain.out.splitlines()) == len(listed)


def test_a_list_is_imported_and_told(tmp_path):
    """With the linkage that users have."""
    file = LISTS / "factories_export.csv"
    done = multipolar("import", "batteryfactory", file, "--workspace", "own", cwd=tmp_path)
    assert done.code == 0
    first, plants, firms = done.out.splitlines()
    assert first == (
        "factories_export.csv: 6 rows with 4 further entries: 5 stored, 5 refused, "
        "as 0001-batteryfactory-factories-export"
    )
    assert plants.startswith("  plants: 3 in the list: ")
    assert firms.startswith("  firms: ")
    told = done.err.splitlines()
    assert sum(line.startswith("refused ") for line in told) == 5
    assert "Traceback" not in done.err
    again = multipolar("import", "batteryfactory", file, "--workspace", "own", cwd=tmp_path)
    assert (again.code, again.err) == (0, "")
    assert again.out == (
        "factories_export.csv: already in as 0001-batteryfactory-factories-export\n"
    )


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("lfp-atlas", LISTS / "plants.csv"), "is not the claims of LFP Atlas"),
        (("plants-curated", "missing.csv"), "missing.csv"),
        (("europe-cell-lists", "."), "cannot read"),
        (("columns", "missing.xlsx"), "missing.xlsx"),
        (("lfp-atlases", "x.csv"), "did you mean lfp-atlas"),
    ],
)
def test_a_failure_is_one_line_and_leaves_nothing(tmp_path, arguments, word):
    done = multipolar("import", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    [line] = done.err.splitlines()
    assert line.startswith("multipolar: ") and word in line
    assert tree(tmp_path) == {}


def test_a_map_of_columns_is_shown_and_asked_about(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("Company,Country,GWh\nAgate,Germany,10\n")
    asked = multipolar("import", "columns", file, "--workspace", "own", cwd=tmp_path)
    assert asked.code == 1
    assert asked.json["columns"] == {"firm": "Company", "place": "Country", "capacity": "GWh"}
    [line] = asked.err.splitlines()
    assert line.startswith("multipolar: mine.csv: its columns are not confirmed")
    assert not (tmp_path / "own" / "imports").exists()
