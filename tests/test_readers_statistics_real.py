"""Do the published statistics come back as their descriptions say, and as they are on record?"""

from datetime import date

import polars as pl
import pytest

from multipolar.bring.tables import bring_tables
from multipolar.evidence.store import Evidence, bundled
from multipolar.evidence.workspace import Workspace
from statistics_fixtures import READERS, every_line, real

GEVO, MCS, BGS = (
    "iea-global-ev-outlook", "usgs-mineral-commodity-summaries", "bgs-world-mineral-statistics",
)  # fmt: skip
PINK = ("worldbank-pink-sheet", "CMO-Historical-Data-Monthly.xlsx")
MCS_2025, MCS_2026 = (MCS, "MCS2025_World_Data.csv"), (MCS, "MCS2026_Commodities_Data.csv")
GEVO_2025 = (GEVO, "EVDataExplorer2025.xlsx")
WGI, GDP = ("worldbank-wgi", "wgidataset.xlsx"), ("worldbank-gdp", "gdp.csv")
#: Format, file, its rows as its description or a count of lines has them, spot values by id.
REAL = [
    ("world-bank-prices", PINK, 784, {
        "pink-2025-05-nickel-2022-03": 33924.18, "pink-2025-05-nickel-2024-04": 18163.95,
        "pink-2025-05-nickel-2025-04": 15113.29, "pink-2025-05-copper-2025-04": 9176.80,
        "pink-2025-05-aluminum-2022-03": 3498.37,
    }),
    ("world-bank-wgi", WGI, 32_100, {
        "wgi-2024-cod-pv-2023": -2.045, "wgi-2024-cod-cc-2023": -1.481,
        "wgi-2024-chn-pv-2023": -0.513, "wgi-2024-chn-va-2023": -1.505,
        "wgi-2024-chl-ge-2023": 0.718, "wgi-2024-aus-rl-2023": 1.523,
    }),
    ("world-bank-gdp", GDP, 13_979, {
        "gdp-2024-usa-2023": 27.36e12, "gdp-2024-chn-2023": 17.79e12, "gdp-2024-deu-2023": 4.456e12,
    }),
    ("usgs-mcs", MCS_2025, 1_250, {
        "mcs-2025-lithium-production-mining-aus-2023": 91.7,
        "mcs-2025-lithium-production-mining-aus-2024": 88,
        "mcs-2025-lithium-production-mining-chl-2023": 41.4,
        "mcs-2025-lithium-production-mining-chn-2023": 35.7,
        "mcs-2025-lithium-production-mining-world-2024": 240,
        "mcs-2025-lithium-reserves-mining-chl-2024": 9_300,
        "mcs-2025-lithium-reserves-mining-world-2024": 30_000,
        "mcs-2025-natural-graphite-production-mining-chn-2024": 1_270,
    }),
    ("usgs-mcs", MCS_2026, 1_282, {
        "mcs-2026-lithium-production-mining-aus-2024": 82.7,
        "mcs-2026-lithium-production-mining-world-2024": 222,
        "mcs-2026-lithium-carbonate-price-annual-average-real-battery-grade-lithium-carbonate"
        "-usa-2022": 63_700,
        "mcs-2026-lithium-carbonate-price-annual-average-real-battery-grade-lithium-carbonate"
        "-usa-2023": 39_000,
        "mcs-2026-lithium-carbonate-price-annual-average-real-battery-grade-lithium-carbonate"
        "-usa-2024": 11_800,
        "mcs-2026-cobalt-price-average-london-metal-exchange-lme-cash-usa-2022":
        28.83 / 0.00045359237,
        "mcs-2026-cobalt-price-average-london-metal-exchange-lme-cash-usa-2024":
        11.84 / 0.00045359237,
    }),
    ("usgs-ds140", ("usgs-ds140-lithium", "ds140-lithium-2021.xlsx"), 125, {
        "ds140-2023-lithium-world-production-lithium-content-2021": 107,
        "ds140-2023-lithium-world-production-lithium-carbonate-equivalent-2021": 569,
        "ds140-2023-lithium-world-production-lithium-content-2016": 40.2,
        "ds140-2023-lithium-unit-value-t-2018": 7_300,
        "ds140-2023-lithium-imports-2021": 2.64,
    }),
    ("bgs", (BGS, "BGS_cobalt_production.csv"), 1_571, {
        "bgs-2025-cobalt-refined-chn-2022": 125, "bgs-2025-cobalt-refined-fin-2022": 12.781,
        "bgs-2025-cobalt-mine-cod-2022": 115.371,
    }),
    ("bgs", (BGS, "BGS_nickel_production.csv"), 2_509, {
        "bgs-2025-nickel-mine-idn-2022": 1_571.007,
        "bgs-2025-nickel-smelter-refinery-idn-2022": 1_165,
        "bgs-2025-nickel-smelter-refinery-chn-2022": 850,
    }),
    ("bgs", (BGS, "BGS_graphite_production.csv"), 991, {
        "bgs-2025-graphite-chn-2022": 1_212, "bgs-2025-graphite-moz-2022": 165.932,
    }),
    ("bgs", (BGS, "BGS_lithium_production.csv"), 911, {}),
    ("bgs", (BGS, "BGS_manganese_production.csv"), 1_576, {}),
    ("iea-gevo", (GEVO, "IEA Global EV Data 2024.csv"), 12_654, {}),
    ("iea-gevo", GEVO_2025, 16_435, {
        "gevo-2025-world-sales-cars-bev-2024": 11e6, "gevo-2025-world-sales-cars-phev-2024": 6.5e6,
        "gevo-2025-chn-sales-cars-bev-2023": 5.4e6, "gevo-2025-chn-sales-cars-phev-2023": 2.7e6,
    }),
    ("ecb", ("ecb-fx", "fx_eur_usd.csv"), 318, {
        "ecb-usd-per-eur-2000-01": 1.0136952380952, "ecb-usd-per-eur-2000-02": 0.9834238095238,
    }),
    ("ecb", ("ecb-fx", "fx_gbp_eur.csv"), 318, {}),
]  # fmt: skip
#: Values that a description gives to so many digits only.
ROUNDED = {"world-bank-wgi": 5e-4, "world-bank-gdp": 5e9}


@pytest.mark.parametrize(("format", "parts", "lines", "spots"), REAL, ids=lambda x: str(x)[-30:])
def test_every_row_is_read_or_refused_and_spot_values_come_back(
    shared, format, parts, lines, spots
):
    found, rows = real(format, shared("data", *parts))
    assert found.lines == lines
    assert every_line(found)
    assert rows["record"].is_unique().all()
    said = dict(rows.filter(pl.col("record").is_in(list(spots))).select("record", "central").rows())
    for record, value in spots.items():
        near = pytest.approx(value, rel=1e-12, abs=ROUNDED.get(format))
        assert said[record] == near, record


def test_what_of_the_real_files_is_refused_has_few_reasons(shared):
    found, _ = real("usgs-mcs", shared("data", *MCS_2026))
    problems = [fault.problem for fault in found.refused]
    # 33 W and 12 NA stand in the file; five US figures stand in two tables, four nickel prices
    # in two units.
    assert problems.count("the office withholds the value") == 33
    assert problems.count("no value is given") == 12
    assert sum(problem.startswith("says what row") for problem in problems) == 9
    assert problems.count("'Other countries' are several countries") == 47


def test_battery_demand_is_the_sum_over_modes(shared):
    _, rows = real("iea-gevo", shared("data", *GEVO_2025))
    demand = rows.filter(pl.col("measure") == "battery demand")
    total = demand.group_by("place", "period", "measurement").agg(pl.col("central").sum())
    said = {(p, y, m): value for p, y, m, value in total.iter_rows()}
    assert said["World", "2023", "measured"] == pytest.approx(773, abs=0.5)
    assert said["World", "2024", "measured"] == pytest.approx(953, abs=0.5)
    assert said["World", "2030", "projected"] == pytest.approx(3229, abs=0.5)
    assert said["CHN", "2024", "measured"] == pytest.approx(568.6, abs=0.05)
    assert said["USA", "2024", "measured"] == pytest.approx(115.9, abs=0.05)


@pytest.mark.parametrize(
    ("format", "parts", "begins"),
    [("world-bank-prices", PINK, "pink-"), ("world-bank-wgi", WGI, "wgi-"),
     ("world-bank-gdp", GDP, "gdp-"), ("usgs-mcs", MCS_2025, "mcs-2025-"),
     ("usgs-mcs", MCS_2026, "mcs-2026-"), ("iea-gevo", GEVO_2025, "gevo-")],
)  # fmt: skip
def test_what_is_bundled_is_what_the_reader_reads(shared, format, parts, begins):
    mine = bundled("statistics").filter(pl.col("record").str.starts_with(begins))
    _, rows = real(format, shared("data", *parts))
    same = rows.filter(pl.col("record").is_in(mine["record"].implode())).sort("record")
    assert mine.height > 100
    assert mine.sort("record").drop("origin", "via").equals(same.drop("row", "via"))


@pytest.fixture
def imported(shared, workspace):
    def imported(format, *parts, released=""):
        files = [shared("data", *one) for one in parts]
        evidence = Evidence(workspace)
        step = lambda _: None  # noqa: E731
        return bring_tables(evidence, Workspace(workspace), READERS[format], files, released, step)

    return imported


def test_two_editions_stand_side_by_side_by_their_dates(imported, workspace):
    imported("usgs-mcs", MCS_2025, MCS_2026)
    australia = (
        (pl.col("subject") == "lithium") & (pl.col("measure") == "production")
        & (pl.col("place") == "AUS") & (pl.col("period") == "2024")
    )  # fmt: skip

    def said(day):
        rows = Evidence(workspace, as_of=day).table("statistics").filter(australia)
        return set(rows["central"])

    assert said(date(2024, 12, 31)) == set()
    assert said(date(2025, 6, 30)) == {88}
    assert said(date(2026, 6, 30)) == {88, 82.7}


def test_a_second_import_changes_nothing(imported):
    [first] = imported("ecb", ("ecb-fx", "fx_eur_usd.csv"))
    [again] = imported("ecb", ("ecb-fx", "fx_eur_usd.csv"))
    assert (first.new, again.new) == (True, False)
    assert (first.record.rows, first.record.released) == (318, "2026-06")
    assert first.record == again.record
