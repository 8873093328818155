"""Does ``gap`` say gap and surplus, and whose every term is; are lines told with their sums?"""

import re

import pytest

from conftest import row
from industry_fixtures import atlas, multipolar
from multipolar.cli.commands.gap import in_words
from multipolar.industry.nickel_lines import nickel_lines


def told(low, value, high):
    ends = {"value_low": low, "value": value, "value_high": high}
    return in_words({"chemistry": "LFP", "unit": "GWh/yr", **ends})


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((1, 2, 3), "LFP: a gap of 2 (1–3) GWh/yr"),
        ((-3, -2, -1), "LFP: a surplus of 2 (1–3) GWh/yr"),
        ((2, 2, 2), "LFP: a gap of 2 GWh/yr"),
        ((-1, 2, 3), "LFP: a gap of 2 GWh/yr (from a surplus of 1 to a gap of 3)"),
        ((-3, -2, 1), "LFP: a surplus of 2 GWh/yr (from a surplus of 3 to a gap of 1)"),
        ((0, 0, 0), "LFP: a gap of 0 GWh/yr"),
        ((-3, -1, 0), "LFP: a surplus of 1 (0–3) GWh/yr"),
    ],
)
def test_below_zero_is_a_surplus(ends, text):
    assert told(*ends) == text


def test_every_gap_is_told_in_words(tmp_path):
    done = multipolar("gap", "USA", "--demand", "1", cwd=tmp_path)
    lines = done.out.splitlines()[-3:]
    assert [line.partition(":")[0] for line in lines] == ["LFP", "all chemistries", "nickel"]
    assert all(": a surplus of " in line for line in lines), "one GWh is less than any plants make"
    assert not re.search(r" -\d", "".join(lines))
    scarce = multipolar("gap", "USA", "--demand", "99999", cwd=tmp_path).out.splitlines()[-3:]
    assert all(": a gap of " in line for line in scarce)


def basis(done):
    """How each term of the first table was had."""
    table = done.out.partition("\n\n")[0].splitlines()[1:]
    return {line.split()[0]: re.split(r"  +", line)[-1] for line in table}


def test_only_what_was_given_is_an_override(tmp_path):
    found = basis(multipolar("gap", "USA", "--storage", "220", cwd=tmp_path))
    assert [term for term, how in found.items() if how == "override"] == ["storage"]
    found = basis(multipolar("gap", "USA", "--demand", "1000", cwd=tmp_path))
    assert [term for term, how in found.items() if how == "override"] == ["demand"]


def test_on_a_narrow_screen_the_basis_is_cut_and_not_left_out(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = multipolar("gap", "USA", "--demand", "1000", cwd=tmp_path)
    assert basis(done)["cars_sold"].startswith("in step")
    assert max(map(len, done.out.partition("\n\n")[0].splitlines())) <= 80


def test_terms_that_rows_of_ones_own_stand_behind_are_marked(tmp_path, write, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    mine = row("vehicles", outlook="Own outlook 2026", evs_sold="9", ev_share="50",
               batteries="700", date="2026-12-30")  # fmt: skip
    assert multipolar("import", "vehicles", write("vehicles", [mine]), cwd=tmp_path).code == 0
    found = basis(multipolar("gap", "USA", "--demand", "1000", cwd=tmp_path))
    marked = {term for term, how in found.items() if how.endswith("; own rows")}
    assert marked == {"ev_share", "cars_sold", "kwh_per_car"}


def test_a_demand_of_ones_own_stands_beside_the_outlooks(tmp_path):
    asked = ("gap", "USA", "--outlooks", "--format", "json")
    plain = multipolar(*asked, cwd=tmp_path).json
    more = multipolar(*asked, "--storage", "500", cwd=tmp_path).json
    assert {entry["unit"] for entry in plain} == {"GWh"}
    assert {entry["segment"] for entry in plain} >= {"vehicles", "storage"}
    for before, after in zip(plain, more, strict=True):
        assert after["difference"] == pytest.approx(after["ours"] - after["published"])
        if before["segment"] == "vehicles":
            assert after == before
        if before["segment"] == "storage":
            assert after["ours"] == 500


def test_lines_are_told_with_their_sums(tmp_path):
    done = multipolar("lines", "Poland", "HUN", cwd=tmp_path)
    wanted = nickel_lines(atlas().evidence_store, ["POL", "HUN"])
    assert len(done.out.partition("\n\n")[0].splitlines()) == wanted.height + 1
    running = wanted.filter(status="operating")["value"].sum()
    [line] = [line for line in done.out.splitlines() if line.startswith("operating: ")]
    assert float(line.split()[1].replace(",", "")) == pytest.approx(running, rel=1e-4)


def test_lines_as_json_have_their_rows(tmp_path):
    found = multipolar("lines", "Poland", "--format", "json", cwd=tmp_path).json
    assert found and all(entry["records"] and entry["unit"] == "GWh/yr" for entry in found)
    assert {entry["place"] for entry in found} == {"POL"}


@pytest.mark.parametrize("arguments", [("Andorra",), ("Poland", "--year", "2015")])
def test_no_line_is_told_in_one_line(tmp_path, arguments):
    done = multipolar("lines", *arguments, cwd=tmp_path)
    assert done.code in (1, 2) and done.out == ""


def test_words_that_go_together_nowhere_are_told_with_what_is_there(tmp_path):
    keys = ("place=POL", "measure=demand", "year=2030")
    done = multipolar("explain", "cell-capacity", *keys, cwd=tmp_path)
    assert done.code == 1
    assert "no number for place POL with measure demand" in done.err and "USA" in done.err
    keys = ("place=USA", "measure=demand", "status=operating", "year=2030")
    done = multipolar("explain", "cell-capacity", *keys, cwd=tmp_path)
    assert "no number for status operating" in done.err and "there is status all" in done.err
    done = multipolar("explain", "cell-capacity", "place=POL", "measure=mass", cwd=tmp_path)
    assert "unknown measure in this figure 'mass'" in done.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("gap", "Germny"), "Germany"),
        (("figure", "cell-capcity"), "cell-capacity"),
        (("figure", "cell-capacity", "--where", "chemistry=LPF"), "LFP"),
        (("explain", "market-share", "firm=catll"), "catl"),
        (("evidence", "plants", "--where", "firm=samsng-sdi"), "samsung-sdi"),
        (("brief", "LG Energy Soltion"), "LG Energy Solution"),
        (("brief", "Hungry"), "Hungary"),
        (("lines", "Europa"), "Europe"),
    ],
)
def test_a_near_word_is_offered_for_every_kind_of_word(tmp_path, arguments, word):
    done = multipolar(*arguments, cwd=tmp_path)
    assert done.code == 1 and re.search(rf"did you mean {word}\b", done.err)
