"""Are flows added up once, and alike on every engine?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industry_fixtures import multipolar
from multipolar.evidence.store import Evidence
from multipolar.trade.aggregate import NOT_ALLOCATED, SUMS, shares, totals
from multipolar.trade.question import Question, lines
from multipolar.words.errors import MultipolarError, UnknownWord

SCHEMA = {
    "product": pl.String, "month": pl.String, "months": pl.Int64, "exporter": pl.String,
    "importer": pl.String, "told_by": pl.String, "value": pl.Float64, "weight": pl.Float64,
    "source": pl.String,
}  # fmt: skip
ENGINES = ("duckdb", "polars", "pandas")
Row = dict[str, Any]


def flow(importer: str | None, value: float | None, **changes: Any) -> Row:
    """What China sold in 2023, unless said otherwise."""
    usual = {
        "product": "850760", "month": "2023-12", "months": 12, "exporter": "CHN",
        "told_by": "exporter", "weight": None, "source": "office",
    }  # fmt: skip
    return usual | {"importer": importer, "value": value} | changes


def summed(rows: list[Row], by: Any, engine: str = "polars", of: str = "", **asked: Any) -> Any:
    frame = pl.DataFrame(rows, schema=SCHEMA)
    with duckdb.connect() as con:
        if engine == "duckdb":
            con.register("rows_of_test", frame)
        native = {
            "duckdb": lambda: con.sql("SELECT * FROM rows_of_test"),
            "polars": frame.lazy,
            "pandas": frame.to_pandas,
        }[engine]()
        found = totals(native, by, **asked)
        found = shares(found, of) if of else found
        if engine == "duckdb":
            found = found.pl()
        found = found.lazy().collect() if engine != "pandas" else pl.from_pandas(found)
    return found.sort([name for name in by if name in found.columns])


def numbers(found: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return found.select(columns).rows()


def test_the_world_is_never_added_to_countries() -> None:
    rows = [flow("DEU", 30.0), flow("USA", 50.0), flow("World", 100.0), flow("EU27", 30.0)]
    found = summed(rows, ("year", "exporter"))
    assert numbers(found, "value", "listed", "not_allocated") == [(100.0, 80.0, 20.0)]
    by_partner = summed(rows, ("year", "importer"))
    assert numbers(by_partner, "importer", "value") == [
        ("DEU", 30.0), ("USA", 50.0), (NOT_ALLOCATED, 20.0),
    ]  # fmt: skip
    assert by_partner["value"].sum() == 100.0


@pytest.mark.parametrize("group", ["EU27", "World"])
def test_a_group_that_sells_is_not_added_to_its_members(group: str) -> None:
    rows = [flow("USA", 3.0, exporter="DEU"), flow("USA", 5.0, exporter=group)]
    assert numbers(summed(rows, ("year",)), "value") == [(3.0,)]
    assert numbers(summed(rows, ("exporter",)), "exporter", "value") == [("DEU", 3.0)]


def test_a_world_that_misses_months_hides_no_listed_flow() -> None:
    rows = [flow("World", 5.0, month="2023-01", months=1)]
    rows += [flow("DEU", 4.0, month=f"2023-0{number}", months=1) for number in range(1, 5)]
    found = summed(rows, ("year",))
    assert numbers(found, "value", "listed", "first", "last") == [
        (17.0, 16.0, "2023-01", "2023-04")
    ]
    assert found["not_allocated"].to_list() == [None], "of three months nobody tells the total"


def test_months_and_products_add_up_to_the_year_whatever_they_are_divided_by() -> None:
    """Where a total for the World counts is asked before anything is added up."""
    rows = [
        flow("World", 100.0, month="2023-01", months=1),
        flow("DEU", 60.0, month="2023-01", months=1),
        flow("DEU", 80.0, month="2023-02", months=1),
        flow("DEU", 7.0, month="2023-02", months=1, product="283691"),
    ]  # fmt: skip
    for by in (("year",), ("month",), ("product",), ("year", "product"), ("importer",)):
        assert summed(rows, by)["value"].sum() == 187.0


def test_what_is_not_allocated_is_told_reporter_by_reporter() -> None:
    """Another reporter without a World row must not eat up what China leaves over."""
    rows = [flow("World", 100.0), flow("DEU", 60.0), flow("DEU", 30.0, exporter="KOR")]
    whole = summed(rows, ("year",))
    assert numbers(whole, "value", "listed", "not_allocated") == [(130.0, 90.0, None)]
    by_seller = summed(rows, ("exporter",))
    assert numbers(by_seller, "exporter", "not_allocated") == [("CHN", 40.0), ("KOR", None)]
    found = summed(rows, ("importer",))
    assert numbers(found, "importer", "value") == [("DEU", 90.0), (NOT_ALLOCATED, 40.0)]


def test_months_and_the_year_that_holds_them_stay_apart() -> None:
    months = [flow("DEU", 1.0, month=f"2023-{n:02d}", months=1) for n in range(1, 13)]
    rolling = [flow("DEU", 12.0, month=f"2023-{n:02d}") for n in range(6, 13)]
    found = summed(months + rolling, ("year",))
    assert sorted(numbers(found, "months", "value", "flows")) == [(1, 12.0, 12), (12, 12.0, 1)]
    assert summed(months + rolling, ("month",)).height == len(months) + len(rolling)


def test_codes_of_two_four_and_six_digits_and_categories_stay_apart() -> None:
    rows = [
        flow("DEU", 1.0), flow("DEU", 2.0, product="850790"), flow("DEU", 3.0, product="8507"),
        flow("DEU", 9.0, product="85"), flow("DEU", 4.0, product="batteries"),
        flow("DEU", 5.0, product="260400"),
    ]  # fmt: skip
    assert numbers(summed(rows, ("heading",)), "heading", "value") == [("2604", 5.0), ("8507", 3.0)]
    assert numbers(summed(rows, ("chapter",)), "chapter", "value") == [("26", 5.0), ("85", 3.0)]
    assert numbers(summed(rows, ("year",)), "value") == [(8.0,)]
    assert numbers(summed(rows, ("year",), products=("batteries",)), "value") == [(4.0,)]
    assert len(summed(rows, ("product",))) == len(rows)


def test_tellers_and_publishers_of_one_flow_stay_apart() -> None:
    rows = [
        flow("DEU", 10.0), flow("DEU", 11.0, told_by="importer"),
        flow("DEU", 10.5, told_by="both"), flow("DEU", 10.1, source="other office"),
    ]  # fmt: skip
    assert numbers(summed(rows, ("year",), told_by="importer"), "value") == [(11.0,)]
    assert sorted(summed(rows, ("year",))["value"]) == [10.0, 10.1]


def test_importers_tell_of_their_world_too() -> None:
    rows = [
        flow("DEU", 60.0, told_by="importer"),
        flow("DEU", 100.0, exporter="World", told_by="importer"),
    ]
    found = summed(rows, ("exporter", "importer"), told_by="importer")
    assert numbers(found, "exporter", "importer", "value") == [
        ("CHN", "DEU", 60.0), (NOT_ALLOCATED, "DEU", 40.0),
    ]  # fmt: skip


def test_what_is_not_allocated_is_unknown_where_nobody_tells_the_total() -> None:
    """Other flows than those listed there may be: none is claimed, and none is ruled out."""
    rows = [flow("DEU", 60.0), flow("USA", 40.0)]
    assert numbers(summed(rows, ("year",)), "value", "not_allocated") == [(100.0, None)]
    found = summed(rows, ("importer",), of="importer")
    assert numbers(found, "share", "share_high") == [(60.0, None), (40.0, None)]
    told = summed([*rows, flow("World", 100.0)], ("importer",), of="importer")
    assert numbers(told, "importer", "value", "not_allocated", "share_high") == [
        ("DEU", 60.0, None, 60.0), ("USA", 40.0, None, 40.0), (NOT_ALLOCATED, 0.0, 0.0, None),
    ]  # fmt: skip
    some = [*rows, flow("World", 200.0), flow("DEU", 50.0, exporter="KOR")]
    found = summed(some, ("importer",), of="importer")
    assert numbers(found, "importer", "value", "not_allocated", "share_high") == [
        ("DEU", 110.0, None, None), ("USA", 40.0, None, None), (NOT_ALLOCATED, 100.0, None, None),
    ]  # fmt: skip
    sellers = summed(some, ("exporter",), of="exporter")
    assert sellers["share_high"].to_list() == sellers["share"].to_list() == [80.0, 20.0]


def test_shares_of_products_are_among_codes_of_one_width() -> None:
    products = {"850760": 30.0, "283691": 10.0, "8507": 60.0, "85": 90.0, "batteries": 35.0}
    rows = [flow("DEU", value, product=product) for product, value in products.items()]
    found = summed(rows, ("product",), of="product")
    assert dict(numbers(found, "product", "share")) == {
        "850760": 75.0, "283691": 25.0, "8507": 100.0, "85": 100.0, "batteries": 100.0,
    }  # fmt: skip


def test_codes_of_one_width_are_added_up_where_they_are_named() -> None:
    rows = [flow("DEU", 1.0, product="8507"), flow("DEU", 2.0, product="8504"), flow("DEU", 4.0)]
    assert numbers(summed(rows, ("year",), products=("8507", "8504", "8507")), "value") == [(3.0,)]
    for pair in (("8507", "850760"), ("batteries", "850760"), ("batteries", "solar")):
        with pytest.raises(MultipolarError, match="not added up"):
            summed(rows, ("year",), products=pair)
        assert summed(rows, ("product",), products=pair) is not None
    with pytest.raises(MultipolarError, match="no code of six digits"):
        summed(rows, ("heading",), products=("8507",))


def test_areas_that_are_no_place_are_counted_and_named() -> None:
    found = summed([flow(None, 3.0), flow("DEU", 4.0)], ("importer",))
    assert numbers(found, "importer", "value") == [("DEU", 4.0), ("elsewhere", 3.0)]


def test_groups_stand_for_their_members_and_may_not_overlap() -> None:
    rows = [flow("DEU", 1.0), flow("FRA", 2.0), flow("USA", 4.0), flow("World", 8.0)]
    found = summed(rows, ("importer",), groups=("EU27",))
    assert numbers(found, "importer", "value", "flows") == [
        ("EU27", 3.0, 2), ("USA", 4.0, 1), (NOT_ALLOCATED, 1.0, 0),
    ]  # fmt: skip
    by_seller = [flow("USA", 1.0, exporter="DEU"), flow("USA", 2.0, exporter="POL")]
    assert numbers(summed(by_seller, ("exporter",), groups=("EU27",)), "exporter", "value") == [
        ("EU27", 3.0)
    ]
    with pytest.raises(MultipolarError, match="counted twice"):
        summed(rows, ("importer",), groups=("EU27", "OECD"))
    with pytest.raises(MultipolarError, match="leave the dimension out"):
        summed(rows, ("importer",), groups=("World",))


def test_a_weight_belongs_to_the_flows_that_have_one() -> None:
    rows = [flow("DEU", 10.0, weight=2.0), flow("USA", 90.0)]
    found = summed(rows, ("year",))
    assert numbers(found, "value", "weight", "value_weighed") == [(100.0, 2.0, 10.0)]
    assert numbers(summed(rows[1:], ("year",)), "weight", "value_weighed") == [(None, 0.0)]


def test_shares_are_intervals_where_something_is_not_allocated() -> None:
    rows = [flow("DEU", 30.0), flow("USA", 50.0), flow("World", 100.0)]
    found = summed(rows, ("importer",), of="importer")
    assert numbers(found, "share", "share_high") == [(30.0, 50.0), (50.0, 70.0), (None, None)]
    assert found["hhi"].unique().to_list() == [30.0**2 + 50.0**2]
    with pytest.raises(MultipolarError, match="shares of exporter"):
        summed(rows, ("importer",), of="exporter")


@pytest.mark.parametrize("asked", [{"by": ("yeer",)}, {"by": ("year",), "told_by": "nobody"}])
def test_other_words_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(UnknownWord):
        summed([flow("DEU", 1.0)], **asked)


ROWS = st.lists(
    st.builds(
        flow,
        st.sampled_from(["DEU", "FRA", "USA", "World", "EU27", None]),
        st.sampled_from([None, 0.0, 1.0, 2.5, 1e9]),
        product=st.sampled_from(["850760", "850790", "8507", "batteries"]),
        month=st.sampled_from(["2022-12", "2023-06", "2023-12"]),
        months=st.sampled_from([1, 12]),
        exporter=st.sampled_from(["CHN", "POL", "World", "EU27", None]),
        told_by=st.sampled_from(["exporter", "importer", "both"]),
        weight=st.sampled_from([None, 0.5, 3.0]),
        source=st.sampled_from(["office", "other"]),
    ),
    max_size=25,
)
BY = st.lists(
    st.sampled_from(["year", "month", "product", "heading", "exporter", "importer"]),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip


@settings(max_examples=30)
@given(rows=ROWS, by=BY, told_by=st.sampled_from(["exporter", "importer", "both"]))
def test_every_engine_answers_alike(rows: list[Row], by: list[str], told_by: str) -> None:
    first, *others = (summed(rows, by, engine, told_by=told_by) for engine in ENGINES)
    order = [*by, "source", "months"]
    for other in others:
        assert other.columns == first.columns
        for name in (*order, *SUMS, "listed", "first", "last"):
            one, two = first.sort(order)[name].to_list(), other.sort(order)[name].to_list()
            assert one == (pytest.approx(two) if name in SUMS and None not in one else two), name


@settings(max_examples=60)
@given(rows=ROWS, by=BY, told_by=st.sampled_from(["exporter", "importer"]))
def test_the_rest_is_known_where_every_part_has_a_total(
    rows: list[Row], by: list[str], told_by: str
) -> None:
    """Counted once more by hand: no line is told a rest that a part of it has no total for."""
    partner, reporter = (
        ("importer", "exporter") if told_by == "exporter" else ("exporter", "importer")
    )
    by = [name for name in by if name != partner] or ["year"]
    found = summed(rows, by, told_by=told_by)
    for line in found.iter_rows(named=True):
        parts: dict[tuple[Any, ...], bool] = {}
        for row in rows:
            group = {row["exporter"], row["importer"]} & {"EU27"} or row[reporter] == "World"
            told = row | {
                "year": int(row["month"][:4]), "heading": row["product"][:4],
                reporter: row[reporter] or "elsewhere",
            }  # fmt: skip
            whole = "product" in by or (row["product"].isdigit() and len(row["product"]) == 6)
            timed = "month" in by or row["months"] == 1 or row["month"].endswith("-12")
            same = all(told[name] == line[name] for name in (*by, "source", "months"))
            told_here = row["told_by"] == told_by and row["value"] is not None
            if same and whole and timed and told_here and not group:
                part = tuple(row[name] for name in ("month", "product", reporter))
                parts[part] = parts.get(part, False) or row[partner] == "World"
        assert (line["not_allocated"] is not None) == all(parts.values())


@settings(max_examples=60)
@given(rows=ROWS, by=BY, told_by=st.sampled_from(["exporter", "importer"]))
def test_asking_for_partners_changes_no_total(rows: list[Row], by: list[str], told_by: str) -> None:
    """What partners, not allocated among them, add up to is the total without partners.

    Where the World is told to have bought nothing, no partner has a line.
    """
    partner = "importer" if told_by == "exporter" else "exporter"
    without = [name for name in by if name != partner] or ["year"]
    keys = [*without, "source", "months"]
    whole = summed(rows, without, told_by=told_by).select(*keys, "value").sort(keys)
    parts = summed(rows, [*without, partner], told_by=told_by)
    parts = parts.group_by(keys).agg(pl.col("value").sum()).sort(keys)
    whole, parts = (found.filter(pl.col("value") > 0) for found in (whole, parts))
    assert parts.select(keys).rows() == whole.select(keys).rows()
    assert parts["value"].to_list() == pytest.approx(whole["value"].to_list())


def test_bundled_exports_of_china_are_those_of_the_source(evidence: Evidence) -> None:
    """Twelve months of Ember's World in 2023, US$69.852bn, beside the sum of its destinations."""
    rows = evidence.table("trade").filter(product="batteries", exporter="CHN")
    world = rows.filter(pl.col("month").str.starts_with("2023"), importer="World", months=1)
    found = lines(evidence, Question(("year",), ("batteries",), "2023", "2023"))
    by_months = {row["months"]: row for row in found.iter_rows(named=True)}
    assert by_months[1]["value"] == pytest.approx(world["value"].sum())
    assert by_months[1]["value"] == pytest.approx(69.852e9, rel=1e-4)
    assert by_months[1]["flows"] == 12
    assert by_months[12]["not_allocated"] is None, "a list of destinations, without their total"
    assert by_months[1]["span"] == "months 2023-01..2023-12"
    assert by_months[12]["span"] == "year 2023"


def test_sums_meet_the_office(shared: Callable[..., Path], tmp_path: Path) -> None:
    """850760 stands five times in the file: 65.006 bn US$ is China's export of 2023."""
    from multipolar.bring import bring

    file = shared("data", "un-comtrade-2023-battery-products", "trade_data.csv")
    bring(Evidence(tmp_path / "w"), "un-comtrade", [file])
    question = Question(("year", "product", "exporter"), ("850760",), exporter="China", top=1)
    found = lines(Evidence(tmp_path / "w"), question).row(0, named=True)
    assert found["value"] == pytest.approx(65.006e9, rel=1e-5)
    assert found["weight"] == pytest.approx(2380.8e6, rel=1e-4)


def test_the_command_answers_in_json(tmp_path: Path) -> None:
    done = multipolar(
        "flows", "--by", "year,importer", "--product", "batteries", "--from", "2024", "--to",
        "2024", "--shares", "importer", "--group", "EU27", "--top", "3", "--format", "json",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert len(found) == 3
    assert found == sorted(found, key=lambda row: -row["value"])
    assert {"year", "importer", "value", "share", "share_high"} <= set(found[0])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--by", "yeer"], "did you mean year?"),
        (["--told-by", "me"], "exporter, importer"),
        (["--product", "85a"], "unknown product"),
        (["--from", "2023-13"], "write 2023 or 2023-06"),
        (["--group", "EU27", "--group", "OECD"], "counted twice"),
        (["--shares", "importer"], "need lines by importer"),
        (["--mirror"], "name it"),
        (["--product", "010121"], "no flow on record fits"),
    ],
)
def test_wrong_words_cost_one_line(words: list[str], told: str, tmp_path: Path) -> None:
    done = multipolar("flows", *words, cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert len(done.err.strip().splitlines()) == 1
