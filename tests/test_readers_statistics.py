"""Does each reader of statistics know the traps of its layout?"""

from contextlib import nullcontext

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.evidence.store import bundled
from multipolar.readers.reader import Refused
from multipolar.readers.statistic import amount, period
from multipolar.readers.table import read_table
from multipolar.words.errors import FaultyInput, MultipolarError
from multipolar.words.units import factor
from statistics_fixtures import FILES, READERS, by_id, every_line, read, reasons, workbook

HELD = "the office withholds the value"
NONE = "no value is given"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("11,700", {"central": "11700"}), ("—", {"central": "0"}), (">25", {"low": "25"}),
        ("<1", {"low": "0", "high": "1"}), (" 0.5 ", {"central": "0.5"}), ("0", {"central": "0"}),
        ("s", {"low": "0", "high": "0.5", "note": "less than half a unit"}),
        ("E", {"high": "0", "note": "net exporter"}), (">17,000,000", {"low": "17000000"}),
    ],
)  # fmt: skip
def test_numbers_as_offices_write_them(text, cells):
    assert amount(text) == cells


@pytest.mark.parametrize("text", ["W", "NA", "..", "…", "...", "", "-5", "Large", "NaN", "xx"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Refused):
        amount(text)


def test_a_limit_in_percent_ends_at_the_whole():
    assert amount(">25", most="100") == {"low": "25", "high": "100"}


@given(st.integers(0, 10**12))
def test_a_number_with_thousands_separators_is_that_number(value):
    assert float(amount(f"{value:,}")["central"]) == value


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_a_month_is_no_range_of_years(year, month):
    assert period("time", f"{year}-{month:02d}") == (f"{year}-{month:02d}", "1")
    assert period("time", f"{year}M{month:02d}") == (f"{year}-{month:02d}", "1")


# USGS Mineral Commodity Summaries, wide


@pytest.fixture(scope="module")
def wide():
    return read("usgs-mcs", "MCS2031_World_Data.csv")


def test_the_wide_layout_is_told_whole(wide):
    assert (wide.lines, every_line(wide)) == (12, True)
    assert reasons(wide) == {
        (None, HELD): 1, (None, NONE): 1, ("COUNTRY", "'Other Countries' are several countries"): 1,
        (None, "told in words: 'Large'"): 1, ("unit", "unknown word 'million carats'"): 2,
        (None, "told in words: 'Gross weight for reserves data'"): 1,
    }  # fmt: skip


def test_a_row_of_the_wide_layout(wide):
    rows = by_id(wide)
    mine = rows["mcs-2031-lithium-production-mining-cod-2029"]
    assert (mine["central"], mine["unit"], mine["months"]) == (1.5, "kt", 12)
    assert (mine["basis"], mine["stage"]) == ("metal content", "mining")
    # The estimate of an earlier year is said in a note, that of the last in the column's name.
    assert (mine["measurement"], mine["confidence"]) == ("derived", "medium")
    assert rows["mcs-2031-lithium-production-mining-mmr-2029"]["measurement"] == "measured"
    assert rows["mcs-2031-lithium-production-mining-mmr-2030"]["measurement"] == "derived"
    world = rows["mcs-2031-lithium-production-mining-world-2029"]
    assert world["note"] == "without production of the United States"
    limit = rows["mcs-2031-lithium-reserves-mining-world-2030"]
    assert (limit["low"], limit["central"], limit["months"]) == (1.9, None, None)


def test_units_and_bases_of_reserves_are_those_of_the_notes(wide):
    rows = by_id(wide)
    iron = rows["mcs-2031-iron-ore-reserves-mining-bra-2030"]
    assert (iron["central"], iron["basis"]) == (12_000, "metal content")
    manganese = [rows[f"mcs-2031-manganese-{what}-gab-2030"] for what in
                 ("production-mining", "reserves-mining")]  # fmt: skip
    assert [row["basis"] for row in manganese] == ["metal content", "gross weight"]


def test_names_of_the_survey_are_ours(wide):
    rows = by_id(wide)
    germanium = rows["mcs-2031-germanium-production-refining-chn-2029"]
    assert (germanium["subject"], germanium["central"]) == ("germanium", 250e-6)
    korea = rows["mcs-2031-aluminium-capacity-refining-kor-2030"]
    assert (korea["central"], korea["unit"], korea["detail"]) == (8, "kt/yr", None)
    andalusite = "mcs-2031-kyanite-and-related-minerals-production-mining-andalusite-fra-2029"
    assert rows[andalusite]["detail"] == "andalusite"


# USGS Mineral Commodity Summaries, long


@pytest.fixture(scope="module")
def long():
    return read("usgs-mcs", "MCS2032_Commodities_Data.csv")


def test_the_long_layout_is_told_whole(long):
    assert (long.lines, len(long.rows), every_line(long)) == (18, 13, True)
    assert reasons(long) == {
        (None, HELD): 1, (None, NONE): 1, ("Country", "'Other countries' are several countries"): 1,
        (None, "says what row 10 says"): 1, (None, "says what row 16 says"): 1,
    }  # fmt: skip


def test_the_edition_stands_in_the_import_sources(long):
    rows = by_id(long)
    assert {row["date"] for row in rows.values()} == {"2032"}
    chile = rows["mcs-2032-lithium-import-share-usa-2030-chl"]
    assert (chile["place"], chile["partner"]) == ("USA", "CHL")
    assert (chile["period"], chile["months"]) == ("2030", 48)
    ivory = rows["mcs-2032-copper-import-share-refined-copper-usa-2030-civ"]
    assert (ivory["low"], ivory["central"], ivory["high"]) == (0, None, 1)


def test_limits_of_the_long_layout(long):
    rows = by_id(long)
    lithium = rows["mcs-2032-lithium-net-import-reliance-usa-2028"]
    assert (lithium["low"], lithium["central"], lithium["high"]) == (25, None, 100)
    iron = rows["mcs-2032-iron-ore-net-import-reliance-usa-2028"]
    assert (iron["low"], iron["high"], iron["note"]) == (None, 0, "net exporter")
    copper = rows["mcs-2032-copper-imports-ore-and-concentrate-usa-2030"]
    assert (copper["low"], copper["high"], copper["unit"]) == (0, 0.5, "kt")


def test_prices_come_in_one_unit(long):
    prices = {r["subject"]: r for r in by_id(long).values() if r["measure"] == "price"}
    assert {row["unit"] for row in prices.values()} == {"US$/t"}
    assert prices["cobalt"]["central"] == pytest.approx(28.83 / 0.00045359237, rel=1e-12)
    assert prices["cobalt"]["detail"] == "average, London Metal Exchange (LME), cash"
    # The unit column says dollars per metric ton, the label: per 10 kg of manganese.
    assert prices["manganese"]["central"] == pytest.approx(527)
    assert prices["nickel"]["central"] == 18_476
    carbonate = prices["lithium carbonate"]
    assert (carbonate["central"], carbonate["basis"]) == (11_700, "real")


def test_a_stage_and_basis_stand_in_any_label(long):
    rows = by_id(long)
    mine = rows["mcs-2032-lithium-production-mining-aus-2030"]
    assert (mine["central"], mine["basis"]) == (82.7, "metal content")
    assert rows["mcs-2032-natural-graphite-production-mining-usa-2030"]["central"] == 0
    smelter = rows["mcs-2032-aluminium-capacity-refining-can-2030"]
    assert (smelter["central"], smelter["unit"]) == (3270, "kt/yr")


def test_another_encoding_is_read_where_a_publisher_is_known_to_use_it(tmp_path):
    file = FILES / "MCS2032_Commodities_Data.csv"
    columns, names = {"a": ("MCS chapter",), "b": ("Section",)}, ("a", "b")
    with pytest.raises(FaultyInput, match="is not UTF-8"):
        read_table(file, columns, names, "a list")
    lines = read_table(file, columns, names, "a list", ("ascii", "cp1252")).lines
    assert lines[0]["b"] == "Salient Statistics—United States"
    utf8 = tmp_path / file.name
    utf8.write_bytes(file.read_bytes().decode("cp1252").encode())
    assert read("usgs-mcs", utf8) == read("usgs-mcs", file)


@pytest.mark.parametrize("named", [True, False])
def test_without_import_sources_the_name_tells_the_edition(tmp_path, named):
    text = (FILES / "MCS2032_Commodities_Data.csv").read_bytes().decode("cp1252")
    rest = [line for line in text.splitlines() if "Import Sources" not in line]
    file = tmp_path / ("MCS2033_data.csv" if named else "data.csv")
    file.write_text("\n".join(rest), encoding="utf-8")
    problem = pytest.raises(MultipolarError, match="name the file MCS2026_")
    with nullcontext() if named else problem:
        assert {row["date"] for row in by_id(read("usgs-mcs", file)).values()} == {"2033"}


# World Bank

SERIES = ["", "Crude oil, Brent", "Natural gas index", "Plywood", "Aluminum", "Iron ore, cfr spot",
          "Copper ", "Nickel **", "Gold"]  # fmt: skip
UNITS = ["", "($/bbl)", "(2010=100)", "(cents/sheet)", "($/mt)", "($/dmtu)", "($/mt)", "($/mt)",
         "($/troy oz)"]  # fmt: skip
CODES = [
    "",
    "CRUDE_BRENT",
    "iNATGAS",
    "PLYWOOD",
    "ALUMINUM",
    "IRON_ORE",
    "COPPER",
    "NICKEL",
    "GOLD",
]
MONTHS = [["2031M11", 70.5, 99.5, 400, 2400, 99.58, 9176.80, 15113.29, 3000],
          ["2031M12", 71, "…", "...", 2401, 100, 9200, "…", 3010]]  # fmt: skip
TITLE = [["World Bank Commodity Price Data (The Pink Sheet)"],
         ["monthly prices in nominal US dollars, 1960 to present"], [],
         ["Updated on January 05, 2032"]]  # fmt: skip


@pytest.mark.parametrize("codes", [[], [CODES]], ids=["without codes", "with codes"])
def test_prices_with_and_without_a_row_of_codes(tmp_path, codes):
    sheets = {"AFOSHEET": [], "Monthly_Prices": [*TITLE, SERIES, UNITS, *codes, *MONTHS]}
    found = read("world-bank-prices", workbook(tmp_path / "CMO.xlsx", **sheets))
    assert (found.lines, len(found.rows)) == (2, 12)
    assert reasons(found) == {(None, NONE): 3, (None, "'Plywood' is in (cents/sheet)"): 1}
    rows = by_id(found)
    nickel = rows["pink-2032-01-nickel-2031-11"]
    assert (nickel["central"], nickel["unit"], nickel["place"]) == (15113.29, "US$/t", None)
    assert (nickel["date"], nickel["period"], nickel["months"]) == ("2032-01-05", "2031-11", 1)
    iron = rows["pink-2032-01-iron-ore-cfr-spot-2031-11"]
    assert (iron["subject"], iron["detail"], iron["unit"]) == ("iron ore", "cfr spot", "US$/dmtu")
    assert rows["pink-2032-01-aluminum-2031-12"]["subject"] == "aluminium"
    gas = rows["pink-2032-01-natural-gas-index-2031-11"]
    assert (gas["measure"], gas["note"]) == ("index", "2010=100")
    gold = rows["pink-2032-01-gold-2031-11"]["central"]
    assert gold == pytest.approx(3000 / 31.1034768e-6)


def test_prices_without_units_are_refused(tmp_path):
    sheets = {"Monthly_Prices": [*TITLE, SERIES, *MONTHS]}
    with pytest.raises(MultipolarError, match="no line of units"):
        read("world-bank-prices", workbook(tmp_path / "CMO.xlsx", **sheets))


WGI = ["codeindyr", "code", "countryname", "year", "indicator", "estimate", "stddev", "nsource",
       "pctrank", "pctranklower", "pctrankupper"]  # fmt: skip


def test_governance_has_three_numbers_a_line_and_old_codes_are_turned(tmp_path):
    old = {"ZAR": "COD", "ADO": "AND", "ROM": "ROU", "TMP": "TLS", "WBG": "PSE", "KSV": "XKX"}
    lines = [[f"{code}pv2030", code, "Kosovo", 2030, "pv", -2.045, 0.2, 8, 1.5, 0, 4]
             for code in (*old, "CHN")]  # fmt: skip
    missing = ["ASMcc2030", "ASM", "American Samoa", 2030, "cc", *[".."] * 6]
    gone = ["ANTcc2030", "ANT", "Netherlands Antilles (former)", 2030, "cc", 1, 0.2, 1, 90, 80, 99]
    other = ["CHNxx2030", "CHN", "China", 2030, "xx", 1, 0.2, 1, 90, 80, 99]
    file = workbook(tmp_path / "wgidataset.xlsx", Sheet1=[WGI, *lines, missing, gone, other])
    found = read("world-bank-wgi", file)
    assert (found.lines, len(found.rows), len(found.refused)) == (10, 21, 3)
    rows = by_id(found)
    assert {row["place"] for row in rows.values()} == {*old.values(), "CHN"}
    score, error, rank = (rows[f"wgi-2031-cod-pv-2030{end}"] for end in ("", "-error", "-rank"))
    assert (score["central"], score["unit"], score["measure"]) == (-2.045, "score", "score")
    assert (error["central"], error["measure"]) == (0.2, "standard error")
    assert (rank["low"], rank["central"], rank["high"], rank["unit"]) == (0, 1.5, 4, "%")
    assert {row["date"] for row in rows.values()} == {"2031"}


def test_product_of_countries_and_of_groups_of_ours():
    found = read("world-bank-gdp", "gdp.csv")
    assert (found.lines, len(found.rows), every_line(found)) == (6, 3, True)
    rows = by_id(found)
    assert {row["place"] for row in rows.values()} == {"DEU", "World", "EU27"}
    assert rows["gdp-2031-deu-2030"]["central"] == pytest.approx(4456081016705.5, rel=1e-11)
    assert rows["gdp-2031-deu-2030"]["unit"] == "nominal US$"


# the others

DS140 = [
    ["LITHIUM STATISTICS1"], ["U.S. GEOLOGICAL SURVEY"],
    ["[All values in metric tons (t) lithium unless otherwise noted]"],
    ["Last modification: August 2, 2031"],
    ["Year", "Production", "Imports", "Exports", "Estimated consumption", "Unit value ($/t)",
     "Unit value (98$/t)", "World production (gross weight)",
     "World production (lithium content)", "World production (lithium carbonate equivalent)"],
    [2029, "W", 2640, 1870, 2000, 6200, 3730, 2400000, 107000, 569000],
    [1900, 10.4, "NA", "NA", 10.4, "NA", "NA", "NA", "NA", "NA"],
    ["NA Not available. W Withheld to avoid disclosing company proprietary data."],
    ["1Compiled by somebody."],
]  # fmt: skip


def test_history_between_titles_and_footnotes(tmp_path):
    found = read("usgs-ds140", workbook(tmp_path / "ds140.xlsx", Lithium_statistics=DS140))
    assert (found.lines, len(found.rows), every_line(found)) == (4, 10, True)
    counts = reasons(found)
    assert (counts[None, HELD], counts[None, NONE], counts.total()) == (1, 7, 10)
    world = {
        row["basis"]: row["central"] for row in by_id(found).values() if row["place"] == "World"
    }
    assert world == {
        "gross weight": 2400, "metal content": 107, "lithium carbonate equivalent": 569,
    }  # fmt: skip
    prices = {r["basis"]: r for r in by_id(found).values() if r["measure"] == "price"}
    assert {basis: row["central"] for basis, row in prices.items()} == {
        "nominal": 6200,
        "real": 3730,
    }
    assert {row["date"] for row in prices.values()} == {"2031-08-02"}


def test_products_weighed_gross_stay_apart():
    found = read("bgs", "BGS_lithium_production.csv")
    assert (found.lines, len(found.rows), every_line(found)) == (8, 6, True)
    assert {problem for _, problem in reasons(found)} == {
        "'Soviet Union' is no place of ours", "the survey has no figure",
    }  # fmt: skip
    said = {(r["subject"], r["place"]): r for r in by_id(found).values()}
    assert {key: (row["central"], row["basis"], row["stage"]) for key, row in said.items()} == {
        ("lithium minerals", "NAM"): (37.762, "gross weight", "mining"),
        ("lithium minerals, carbonate", "CHL"): (1, "gross weight", "mining"),
        ("lithium minerals, lithium minerals (carbonate -li content)", "CHL"): (
            0.188, "metal content", "mining",
        ),
        ("nickel", "XKX"): (0.007, "metal content", "mining"),
        ("cobalt", "FIN"): (12.781, None, "refining"),
        ("lithium minerals, lepidolite", "PRT"): (0, "gross weight", "mining"),
    }  # fmt: skip


def test_history_and_outlooks_of_one_year_are_told_apart():
    found = read("iea-gevo", "gevo_2031.csv")
    assert (found.lines, len(found.rows), every_line(found)) == (11, 7, True)
    assert {column for column, _ in reasons(found)} == {"region", "parameter", "category"}
    rows = by_id(found)
    trucks = {r["scenario"]: (r["central"], r["measurement"]) for r in rows.values()
              if r["subject"] == "electric trucks"}  # fmt: skip
    assert trucks == {
        None: (7.8, "measured"), "STEPS": (7.8, "projected"), "APS": (9.1, "projected"),
    }  # fmt: skip
    assert {r["place"] for r in rows.values()} == {"KOR", "CHN", "EU27", "North-America", "World"}
    stock = rows["gevo-2031-world-stock-ev-publicly-available-fast-2030"]
    assert (stock["subject"], stock["months"], stock["unit"]) == (
        "charging points", None, "charging points",
    )  # fmt: skip


def test_the_region_column_may_have_either_name(tmp_path):
    text = (FILES / "gevo_2031.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()]
    rows[0][0] = "region_country"
    sheet = [[*cells, "Other"] for cells in rows]
    file = workbook(tmp_path / "EVDataExplorer.xlsx", GEVO=sheet, Notes=[["any"]])
    assert by_id(read("iea-gevo", file)) == by_id(read("iea-gevo", "gevo_2031.csv"))


def test_means_of_a_month_are_read_and_other_rates_are_not():
    found = read("ecb", "fx_eur_usd.csv")
    assert (found.lines, len(found.rows), every_line(found)) == (5, 2, True)
    assert reasons(found) == {("FREQ", "no mean of a month or year"): 2, (None, NONE): 1}
    rows = by_id(found)
    november = rows["ecb-usd-per-eur-2030-11"]
    assert (november["central"], november["subject"]) == (1.0136952380952, "USD per EUR")
    assert {row["date"] for row in rows.values()} == {"2030-12"}


@pytest.mark.parametrize("format", READERS)
def test_a_file_of_another_layout_is_refused(format, tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(MultipolarError, match=r"other\.csv is not .*no header with"):
        read(format, file)


def test_prices_of_a_mass_convert_by_hand():
    assert factor("US$/lb", "US$/t") == pytest.approx(1 / 0.00045359237, rel=1e-12)
    assert factor("US$/lb", "US cents/lb") == pytest.approx(100, rel=1e-12)
    assert factor("US$/troy oz", "US$/kg") == pytest.approx(1000 / 31.1034768, rel=1e-12)


# files that went through other hands


def rewritten(tmp_path, lines, name="gdp.csv"):
    file = tmp_path / name
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_columns_in_another_order_and_behind_semicolons_are_the_same_rows(tmp_path):
    lines = (FILES / "gdp.csv").read_text(encoding="utf-8").splitlines()
    turned = [";".join(reversed(line.split(","))) for line in lines]
    found = read("world-bank-gdp", rewritten(tmp_path, turned))
    assert by_id(found) == by_id(read("world-bank-gdp", "gdp.csv"))


def test_decimal_commas_are_refused(tmp_path):
    lines = (FILES / "gdp.csv").read_text(encoding="utf-8").splitlines()
    saved = [line.replace(",", ";").replace(".", ",") for line in lines]
    with pytest.raises(MultipolarError, match="its numbers have decimal commas"):
        read("world-bank-gdp", rewritten(tmp_path, saved))


def test_a_line_that_was_cut_off_costs_itself_only(tmp_path):
    lines = (FILES / "fx_eur_usd.csv").read_text(encoding="utf-8").splitlines()
    found = read("ecb", rewritten(tmp_path, [*lines[:2], lines[2][:40]], "fx.csv"))
    assert (found.lines, len(found.rows), len(found.refused)) == (2, 1, 1)
    assert "cells where the header has" in found.refused[0].problem


# what is bundled


def test_countries_of_a_mineral_do_not_exceed_the_world():
    rows = bundled("statistics").filter(
        (pl.col("measure") == "production") & (pl.col("source") == "usgs-mcs-2025")
    )
    key = ["subject", "detail", "stage", "period"]
    is_world = pl.col("place") == "World"
    sums = rows.group_by(key).agg(
        pl.col("central").filter(~is_world).sum().alias("countries"),
        pl.col("central").filter(is_world).sum().alias("world"),
    )
    assert sums.height == 20
    # The survey rounds its total to two or three digits and leaves some countries untold.
    share = sums["countries"] / sums["world"]
    assert share.min() > 0.85
    assert share.max() < 1.05
    lithium = sums.row(by_predicate=(pl.col("subject") == "lithium") & (pl.col("period") == "2023"))
    assert lithium[-2:] == (pytest.approx(203.91), 204)


def test_everything_bundled_names_where_it_was_read_and_one_price_unit_a_metal():
    rows = bundled("statistics")
    assert rows["via"].null_count() == 0
    prices = rows.filter(pl.col("measure") == "price")
    assert set(prices["basis"]) == {"nominal", "real"}
    assert set(prices.filter(pl.col("subject") != "iron ore")["unit"]) == {"US$/t"}
    scores = rows.filter(pl.col("measure") == "score").group_by("subject", "period").len()
    assert scores.height == 6 * 3
