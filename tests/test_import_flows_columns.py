"""Is any table of trade flows read through a map of its columns that the user completes?"""

import json

import polars as pl
import pytest

from flow_fixtures import on_record
from multipolar.bring import Unconfirmed, bring
from multipolar.evidence.store import Evidence
from multipolar.readers.flow_columns import known_columns
from multipolar.words.errors import MultipolarError

GRAPHITE = (
    "period_dt,partner_name,hs6,val,qty,uv\n"
    "2031-01-01,USA,250410,10.5,2,5.25\n2031-01-01,Turkey,380110,7,1,7\n"
    "2031-02-01,Neverland,250410,1,1,1\n2031-02-01,UAE,25041000,1,1,1\n"
)
EUROPE = (
    "DECLARANT;PARTNER;PRODUCT;FLOW;PERIOD;VALUE_IN_EUROS;QUANTITY_KG\n"
    "DE;CN;850760;1;202401;1.234.567,5;1000\nDE;US;850760;2;202401;1.000,25;10\n"
    "FR;CN;850760;3;202401;1;1\nFR;CN;850760;1;199001;1;1\n"
)
TOLD = {"exporter": "CHN", "told_by": "exporter", "value_unit": "thousand US$", "weight_unit": "t"}


@pytest.fixture
def take(tmp_path, workspace):
    """take(text, fixed, words) -> the import, once the map that is proposed has been completed."""

    def take(text, fixed=None, words=None, name="flows.csv"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        if fixed is not None:
            with pytest.raises(Unconfirmed):
                bring(Evidence(workspace), "columns", [file])
            [place] = workspace.glob("columns/*.json")
            map = json.loads(place.read_text(encoding="utf-8"))
            map["fixed"] |= fixed
            map["words"] |= words or {}
            place.write_text(json.dumps(map), encoding="utf-8")
        [done] = bring(Evidence(workspace), "columns", [file], confirm=True)
        return done

    return take


def only(workspace, **told):
    where = [pl.col(name) == cell for name, cell in told.items()]
    return on_record(workspace).row(by_predicate=pl.all_horizontal(*where), named=True)


def test_what_the_file_does_not_say_is_asked_for(workspace, tmp_path):
    file = tmp_path / "graphite.csv"
    file.write_text(GRAPHITE, encoding="utf-8")
    with pytest.raises(Unconfirmed, match="exporter, told_by, value_unit, weight_unit") as asked:
        bring(Evidence(workspace), "columns", [file])
    map = json.loads(asked.value.text)
    assert map["table"] == "trade" and map["not read"] == ["uv"]
    assert map["columns"] == {
        "period": "period_dt", "importer": "partner_name", "product": "hs6", "value": "val",
        "weight": "qty",
    }  # fmt: skip
    with pytest.raises(MultipolarError, match="does not say where exporter"):
        bring(Evidence(workspace), "columns", [file], confirm=True)
    assert not (workspace / "imports").exists()


def test_a_completed_map_gives_flows_in_our_units(workspace, take):
    done = take(GRAPHITE, TOLD)
    assert (done.record.table, done.record.rows, done.record.lines) == ("trade", 2, 4)
    row = only(workspace, importer="USA")
    assert (row["value"], row["weight"]) == (10_500, 2000)
    assert (row["exporter"], row["told_by"], row["basis"]) == ("CHN", "exporter", "FOB")
    assert (row["month"], row["months"], row["confidence"]) == ("2031-01", 1, "medium")
    assert only(workspace, product="380110")["importer"] == "TUR"
    problems = {fault.row: fault.problem for fault in done.refused}
    assert problems == {4: "'Neverland' is no place", 5: "'25041000' has more than 6 digits"}


def test_the_map_serves_the_next_file_and_the_same_file_changes_nothing(workspace, take):
    take(GRAPHITE, TOLD)
    assert not take(GRAPHITE).new
    later = take(GRAPHITE.replace("2031", "2032"), name="flows-2032.csv")
    assert later.new and on_record(workspace).height == 4
    corrected = take(GRAPHITE.replace("10.5", "11"))
    assert corrected.record.replaces and on_record(workspace).height == 4
    assert only(workspace, importer="USA", month="2031-01")["value"] == 11_000


def test_words_of_the_list_and_another_currency(workspace, take):
    words = {"flow": {"1": "import", "2": "export"}}
    done = take(EUROPE, {"weight_unit": "kg"}, words)
    [rate] = [float(row.split(",")[2]) for row in _rates() if row.startswith("EUR,2024-01")]
    imports = only(workspace, told_by="importer")
    assert imports["value"] == pytest.approx(1_234_567.5 / rate, rel=1e-12)
    assert (imports["exporter"], imports["importer"], imports["basis"]) == ("CHN", "DEU", "CIF")
    assert "converted from EUR" in imports["note"]
    exports = only(workspace, told_by="exporter")
    assert exports["value"] == pytest.approx(1000.25 / rate, rel=1e-12)
    problems = {fault.row: fault.problem for fault in done.refused}
    assert problems == {
        4: "'3' is neither an export nor an import",
        5: "no exchange rate for '199001'",
    }


def _rates():
    from multipolar.words.files import folder

    file = folder("multipolar.words", "exchange_rates.csv")
    return file.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("fixed", "reason"),
    [
        ({"value_unit": "pebbles"}, "'pebbles' is no unit of value"),
        ({"weight_unit": "stone"}, "weight_unit 'stone'; use kg, t, kt"),
        ({"told_by": "nobody'; --"}, "told_by .*; use exporter, importer or both"),
        ({"confidence": "blind"}, "confidence 'blind'"),
    ],
)
def test_words_that_a_map_cannot_have_are_named(workspace, take, fixed, reason):
    with pytest.raises(MultipolarError, match=reason):
        take(GRAPHITE, TOLD | fixed)
    assert not (workspace / "imports").exists()


@pytest.mark.parametrize(
    ("header", "period"),
    [("year,month", "2031,2"), ("time_period", "2031M02"), ("date", "2031-02-01"),
     ("month", "2031-02"), ("period", "203102")],
)  # fmt: skip
def test_time_in_several_forms(workspace, take, header, period):
    text = f"{header},exporter,importer,hs6,value_usd,net_weight_kg\n{period},CHN,USA,850760,5,1\n"
    take(text, {"told_by": "both"})
    row = only(workspace, importer="USA")
    assert (row["month"], row["months"], row["told_by"], row["value"]) == ("2031-02", 1, "both", 5)


def test_a_fixed_text_stays_text(workspace, take):
    done = take(GRAPHITE, TOLD | {"source": "O'Hara'; DROP TABLE kept; --"})
    assert done.record.rows == 2
    assert only(workspace, importer="USA")["source"] == "O'Hara'; DROP TABLE kept; --"


def test_names_of_columns_are_known_whatever_their_case():
    assert known_columns(["Time Period", "HS_CODE", "Net weight (kg)"]) == {
        "period": "Time Period", "product": "HS_CODE", "weight": "Net weight (kg)",
    }  # fmt: skip


def test_a_panel_of_chinas_graphite(workspace, shared, take):
    file = shared("data", "un-comtrade-china-graphite-monthly", "deep_dive_hs6_monthly.csv")
    text = file.read_text(encoding="utf-8")
    done = take(text, TOLD | {"value_unit": "US$", "weight_unit": "kg"})
    assert (done.record.rows, done.record.refused) == (5261, {})
    rows = on_record(workspace)

    def told(product, when):
        flows = rows.filter(
            pl.col("product") == product, pl.col("month").str.starts_with(when)
        )  # fmt: skip
        return round(flows["value"].sum() / 1e6, 1), round(flows["weight"].sum() / 1e6, 1)

    assert told("250410", "2022") == (348.7, 174.7) and told("250410", "2024") == (176.1, 121.7)
    assert told("380110", "2023") == (1266.4, 543.9)
    assert told("250410", "2023-11") == (49.5, 40.5) and told("250410", "2023-12") == (3.0, 2.7)
