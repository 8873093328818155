"""Do the published files come back as their descriptions say, and as they are on record?"""

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from import_fixtures import problems
from multipolar.evidence.store import bundled
from multipolar.readers.registry import readers

CIM, NA = "clean-investment-monitor", "na-ev-supply-chain"
CIM_2024 = "manufacturing_energy_and_industry_facility_metadata_2024Q4_batteries.csv"
CIM_2026 = "facility_status_2026Q2_transcribed.csv"
#: Format, file, rows that its description counts, rows that cannot be read, by reason.
EUROPE = "europe-cell-lists"
REAL = [
    (CIM, (CIM, CIM_2024), 212, {"quote": 1, "technology": 2}),
    (CIM, (CIM, CIM_2026), 247, {"no company": 3}),
    ("lfp-atlas", ("lfp-atlas", "lfp_atlas_claims.csv"), 149,
     {"no capacity": 46, "superseded": 25, "says the same": 1}),
    ("batteryfactory", ("batteryfactory-dmw24", "factories_export_sample.csv"), 11, {"cells": 1}),
    (NA, ("na-ev-supply-chain-investments",
          "SI_IRA_Incentives_S9_Post-IRA_EV_Supply_Chain_Investments.csv"), 773,
     {"technology": 431, "repeats": 13}),
    (EUROPE, (EUROPE, "battery-news_europe_2026-02.csv"), 34, {}),
    (EUROPE, (EUROPE, "policyfocus_candidates_2026-09.csv"), 33, {}),
    (EUROPE, (EUROPE, "transport-environment_table1_2024-05.csv"), 23, {}),
    ("plants-curated", ("plants-curated", "plants.csv"), 923, {}),
    ("plants-curated", ("plants-curated", "plants-nextgen.csv"), 161, {}),
]  # fmt: skip


@pytest.fixture
def read(shared):
    return lambda format, *parts: readers()[format].read(Path(shared("data", *parts)))


@pytest.mark.parametrize(("format", "parts", "rows", "reasons"), REAL, ids=lambda x: str(x)[-40:])
def test_every_row_is_read_or_refused(read, format, parts, rows, reasons):
    found = read(format, *parts)
    assert found.lines == rows
    further = len(found.rows) + len(found.refused) - found.lines
    assert further == (3 if format == "batteryfactory" else 0)
    counted = Counter(
        next((reason for reason in reasons if reason in fault.problem), fault.problem)
        for fault in found.refused
    )
    assert counted == reasons
    ids = [row.cells["record"] for row in found.rows]
    assert len(set(ids)) == len(ids)


def test_an_address_that_was_cut_off_costs_its_row_only(read):
    found = read(CIM, CIM, CIM_2024)
    ids = {row.cells["identifier"] for row in found.rows}
    assert "M.B.Lotte_KY_0" not in ids and "M.B.Mercedes_AL_0" in ids
    assert "quote" in problems(found)[103]


def test_phases_at_one_address_are_one_plant(read):
    rows = {r.cells["identifier"]: r.cells for r in read(CIM, CIM, CIM_2024).rows}
    toyota = {rows[f"M.B.Toyota_NC_{n}"]["plant"] for n in range(4)}
    assert len(toyota) == 1
    assert rows["M.B.Solid_CO_0"]["plant"] != rows["M.B.Solid_CO_1"]["plant"]
    assert rows["M.B.Tesla_TX_0"]["plant"] != rows["M.B.Tesla_TX_1"]["plant"], "cells and packs"


def test_positions_with_known_errors(read):
    rows = {r.cells["identifier"]: r.cells for r in read(CIM, CIM, CIM_2026).rows}
    assert rows["M.B.ApogeePower_KS_0"]["longitude"] == ""
    vague = [r for r in rows.values() if r["coordinate_basis"] == "approximate"]
    assert len(vague) == 19


def test_both_releases_of_clean_investment_monitor_are_on_record_as_they_are_read(read):
    known = {(r["identifier"], r["source"]): r for r in bundled("plants").iter_rows(named=True)}
    seen = 0
    for file in (CIM_2024, CIM_2026):
        for row in read(CIM, CIM, file).rows:
            before = known.get((row.cells["identifier"], row.cells["source"]))
            if before:
                seen += 1
                assert before["status"] == row.cells["status"], row.cells["identifier"]
                assert before["date"] == row.cells["date"]
    assert seen > 150


def test_claims_of_lfp_atlas_agree_with_the_curated_table(read, shared):
    curated = {}
    text = shared("data", "plants-curated", "plants.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        claim = row["source_title"].partition("claim ")[2]
        curated.setdefault(claim, row)
    compared = 0
    for row in read("lfp-atlas", "lfp-atlas", "lfp_atlas_claims.csv").rows:
        other = curated.get(row.cells["identifier"])
        # One claim covers two towns, which the curated table holds apart.
        if other and row.cells["identifier"] != "p007.c5":
            compared += 1
            mine = [row.cells[n] for n in ("place", "status", "date")]
            status = other["status"].replace("_", " ")
            assert mine == [other["host_iso3"], status, other["source_date"]]
            assert float(row.cells["capacity"]) == float(other["capacity_kt"])
    assert compared > 40


def test_lfp_atlas_spot_values(read):
    rows = {r.cells["identifier"]: r.cells for r in
            read("lfp-atlas", "lfp-atlas", "lfp_atlas_claims.csv").rows}  # fmt: skip
    yuneng, spain = rows["p001.c4"], rows["p001.c3"]
    assert (yuneng["capacity"], yuneng["chemistry"], yuneng["capacity_basis"]) == (
        "994.5", "LFP|LMFP", "company",
    )  # fmt: skip
    assert (spain["place"], spain["capacity"]) == ("ESP", "50")
    assert rows["p045.c1"]["town"] == "Candiac"
    assert rows["p064.c1"]["status"] == "cancelled"


def test_batteryfactory_spot_values(read):
    found = read("batteryfactory", "batteryfactory-dmw24", "factories_export_sample.csv")
    rows = [row.cells for row in found.rows]
    calb = [r for r in rows if "Chengdu" in r["name"]]
    assert [(r["capacity"], r["capacity_basis"], r["capacity_year"]) for r in calb] == [
        ("50", "full site", "2026"), ("50", "site target", "2021"), ("20", "online", "2022"),
        ("50", "site target", "2026"),
    ]  # fmt: skip
    [welion] = [r for r in rows if "WeLion" in r["name"]]
    assert (welion["chemistry"], welion["town"]) == ("Li-metal-semi-solid", "Huzhou")


def test_north_american_spot_values(read):
    found = read(NA, "na-ev-supply-chain-investments",
                 "SI_IRA_Incentives_S9_Post-IRA_EV_Supply_Chain_Investments.csv")  # fmt: skip
    places = Counter(row.cells["place"] for row in found.rows)
    assert set(places) == {"USA", "CAN", "MEX"}
    assert not [r for r in found.rows if r.cells["latitude"] in ("0", "0.0")]
    stages = Counter(row.cells["stage"] for row in found.rows)
    assert stages["cell"] == 89 and stages["pack"] == 70


def test_the_curated_tables_are_on_record_as_they_are_read(read):
    """Every cell that both have agrees, but for citations of pages that stand there twice."""
    known = {row["record"]: row for row in bundled("plants").iter_rows(named=True)}
    fields = ("name", "place", "region", "town", "coordinate_basis", "stage", "chemistry", "scale",
              "unit", "capacity_basis", "status", "status_date", "via", "date")  # fmt: skip
    differing, compared = Counter(), 0
    for file in ("plants.csv", "plants-nextgen.csv"):
        with_ids = read("plants-curated", "plants-curated", file).rows
        for row in with_ids:
            record = f"{row.cells['plant']}--{row.cells['record'].rpartition('-')[2]}"
            before = known.get(record)
            if before is None:
                continue
            compared += 1
            for field in fields:
                differing[field] += (before[field] or "") != row.cells[field]
            for field in ("capacity", "latitude", "longitude"):
                mine = row.cells[field]
                assert (float(mine) if mine else None) == before[field], (record, field)
    assert compared > 1000
    assert sum(differing.values()) <= compared * len(fields) * 0.002, differing
