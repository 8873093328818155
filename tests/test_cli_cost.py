"""Do ``cost``, ``breakeven`` and ``levers`` say what the room calculates, and refuse the rest?"""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest

from cells_fixtures import evidence
from industry_fixtures import multipolar
from multipolar.cells.levers import LEVERS, in_force
from multipolar.cells.market import market
from multipolar.cells.plant import Plant
from multipolar.cli.market import ends, told_day, whole

DATE = ("--date", "2025-10-24")


def picked(rows, what, line="total"):
    return next(row for row in rows if (row["what"], row["line"]) == (what, line))


def test_the_stack_that_is_told_adds_up_and_is_that_of_the_room(tmp_path):
    done = multipolar("cost", *DATE, "--format", "json", cwd=tmp_path)
    rows = done.json["rows"]
    for side in ("home", "rival"):
        lines = [r["value"] for r in rows if r["what"] == side and r["line"] != "total"]
        assert sum(lines) == pytest.approx(picked(rows, side)["value"])
    day = date(2025, 10, 24)
    levers = in_force(evidence(), "EU27", "CHN", day).levers
    found = market(evidence(), Plant("EU27", "LFP", day, age=3), Plant("CHN", "LFP", day), levers)
    x = {**found.inputs.central(), **found.levers.values()}
    assert picked(rows, "home")["value"] == pytest.approx(found.home_cost(x))
    assert picked(rows, "gap")["value"] == pytest.approx(found.gap(x))
    assert all(row["value_low"] <= row["value"] <= row["value_high"] for row in rows)
    assert {row["unit"] for row in rows} == {"USD/kWh", "%"}


def test_the_figure_and_the_command_tell_the_same(tmp_path):
    text = multipolar("figure", "cell-cost", "--format", "csv", cwd=tmp_path).out
    drawn = [
        row for row in csv.DictReader(io.StringIO(text))
        if (row["measure"], row["policy"], row["place"], row["chemistry"], row["age"],
            row["line"]) == ("cost", "in force", "EU27", "LFP", "3", "all")
    ]  # fmt: skip
    rows = multipolar("cost", "--format", "json", cwd=tmp_path).json["rows"]
    for end in ("value_low", "value", "value_high"):
        assert float(drawn[0][end]) == pytest.approx(picked(rows, "home")[end], abs=1e-4)


def test_no_policy_takes_duties_and_kept_taxes_away(tmp_path):
    told = multipolar("cost", *DATE, cwd=tmp_path).out
    assert "duty_cell 0.027" in told and "eu-mfn-batteries" in told
    none = multipolar("cost", *DATE, "--policy", "none", cwd=tmp_path).out
    assert "policy: none" in none and "tax kept" not in none
    set_ = multipolar("cost", *DATE, "--policy", "none", "--lever", "credit_cell=7", cwd=tmp_path)
    assert "credit_cell 7" in set_.out and "\ncredit " in set_.out


def test_euros_are_the_same_ratio_in_every_line_and_leave_per_cent_alone(tmp_path):
    asked = ("cost", *DATE, "--format", "json", "--currency")
    usd, eur = (multipolar(*asked, code, cwd=tmp_path).json["rows"] for code in ("USD", "EUR"))
    rate = picked(eur, "home")["value"] / picked(usd, "home")["value"]
    for one, other in zip(usd, eur, strict=True):
        factor = 1 if one["unit"] == "%" else rate
        assert other["value"] == pytest.approx(one["value"] * factor)
    assert 0.7 < rate < 1 and eur[0]["unit"] == "EUR/kWh"


def test_several_places_chemistries_and_years_are_compared(tmp_path):
    done = multipolar(
        "cost", *DATE, "--place", "CHN,EU27", "--chemistry", "NMC,LFP", "--age", "1..3",
        "--format", "csv", cwd=tmp_path,
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(done.out)))
    asked = {(r["place"], r["chemistry"], r["age"]) for r in rows}
    assert len(asked) == 12
    assert not [r for r in rows if r["place"] == "CHN" and r["what"] != "home"]
    home = {(r["place"], r["chemistry"], r["age"]): float(r["value"]) for r in rows
            if (r["what"], r["line"]) == ("home", "total")}  # fmt: skip
    assert home["EU27", "LFP", "1"] > home["EU27", "LFP", "3"] > home["CHN", "LFP", "3"]
    told = multipolar("cost", *DATE, "--age", "1,3", "--chemistry", "LFP", cwd=tmp_path).out
    assert "EU27: policy" in told and "home_low" in told


def test_numbers_of_ones_own_enter_and_are_told(tmp_path):
    own = ("--input", "wage=50", "--input", "scrap=0.1:0.2:0.3", "--input", "rival.margin=0.1")
    done = multipolar("cost", *DATE, *own, "--inputs", "--format", "json", cwd=tmp_path)
    found = {row["input"]: row for row in done.json["rows"]}
    assert found["own.wage.eu27"]["central"] == 50 and found["own.scrap.eu27"]["high"] == 0.3
    assert found["own.margin.chn"]["table"] == "own"
    assert found["cells.price.lfp-cam"]["records"].startswith("lfp-cam-price-chn")
    by_name = multipolar(
        "cost", *DATE, "--input", "cells.warranty=0", "--format", "json", cwd=tmp_path
    )
    assert picked(by_name.json["rows"], "home", "warranty")["value"] == 0


def test_a_place_without_prices_is_described_by_the_user(tmp_path):
    done = multipolar("cost", *DATE, "--place", "BRA", cwd=tmp_path)
    assert done.code == 1 and "give it as an input of the plant, in US$/hour" in done.err
    own = ("--input", "wage=8", "--input", "electricity=0.08", "--input", "heat=0.006")
    done = multipolar("cost", *DATE, "--place", "BRA", *own, cwd=tmp_path)
    assert done.code == 0 and "gap: " in done.out


def test_what_moves_the_gap_is_told(tmp_path):
    done = multipolar("cost", *DATE, "--drivers", "3", "--format", "json", cwd=tmp_path)
    [drivers] = done.json["drivers"]
    size = [abs(row["gap_to"] - row["gap_from"]) for row in drivers]
    assert len(drivers) == 3 and size == sorted(size, reverse=True)
    # Where the gap is a line in the input, the exact slope is that between the ends.
    capex = next(row for row in drivers if row["input"] == "industry.capex.europe")
    chord = (capex["gap_to"] - capex["gap_from"]) / (capex["to"] - capex["from"])
    assert capex["slope"] == pytest.approx(chord)
    paid = multipolar("cost", *DATE, "--lever", "local_premium=10", cwd=tmp_path).out
    assert "after the premium of 10 that buyers pay" in paid


def test_a_duty_fed_back_into_cost_closes_the_gap(tmp_path):
    done = multipolar("breakeven", *DATE, "--format", "json", cwd=tmp_path)
    duty = next(row for row in done.json["rows"] if row["lever"] == "duty_cell")["central"]
    back = multipolar(
        "cost", *DATE, "--lever", f"duty_cell={duty!r}", "--format", "json", cwd=tmp_path
    )
    assert abs(picked(back.json["rows"], "gap")["value"]) < 1e-9
    line = done.json["duty_cell and credit_cell that close it together"]
    pair = line[2]
    pairs = (f"duty_cell={pair['duty_cell']!r}", f"credit_cell={pair['credit_cell_central']!r}")
    levers = [word for text in pairs for word in ("--lever", text)]
    back = multipolar("cost", *DATE, *levers, "--format", "json", cwd=tmp_path)
    assert abs(picked(back.json["rows"], "gap")["value"]) < 1e-9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "cheapest for the budget, if all is made at home: duty_cell"),
        (("--place", "USA", "--date", "2026-06-05"), "not enough alone|cheapest for buyers"),
        (("scrap",), "saved from 40 to 10 %"),
        (("materials", "--rate", "0.1"), "a duty of 10 % on imported material"),
        (("hub", "--hub-gwh", "8"), "a hub of 8 and a plant of 40 GWh/yr"),
        (("lithium",), "the highest yearly price on record"),
        (("--pair", "duty_cell,ramp_support", "--age", "1"), "duty_cell and ramp_support"),
    ],
)
def test_every_question_of_breakeven_is_answered(tmp_path, arguments, said):
    done = multipolar("breakeven", *arguments, cwd=tmp_path)
    assert done.code == 0, done.err
    assert any(words in done.out for words in said.split("|"))
    assert not re.search(r"\bnan\b", done.out.lower())


def test_a_file_is_written_in_the_form_that_its_name_tells(tmp_path):
    done = multipolar("breakeven", "hub", "--out", "hub.csv", cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    lines = list(csv.DictReader(io.StringIO((tmp_path / "hub.csv").read_text())))
    assert lines[-1]["line"] == "total"
    difference = sum(float(row["difference"]) for row in lines[:-1])
    assert difference == pytest.approx(float(lines[-1]["difference"]))
    assert multipolar("cost", "--out", "cost.txt", cwd=tmp_path).code == 1


def test_levers_are_told_by_name_with_the_rows_behind_them(tmp_path):
    found = multipolar("levers", "--place", "USA", "--date", "2025-06-01", "--format", "json",
                       cwd=tmp_path).json  # fmt: skip
    assert [entry["name"] for entry in found] == list(LEVERS)
    by = {entry["name"]: entry for entry in found}
    told = in_force(evidence(), "USA", "CHN", date(2025, 6, 1))
    assert by["duty_cell"]["in_force"] == told.levers.duty_cell
    assert "us-301-ev-batteries-2024" in by["duty_cell"]["records"]
    assert by["duty_cell"]["not_counted"] == ""
    named = {r for entry in found for r in entry["records"].split(", ") if r}
    assert named <= set(told.records)
    storage = multipolar("levers", "--place", "USA", "--date", "2025-06-01", "--use", "storage",
                         "--format", "json", cwd=tmp_path).json  # fmt: skip
    assert storage[0]["in_force"] < by["duty_cell"]["in_force"]
    assert "no credit for owners from CHN" in multipolar("levers", "--place", "USA",
                                                         cwd=tmp_path).out  # fmt: skip
    member, union = (multipolar("levers", "--place", place, "--format", "json", cwd=tmp_path).json
                     for place in ("Germany", "EU27"))  # fmt: skip
    assert member == union


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("cost", "--lever", "duty_cell=30"), 1, "duty_cell is 30, which is 3000 %: write 0.3"),
        (("cost", "--lever", "duty=0.3"), 1, "did you mean duty_cell"),
        (("cost", "--lever", "credit_module=10"), 1, "credit_module is for modules"),
        (("cost", "--chemistry", "NMD"), 1, "did you mean NMC"),
        (("cost", "--input", "wage=-5"), 1, "cannot be below zero"),
        (("cost", "--input", "cells.price.lfp-cam=-5"), 1, "cannot be below zero"),
        (("cost", "--input", "output=1.2"), 1, "a share is at most 1"),
        (("cost", "--input", "wages=5"), 1, "did you mean wage"),
        (("cost", "--input", "cells.foo=5"), 1, "no input of this calculation"),
        (("cost", "--date", "2019-01"), 1, "quotes run from"),
        (("cost", "--date", "2030-01"), 1, "name a day up to a year after it"),
        (("cost", "--date", "October"), 1, "write it as YYYY-MM-DD or YYYY-MM"),
        (("cost", "--rival", "EU27"), 1, "no border is crossed"),
        (("cost", "--plant-gwh", "500"), 1, "name 5 to 100"),
        (("cost", "--boundary", "pack"), 1, "told for cell, module"),
        (("cost", "--age", "x"), 2, "write a whole number"),
        (("cost", "--age", "5..1"), 2, "write a whole number"),
        (("cost", "--chemistry", ","), 2, "names nothing"),
        (("cost", "--input", "wage=a"), 2, "is not a number"),
        (("cost", "--input", "wage=1:2"), 2, "low:central:high"),
        (("cost", "--lever", "duty_cell=nan"), 2, "is not a number"),
        (("cost", "--use", "boats"), 2, "vehicles"),
        (("breakeven", "--place", "CHN"), 1, "no rival"),
        (("breakeven", "--pair", "duty_cell"), 2, "name two levers"),
        (("breakeven", "--pair", "duty_cell,transfer"), 1, "not a straight line in transfer"),
        (("breakeven", "scrap", "--scrap", "40..10"), 1, "name a share from 0 to below 1"),
        (("breakeven", "scrap", "--scrap", "0.4"), 2, "write two numbers"),
        (("breakeven", "materials", "--rate", "25"), 1, "write 0.25 for 25 %"),
        (("breakeven", "price"), 2, "price"),
        (("levers", "--place", "Atlantis"), 1, "unknown place"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_one_line(tmp_path, arguments, code, said):
    done = multipolar(*arguments, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert said in done.err.replace("\n", " ") and "Traceback" not in done.err
    assert code == 2 or done.err.count("\n") == 1


def test_words_of_options_become_numbers_and_days():
    assert whole("1..3") == [1, 2, 3] and whole("5,1") == [5, 1]
    assert ends("0.4..0.1") == (0.4, 0.1)
    assert told_day("2025-10") == date(2025, 10, 31) and told_day("2025-10-02").day == 2


def test_the_rival_keeps_its_size_and_cells_with_lithium_are_refused(tmp_path):
    small = multipolar("cost", *DATE, "--plant-gwh", "5", cwd=tmp_path).out
    assert "rival: CHN, 40 GWh/yr" in small and "for comparison, no input" in small
    assert "inputs are assumptions that nobody has checked" in small
    done = multipolar("breakeven", "lithium", "--against", "NMC", cwd=tmp_path)
    assert done.code == 1 and "NMC holds lithium itself" in done.err
    usa = multipolar("cost", "--place", "USA", "--chemistry", "NMC", cwd=tmp_path).out
    assert re.search(r"the credit is paid in \d+ % of draws", usa)
