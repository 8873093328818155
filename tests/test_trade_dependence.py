"""Is the share of a supplier what one computes by hand, also where nobody is named?"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from conftest import as_csv, row
from industry_fixtures import figure, multipolar, own_evidence
from multipolar.evidence.imports import import_files
from multipolar.evidence.result import VALUES
from multipolar.evidence.store import Evidence
from multipolar.trade.dependence import FREIGHT, HHI, IMPORTS, LITHIUM_ION, SHARE, dependence
from multipolar.words.errors import MultipolarError

#: A code of the supply chain of which nothing is bundled.
CODE = "282520"


def flow(exporter: str, importer: str, value: float, told_by: str = "importer") -> dict[str, str]:
    return row(
        "trade", record=f"test-{exporter}-{importer}-{told_by}", product=CODE, exporter=exporter,
        importer=importer, value=str(value), told_by=told_by, weight="",
        basis="CIF" if told_by == "importer" else "FOB",
    )  # fmt: skip


def found(
    tmp_path: Path, flows: list[dict[str, str]], place: str, measure: str
) -> tuple[float, ...]:
    file = tmp_path / "flows.csv"
    file.write_text(as_csv("trade", flows), encoding="utf-8")
    import_files(Evidence(tmp_path / "workspace"), "trade", [file])
    data = dependence(Evidence(tmp_path / "workspace")).data
    (line,) = data.filter(product=CODE, place=place, measure=measure).iter_rows(named=True)
    return tuple(line[name] for name in VALUES)


FLOWS = [
    flow("CHN", "DEU", 20e6), flow("KOR", "DEU", 30e6), flow("World", "DEU", 100e6),
    flow("CHN", "FRA", 10e6), flow("DEU", "FRA", 90e6),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "measure", "told"),
    [
        # Half of what Germany buys has no seller: China has 20 to 70 of 100, 40 % of those named.
        ("DEU", SHARE, (20.0, 40.0, 70.0)),
        ("DEU", IMPORTS, (50.0, 50.0, 100.0)),
        # Thin: 0.2 and 0.3; named: 0.4 and 0.6; all of it from the larger: 0.2 and 0.8.
        ("DEU", HHI, (1300.0, 5200.0, 6800.0)),
        ("FRA", SHARE, (10.0, 10.0, 10.0)),
        # Germany's sale to France is inside; the unnamed half is not known to be outside.
        ("EU27", SHARE, (100 * 30 / 110, 50.0, 100 * 80 / 110)),
    ],
)
def test_the_share_of_a_supplier(
    tmp_path: Path, place: str, measure: str, told: tuple[float, ...]
) -> None:
    assert found(tmp_path, FLOWS, place, measure) == pytest.approx(told)


def test_a_total_of_another_source_is_not_held_against_the_flows_of_one(tmp_path: Path) -> None:
    """Freight and other methods are no suppliers."""
    total = flow("World", "FRA", 150e6) | {"source": "https://example.org/other"}
    assert found(tmp_path, [*FLOWS, total], "FRA", SHARE) == pytest.approx((10.0, 10.0, 10.0))


def test_the_ends_hold_the_middle_and_every_number_is_explained() -> None:
    result = dependence(Evidence())
    ordered = (pl.col("value_low") <= pl.col("value")) & (pl.col("value") <= pl.col("value_high"))
    assert result.data.select(ordered.all()).item()
    assert result.data.filter(
        (pl.col("measure") == SHARE) & (pl.col("value_high") > 100)
    ).is_empty()
    for line in result.data.sample(60, seed=3).iter_rows(named=True):
        told = result.explain(**{name: line[name] for name in result.dims})
        assert told.totals() == {name: line[name] for name in VALUES}


def test_a_supplier_is_one_country() -> None:
    with pytest.raises(MultipolarError, match="name one country"):
        dependence(Evidence(), "EU27")
    assert dependence(Evidence(), "CHL").data.filter(place="OECD").is_empty()


def of_batteries(evidence: Evidence, place: str = "JPN") -> tuple[float, ...]:
    data = dependence(evidence).data.filter(product="850760", place=place, measure=SHARE)
    return tuple(data.select(VALUES).row(0))


def test_the_share_in_batteries_follows_its_assumptions(tmp_path: Path) -> None:
    ratio = Evidence().table("statistics").filter(record="sold-over-bought-liion-2023-jpn-chn")
    part = ratio["central"].item() / 100
    ends = ((88, 1.0), (92.5, 1.06), (95, 1.1))
    told = tuple(part * lithium * freight for lithium, freight in ends)
    assert of_batteries(Evidence()) == pytest.approx(told, abs=2e-6)
    correction = row(
        "corrections", correction="own-lithium-ion", table="assumptions", record=LITHIUM_ION,
        field="central", value="90",
    )  # fmt: skip
    mine = of_batteries(own_evidence(tmp_path, {"corrections": [correction]}))
    assert mine[1] == pytest.approx(part * 90 * 1.06, abs=2e-6)
    assert (mine[0], mine[2]) == (of_batteries(Evidence())[0], of_batteries(Evidence())[2])


def total(importer: str, value: float) -> dict[str, str]:
    return row(
        "trade", record=f"test-all-{importer}", product="850760", exporter="World",
        importer=importer, value=str(value), told_by="importer", basis="CIF", weight="",
        month="2023-12", months="12",
    )  # fmt: skip


def test_own_totals_of_imports_take_the_place_of_what_is_bundled(tmp_path: Path) -> None:
    sold = Evidence().table("trade").filter(
        product="batteries", month="2023-12", months=12, importer="JPN"
    )  # fmt: skip
    value = sold["value"].item()
    # Who sells on buys less than China says it sold there: no share can be told of it.
    store = own_evidence(
        tmp_path, {"trade": [total("JPN", 2 * value), total("NLD", 1e6), total("ISL", 1e6)]}
    )
    assert of_batteries(store) == pytest.approx((44, 50 * 0.925 * 1.06, 52.25), abs=2e-6)
    places_told = set(dependence(store).data.filter(product="850760")["place"])
    assert not {"NLD", "ISL"} & places_told
    assert of_batteries(store, "USA") == of_batteries(Evidence(), "USA")
    found = dependence(store).explain(product="850760", place="JPN", year="2023")
    assert set(found.records) == {sold["record"].item(), "test-all-JPN"}
    assert set(found.assumptions) == {LITHIUM_ION, FREIGHT}
    assert found.totals() == dict(zip(VALUES, of_batteries(store), strict=True))


def test_flows_of_both_partners_count_before_a_share_from_two_statements(tmp_path: Path) -> None:
    both = [
        total("JPN", 100.0) | {"record": f"test-{seller}", "exporter": seller, "value": amount}
        for seller, amount in (("CHN", "30e6"), ("KOR", "70e6"))
    ]
    assert of_batteries(own_evidence(tmp_path, {"trade": both}))[1] == pytest.approx(30)


def test_the_parts_of_a_share_are_told_in_their_own_unit(tmp_path: Path) -> None:
    keys = ("measure=imports from China", "place=JPN", "product=Lithium carbonate", "year=2023",
            "basis=imports", "source=trade")  # fmt: skip
    done = multipolar("explain", "concentration", *keys, cwd=tmp_path)
    assert done.code == 0
    found = figure("concentration").explain(**dict(key.split("=") for key in keys))
    (above,) = [
        part for part in found.parts.iter_rows(named=True)
        if part["role"] == "above" and "China" in part["label"]
    ]  # fmt: skip
    (below,) = [
        part for part in found.parts.iter_rows(named=True)
        if part["role"] == "below" and part["item"] == above["item"]
    ]  # fmt: skip
    assert above["label"].endswith(", US$")
    assert above["value"] == 100 * below["value"]
    lines = [line for line in done.out.splitlines() if line.endswith(above["label"])]
    # China's sales stand above and below the line with one and the same number.
    central = [line.lstrip("/").split()[1] for line in lines]
    assert len(central) == 2 and central[0] == central[1]
    assert float(central[0].replace(",", "")) == pytest.approx(below["value"], rel=1e-6)
    assert "total of the parts (what stands after / divides), %" in done.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Japan", "--year", 1999), "no imports of 1999 are on record; there is 2018, 2022, 2023"),
        (("--product", "999999"), "no yearly imports of 999999 are on record; there is 250490"),
        (
            ("Andorra", "--product", "850760"),
            "no yearly imports of 850760 by Andorra are on record",
        ),
        (
            ("Japan", "--over", 99),
            "imports on record has 99 % or more from China and 1 million US$",
        ),
        (("Japan", "--on", "EU27"), "EU27 is a group: name one country as supplier"),
    ],
)
def test_what_the_command_refuses(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = multipolar("dependence", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("multipolar: ") and told in done.err
    assert done.err.count("\n") == 1


def test_least_leaves_out_what_has_no_imports_on_record_and_says_so(tmp_path: Path) -> None:
    plain = multipolar("dependence", "Japan", cwd=tmp_path)
    assert "Lithium-ion batteries" in plain.out and "left out" not in plain.err
    least = multipolar("dependence", "Japan", "--least", 500, cwd=tmp_path)
    assert "left out, since their imports are not on record: Lithium-ion batteries\n" in least.err
    assert "Lithium-ion batteries" not in least.out
    assert "Silicon metal" in least.out and "Phosphorus" not in least.out
