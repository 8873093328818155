"""Does an answer on flows say of which time it is, what it adds up, and what it lacks?"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from industry_fixtures import multipolar, own_evidence
from multipolar.evidence.store import Evidence
from multipolar.trade.aggregate import NOT_ALLOCATED
from multipolar.trade.question import Question, lines
from multipolar.trade.remarks import nothing, remarks
from multipolar.words import places
from multipolar.words.errors import MultipolarError

#: A product of which nothing is bundled.
PRODUCT = "250410"
GROUP = "Ember-Oceania"


def flow(importer: str, month: str, value: float, **changes: str) -> dict[str, str]:
    """What China sold in a month, unless said otherwise."""
    usual = {
        "product": PRODUCT, "month": month, "months": "1", "exporter": "CHN",
        "importer": importer, "told_by": "exporter", "value": str(value), "basis": "FOB",
        "source": "https://example.org/customs", "date": "2026-01", "confidence": "high",
    }  # fmt: skip
    row = usual | changes
    keys = ("product", "month", "months", "exporter", "importer", "told_by")
    return row | {"record": "/".join(("test", *(row[key] for key in keys)))}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """Two months of a region with its two members, one of which misses a month; a year of one."""
    rows = [
        flow(GROUP, "2024-01", 100), flow("AUS", "2024-01", 60), flow("NZL", "2024-01", 30),
        flow(GROUP, "2024-02", 50), flow("AUS", "2024-02", 45), flow("World", "2024-02", 900),
        flow("AUS", "2024-12", 700, months="12"), flow("AUS", "2025-06", 800, months="12"),
        flow("USA", "2023-12", 1, exporter="AUS"), flow("USA", "2023-12", 9, exporter=GROUP),
    ]  # fmt: skip
    return own_evidence(tmp_path_factory.mktemp("own"), {"trade": rows})


def asked(*by: str, **changes: Any) -> Question:
    return Question(by, (PRODUCT,), **changes)


def numbers(found: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return found.select(columns).rows()


def test_each_line_says_of_which_time_it_is(own: Evidence) -> None:
    found = lines(own, asked("year", exporter="CHN", importer="AUS"))
    assert numbers(found, "span", "value") == [
        ("months 2024-01..2024-02", 105.0), ("year 2024", 700.0),
    ]  # fmt: skip
    found = lines(own, asked("month", exporter="CHN", importer="AUS", months=12))
    assert numbers(found, "span", "value") == [
        ("year 2024", 700.0),
        ("12 months to 2025-06", 800.0),
    ]
    found = lines(own, asked("importer", importer="NZL"))
    assert found["span"].to_list() == ["month 2024-01"]
    years = lines(Evidence(), Question(("product",), ("283691",)))
    assert years["span"].to_list() == ["years 2018..2023"]


def test_spans_side_by_side_are_told_and_one_kind_can_be_had(own: Evidence) -> None:
    both = asked("year", exporter="CHN", importer="AUS")
    [said] = remarks(own, both, lines(own, both))
    assert "never add them" in said and "--months 12" in said
    for months in (1, 12):
        one = asked("year", exporter="CHN", importer="AUS", months=months)
        found = lines(own, one)
        assert found["months"].to_list() == [months]
        assert remarks(own, one, found) == []


def test_what_is_told_of_a_group_is_its_total_where_somebody_tells_it(own: Evidence) -> None:
    question = asked("month", importer=GROUP, start="2024")
    found = lines(own, question)
    columns = ("span", "value", "listed", "not_allocated")
    assert numbers(found, *columns) == [
        ("month 2024-01", 100.0, 90.0, 10.0),
        ("month 2024-02", 50.0, 45.0, 5.0),
        ("year 2024", 700.0, 700.0, None),
        ("12 months to 2025-06", 800.0, 800.0, None),
    ]
    by_importer = lines(own, asked("importer", importer=GROUP, months=1))
    assert numbers(by_importer, "importer", "value") == [
        ("AUS", 105.0), ("NZL", 30.0), (NOT_ALLOCATED, 15.0),
    ]  # fmt: skip
    single, sums = (line for line in remarks(own, question, found) if GROUP in line)
    members = len(places.members(GROUP))
    assert "its own row is the total" in single
    assert f"2 of {members} are on record, 1 of them at all 2 times" in single
    assert "its members are added up" in sums
    assert f"1 of {members} are on record" in sums


def test_a_group_that_reports_is_the_sum_of_its_members(own: Evidence) -> None:
    question = asked("year", exporter=GROUP)
    found = lines(own, question)
    assert numbers(found, "value") == [(1.0,)]
    [said] = remarks(own, question, found)
    assert "its members are added up" in said and "missing are" in said


def test_a_group_without_rows_of_its_own_hints_at_one_that_has_them() -> None:
    question = Question(("year",), ("batteries",), "2024", importer="Europe", months=1)
    found = lines(Evidence(), question)
    said = remarks(Evidence(), question, found)
    assert any("17 of 30 are on record" in line for line in said)
    assert "Europe is the sum of its members; Ember-Europe has rows of its own" in said


def test_groups_that_stand_for_members_say_how_many_are_on_record(own: Evidence) -> None:
    question = asked("importer", groups=(GROUP,), months=1, exporter="CHN")
    said = remarks(own, question, lines(own, question))
    assert [line for line in said if "its members are added up" in line and GROUP in line]


def test_bundled_regions_are_those_of_the_source() -> None:
    """Ember's Europe of 2024 is its own row, not the sum of the countries listed."""
    rows = Evidence().table("trade").filter(
        pl.col("month").str.starts_with("2024"), product="batteries", importer="Ember-Europe",
        months=1,
    )  # fmt: skip
    question = Question(("year",), ("batteries",), "2024", "2024", 1, importer="Ember-Europe")
    [value] = lines(Evidence(), question)["value"]
    assert rows.height == 12
    assert value == pytest.approx(rows["value"].sum())


def test_a_product_without_flows_is_told(own: Evidence) -> None:
    question = Question(("product",), (PRODUCT, "850760"), months=1)
    [said] = remarks(own, question, lines(own, question))
    assert said.startswith("no flow of 850760 fits")


@pytest.mark.parametrize(
    "pair", [("batteries", "850760"), ("8507", "850760"), ("batteries", "solar")]
)
def test_products_that_may_overlap_are_not_added_up(pair: tuple[str, str]) -> None:
    with pytest.raises(MultipolarError, match="may overlap and are not added up; ask by product"):
        lines(Evidence(), Question(("year",), pair))
    assert lines(Evidence(), Question(("product",), pair)).columns


def test_why_nothing_fits_is_told(own: Evidence) -> None:
    assert "without --to some do" in nothing(own, asked("year", end="2001"))
    assert "without --months some do" in nothing(own, asked("year", months=7))
    assert "without --importer some do" in nothing(own, asked("year", importer="ISL"))
    then = Evidence(as_of=date(2020, 1, 1))
    assert "without --as-of some are" in nothing(then, Question(("year",), ("283691",)))
    categories = nothing(Evidence(), Question(("year",), exporter="CHN", start="2024"))
    assert "may not be added up" in categories and "ask by product or by month" in categories
    assert "lists what there is" in nothing(own, asked("year", importer="ISL", end="2001"))


def test_unlike_spans_are_not_compared_in_silence() -> None:
    question = Question(("product",), told_by="both", shares="product")
    assert any(
        "unlike spans" in line
        for line in remarks(Evidence(), question, lines(Evidence(), question))
    )
    one = Question(("product",), start="2022", end="2022", told_by="both", shares="product")
    assert remarks(Evidence(), one, lines(Evidence(), one)) == []


def test_rows_that_are_a_part_of_all_flows_claim_nothing_about_the_rest() -> None:
    """What is bundled of CEPII leaves out small flows, and nobody tells a total."""
    for by in (("year", "product"), ("exporter",), ("year", "importer")):
        found = lines(Evidence(), Question(by, ("283691",), shares=by[-1]))
        assert found["not_allocated"].is_null().all()
    assert found["share"].is_not_null().all()
    assert found["share_high"].is_null().all()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--by", "year", "--product", "batteries", "--product", "850760"], "may overlap"),
        (["--by", "heading", "--product", "8507"], "no code of six digits"),
        (["--from", "2024", "--to", "2023-06"], "exchange the two"),
        (["--product", "283691", "--mirror", "--shares", "exporter"], "leave out --shares"),
        (["--product", "283691", "--mirror"], "no exporter or importer tells such a flow"),
        (["--product", "batteries", "--to", "2001"], "without --to some do"),
    ],
)
def test_wrong_questions_cost_one_line(words: list[str], told: str, tmp_path: Path) -> None:
    done = multipolar("flows", *words, cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_the_command_shows_the_span_and_keeps_remarks_out_of_the_data(tmp_path: Path) -> None:
    words = ("--by", "year", "--product", "batteries", "--importer", "Ember-Europe")
    table = multipolar("flows", *words, cwd=tmp_path)
    assert table.out.splitlines()[0].split()[:3] == ["year", "span", "value"]
    assert "never add them" in table.err and "are on record" in table.err
    done = multipolar("flows", *words, "--months", "1", "--format", "json", cwd=tmp_path)
    assert {row["months"] for row in json.loads(done.out)} == {1}


def test_months_can_be_asked_for_by_range_and_year(tmp_path: Path) -> None:
    def seen(*where: str) -> list[str]:
        words = [word for one in where for word in ("--where", one)]
        done = multipolar("evidence", "trade", *words, "--format", "json", cwd=tmp_path)
        assert done.code == 0, done.err
        return sorted(row["month"] for row in json.loads(done.out))

    world = ("importer=World", "product=batteries")
    assert seen("month=2024-11..2025-02", *world) == ["2024-11", "2024-12", "2025-01", "2025-02"]
    assert seen("month=2024", *world) == [f"2024-{month:02d}" for month in range(1, 13)]
    assert seen("month=2024..2024-01", *world) == ["2024-01"]
    wrong = multipolar("evidence", "trade", "--where", "month=2024x", cwd=tmp_path)
    assert wrong.code == 1 and "2024-01..2024-06" in wrong.err


def test_a_group_that_has_no_row_hints_at_one_called_alike(tmp_path: Path) -> None:
    done = multipolar("evidence", "trade", "--where", "importer=Europe", cwd=tmp_path)
    assert "no row fits importer=Europe; did you mean Ember-Europe?" in done.err


def test_instruments_are_listed_by_name(tmp_path: Path) -> None:
    done = multipolar("evidence", "policies", cwd=tmp_path)
    assert done.out.splitlines()[0].split()[0] == "name"
    assert "Section 301" in done.out
