"""Do the published files of trade flows come back as their descriptions say, to the digit?"""

import polars as pl
import pytest

from flow_fixtures import read_file

EMBER, BACI = "ember-china-cleantech-exports", "cepii-baci-battery-minerals"
RAW, TOTALS = "un-comtrade-raw-2022", "un-comtrade-2023-battery-products"
NICKEL = "un-comtrade-nickel-ore"
REGIONS = {"Africa", "Asia", "Europe", "Latin-America", "Middle-East", "North-America", "Oceania"}


@pytest.fixture
def read(shared):
    return lambda format, *parts: read_file(format, shared("data", *parts))


def test_ember_world(read):
    found = read("ember", EMBER, "clean_tech_exports_full_release_monthly.csv")
    assert (found.flows.rows, found.flows.refused) == (180, {})
    assert found.flows.remarks[0] == "its 12-month sums agree in 156 of 156 months"
    batteries = {"product": "batteries", "importer": "World"}
    assert found.only(month="2018-01", **batteries)["value"] == 1_114_894_866
    assert found.only(month="2022-12", **batteries)["value"] == 6_396_001_803
    years = found.rows.group_by("product", pl.col("month").str.slice(0, 4)).agg(
        pl.col("value").sum()
    )
    sums = {(product, year): round(value / 1e9, 3) for product, year, value in years.rows()}
    assert sums["batteries", "2023"] == 69.852
    assert sums["batteries", "2024"] == 66.608
    assert sums["electric-vehicles", "2024"] == 48.618


def test_embers_regions_add_up_to_the_world_in_every_month(read):
    found = read("ember", EMBER, "regions_batteries_monthly.csv")
    assert found.flows.remarks[0] == "its 12-month sums agree in 546 of 546 months"
    assert set(found.rows["importer"]) == {f"Ember-{region}" for region in REGIONS}
    world = read("ember", EMBER, "clean_tech_exports_full_release_monthly.csv").rows
    world = world.filter(pl.col("product") == "batteries").select("month", "value")
    sums = found.rows.group_by("month").agg(pl.col("value").sum().alias("regions"))
    both = world.join(sums, on="month")
    assert both.height == 90 and (both["value"] == both["regions"]).all()
    for region, month, value in (
        ("Europe", "2018-01", 197_791_296), ("Europe", "2022-12", 2_647_505_299),
        ("Europe", "2025-04", 2_867_384_929), ("Asia", "2024-02", 1_031_556_679),
        ("North-America", "2024-12", 2_026_165_629), ("Africa", "2023-05", 429_369_547),
        ("Middle-East", "2025-06", 514_169_864),
    ):  # fmt: skip
        assert found.only(importer=f"Ember-{region}", month=month)["value"] == value


def test_embers_destinations_with_sums_of_twelve_months(read):
    found = read("ember", EMBER, "countries_batteries_12m.csv")
    assert (found.flows.lines, found.flows.rows, found.flows.refused) == (122, 244, {})
    of_2024 = {"month": "2024-12", "months": 12}
    for place, millions in {
        "USA": 16366.9, "DEU": 10578.9, "VNM": 4105.9, "KOR": 3908.6, "NLD": 2535.3, "JPN": 2415.0,
        "IND": 2337.6,
    }.items():  # fmt: skip
        assert round(found.only(importer=place, **of_2024)["value"] / 1e6, 1) == millions
    assert round(found.total("value", **of_2024) / 66.608e9, 3) == 0.939


def test_embers_destinations_as_passed_on(read):
    found = read("ember", EMBER, "flows-monthly-battery.json")
    january = {"month": "2025-01", "product": "batteries"}
    assert found.only(importer="DEU", **january)["value"] == 960e6
    assert found.only(importer="USA", **january)["value"] == 1354e6
    assert found.flows.rows == 180 and set(found.rows["confidence"]) == {"medium"}
    vehicles = read("ember", EMBER, "flows-monthly-ev.json")
    assert set(vehicles.rows["product"]) == {"electric-vehicles"}


def test_baci_of_2022_in_both_forms(read):
    found = read("cepii-baci", BACI, "baci_2022.csv")
    assert (found.flows.rows, found.flows.refused) == (23_167, {})
    lithium = {"product": "283691"}
    assert found.only(exporter="CHL", importer="CHN", **lithium)["value"] == 5_995_868_008
    assert round(found.total("value", **lithium) / 1e9, 2) == 10.63
    assert round(found.total("value", product="740311") / 1e9, 2) == 84.66
    largest = read("cepii-baci", BACI, "flows_2022.json")
    assert largest.only(exporter="CHL", importer="CHN", **lithium)["value"] == 5_995_868_008
    assert 0.95 < largest.total("value", product="740311") / 84.66e9 < 1, "the largest, not all"
    assert largest.flows.released == "2026-01" and largest.flows.refused == {}


def test_baci_of_earlier_years(read):
    of_2012 = read("cepii-baci", BACI, "flows_2012.json")
    row = of_2012.only(product="283691", exporter="CHL", importer="KOR")
    assert (round(row["value"] / 1e6, 1), row["month"]) == (64.5, "2012-12")
    of_2002 = read("cepii-baci", BACI, "flows_2002.json")
    row = of_2002.only(product="283691", exporter="CHL", importer="USA")
    assert round(row["value"] / 1e6, 1) == 16.8


def test_namibia_is_a_country_in_baci(read):
    assert read("cepii-baci", BACI, "baci_2022.csv").total("value", exporter="NAM") > 0
    assert read("cepii-baci", BACI, "flows_2022.json").total("value", exporter="NAM") > 0


@pytest.mark.parametrize("codes", ["", "country_codes_V202201.csv"])
def test_libattery_holds_primary_cells(read, shared, codes):
    given = [shared("data", BACI, codes)] if codes else []
    found = read_file("cepii-baci", shared("data", BACI, "libattery_nodes_2018.csv"), codes=given)
    assert (found.flows.rows, found.flows.refused) == (4277, {})
    assert set(found.rows["product"]) == {"850650"}
    assert any("its name says 850760" in remark for remark in found.flows.remarks)
    row = found.only(exporter="CHN", importer="AGO")
    assert (row["value"], row["weight"], row["month"]) == (552_545, 87_808, "2018-12")


def test_the_raw_pull_counts_each_flow_once(read):
    found = read("un-comtrade", RAW, "comtrade_2022.csv")
    assert (found.flows.rows, found.flows.lines) == (3311, 13_060)
    chile = {"exporter": "CHL", "product": "283691"}
    row = found.only(importer="CHN", told_by="exporter", **chile)
    assert (round(row["value"], -3), row["weight"]) == (5_977_169_000, 120_435_360)
    assert found.only(importer="World", told_by="exporter", **chile)["weight"] == 198_631_380
    assert found.only(importer="BEL", told_by="importer", **chile)["weight"] == 4_244_547.2
    exports = found.total("value", importer="World", told_by="exporter", product="283691")
    assert round(exports / 1e9, 2) == 10.03


def test_the_shifted_download_with_five_copies(read):
    found = read("un-comtrade", TOTALS, "trade_data.csv")
    assert (found.flows.rows, found.flows.lines) == (3186, 4648)
    assert found.flows.refused == {"repeats row ...": 1462}
    cells = {"product": "850760", "month": "2023-12", "months": 12}

    def told(by, place):
        other = "importer" if by == "exporter" else "exporter"
        row = found.only(told_by=by, **{by: place, other: "World"}, **cells)
        return round(row["value"] / 1e9, 3), round(row["weight"] / 1e6, 1)

    assert told("exporter", "CHN") == (65.006, 2380.8)
    assert told("exporter", "POL") == (11.389, 291.2)
    assert told("exporter", "KOR")[0] == 7.274
    assert told("exporter", "HUN") == (10.338, 62.6), "implausible, but what it reports"
    assert told("importer", "DEU") == (26.531, 746.5)
    assert told("importer", "USA") == (18.75, 1059.7)
    assert round(found.total("value", told_by="exporter", product="850760") / 1e9, 1) == 124.7
    assert round(found.total("value", told_by="importer", product="850760") / 1e9, 1) == 118.6


def test_nickel_ore_of_the_philippines(read):
    found = read("un-comtrade", NICKEL, "UN_nickel_trade.csv")
    assert (found.flows.rows, found.flows.refused) == (3945, {})
    for year, millions, weight in (
        (2022, 1258.9, 38.54), (2023, 1080.4, 40.25), (2018, 458.2, 24.50),
    ):  # fmt: skip
        row = found.only(
            exporter="PHL", importer="World", told_by="exporter", month=f"{year}-12"
        )  # fmt: skip
        assert (round(row["value"] / 1e6, 1), round(row["weight"] / 1e9, 2)) == (millions, weight)
