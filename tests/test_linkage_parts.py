"""The parts of linkage against cases worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from linkage_fixtures import evidence, plants
from multipolar.industry.linkage.assign import odds
from multipolar.industry.linkage.compare import Block, blocks
from multipolar.industry.linkage.firms import firms_of
from multipolar.industry.linkage.levels import levels, setting
from multipolar.industry.linkage.spelling import alike, fold, rarity, shared, towns
from multipolar.industry.linkage.units import units
from multipolar.industry.linkage.weights import fitted, weigh

FIRMS = firms_of(evidence().table("firms"))

ROW = {
    "name": "Test works", "firm": "catl", "owners": None, "place": "DEU", "region": None,
    "town": None, "latitude": None, "longitude": None, "coordinate_basis": None, "stage": "cell",
    "chemistry": "unknown", "scale": "commercial", "capacity": None, "unit": None,
    "start_year": None, "source": "https://one.example/page", "via": None, "record": "r",
    "identifier": None,
}  # fmt: skip
TYPES = {name: plants().schema[name] for name in ROW} | {"plant": pl.String}


def rows(*changes: dict[str, object]) -> pl.DataFrame:
    told = [ROW | {"plant": f"p{n}", "record": f"r{n}"} | c for n, c in enumerate(changes)]
    return pl.DataFrame(told, schema=TYPES, orient="row")


def level(field: str, one: dict[str, object], other: dict[str, object]) -> str:
    """The level of a field between two hand-made plants; blank where nothing is told."""
    sides = [units(rows(side), FIRMS) for side in (one, other)]
    (block,) = blocks(*sides, FIRMS)
    found = int(block.levels[field][0, 0])
    return levels()[field][found]["level"] if found >= 0 else ""


def gigawatt_hours(size: float) -> dict[str, object]:
    return {"capacity": size, "unit": "GWh/yr"}


def at(north: float, east: float, basis: str = "source", **more: object) -> dict[str, object]:
    return {"latitude": north, "longitude": east, "coordinate_basis": basis, **more}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Überherrn", "Ueberherrn"), ("Göd", "GOED"), ("Skellefteå", "Skelleftea"),
        ("Xi'an", "Xian"), ("Biskupice Podgórne", "biskupice podgorne"), ("Ćuprija", "Cuprija"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_fold_to_one(one, other):
    assert fold(one) == fold(other)


def test_a_word_on_record_is_no_typing_error_of_another():
    words = ["qingdao", "qingtao", "teverola"]
    found = alike(["qingdao", "terevola"], words, frozenset(words))
    assert found.tolist() == [[True, False, False], [False, False, True]]


def test_a_shared_word_weighs_by_how_rare_it_is():
    weight = rarity([["natron", "energy"], ["lyten", "energy"], ["energy"], ["catl"]])
    assert weight["natron"] == pytest.approx(math.log(5) ** 2)
    assert weight["energy"] == pytest.approx(math.log(5 / 3) ** 2)
    lighter, heavier = shared([["natron", "energy"]], [["lyten", "energy"]], weight)
    by_hand = math.log(5 / 3) ** 2 / (math.log(5 / 3) ** 2 + math.log(5) ** 2)
    assert lighter[0, 0] == heavier[0, 0] == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("catl", "catl", "same"),
        ("blueoval-sk", "sk-on", "related"),
        ("lithium-energy-japan", "blue-energy", "sister"),
        ("northvolt", "lyten", "related"),
        ("semcorp advanced materials group", "semcorp", "related"),
        ("verkor sas", "verkor", "same"),
        ("natron", "lyten", "different"),
    ],
)
def test_level_of_firms(one, other, expected):
    table = evidence().table("firms")
    named = {"firm": [one], "name": [one]}
    new = (
        pl.DataFrame(named)
        if one not in table["firm"]
        else pl.DataFrame(schema={"firm": pl.String})
    )
    firms = firms_of(pl.concat([table, new], how="diagonal"))
    sides = [units(rows({"firm": firm}), firms) for firm in (one, other)]
    (block,) = blocks(*sides, firms)
    assert levels()["firm"][block.levels["firm"][0, 0]]["level"] == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (at(52.0, 10.001), at(52.01, 10.002), "point"),
        (at(52.0, 10.001, town="Peine"), at(52.05, 10.002, town="Peine"), "apart"),
        (at(52.0, 10.001, town="Peine"), at(52.3, 10.002, "town", town="Peine"), "town"),
        (at(52.0, 10.001, town="Peine"), at(52.2, 10.002, "town", town="Lehrte"), "near"),
        (at(52.0, 10.001, town="Peine"), at(52.2, 10.002, town="Lehrte"), "far"),
        # Some km of error where only a tenth of a degree is printed; the seat of a region.
        (at(52.1, 10.1, "approximate"), at(52.03, 10.101), "town"),
        (at(52.0, 10.001, region="Saxony"), at(51.0, 10.001, "region", region="Saxony"), "within"),
        (at(52.0, 10.001), at(55.0, 10.001), "far"),
        (at(52.0, 10.001), {"town": "Peine"}, ""),
    ],
)  # fmt: skip
def test_level_of_distance_allows_for_the_error_of_points(one, other, expected):
    assert level("site", one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"town": "Sommerset"}, {"town": "Somerset"}, "same"),
        ({"town": "Zaragoza"}, {"town": "Figueruelas", "name": "Works Zaragoza"}, "same"),
        ({"town": "Ningde"}, {"town": "Fuding (Ningde)"}, "within"),
        ({"region": "Agder"}, {"town": "Arendal", "region": "Agder"}, "within"),
        ({"town": "Arendal", "region": "Agder"}, {"town": "Lista", "region": "Agder"}, "region"),
        ({"town": "Heide"}, {"town": "Salzgitter"}, "other"),
        ({"town": "Heide"}, {}, ""),
        ({"town": "宜宾"}, {"town": "Yibin"}, ""),
    ],
)
def test_level_of_names_of_places(one, other, expected):
    assert level("town", one, other) == expected


def test_one_letter_tells_two_chinese_towns_apart():
    one, other = ({"town": town, "place": "CHN"} for town in ("Ganzhou", "Gangzhou"))
    assert level("town", one, other) == "other"


@pytest.mark.parametrize(
    ("field", "one", "other", "expected"),
    [
        ("chemistry", {"chemistry": "LFP|NMC"}, {"chemistry": "LMFP"}, "same"),
        ("chemistry", {"chemistry": "LFP"}, {"chemistry": "NMC"}, "kind"),
        ("chemistry", {"chemistry": "LFP"}, {"chemistry": "Na-ion"}, "other"),
        ("chemistry", {"name": "Sodium-ion line"}, {"chemistry": "NMC"}, "other"),
        ("chemistry", {"chemistry": "unknown"}, {"chemistry": "NMC"}, ""),
        ("capacity", gigawatt_hours(30), gigawatt_hours(27), "same"),
        ("capacity", gigawatt_hours(30), gigawatt_hours(2), "far"),
        ("capacity", gigawatt_hours(30), {"capacity": 30.0, "unit": "kt/yr"}, ""),
        ("start", {"start_year": 2026}, {"start_year": 2027}, "same"),
        ("start", {"start_year": 2020}, {"start_year": 2027}, "far"),
        ("scale", {"scale": "pilot"}, gigawatt_hours(30), "differs"),
        ("scale", {"scale": "pilot"}, {}, ""),
        ("name", {"name": "Northvolt Drei"}, {"name": "CATL Drei works"}, "shared"),
        ("name", {"name": "Riverside plant"}, {"name": "Lakeside plant"}, "apart"),
        ("name", {"name": "CATL battery plant"}, {"name": "Riverside plant"}, ""),
        ("page", {"via": "list-a"}, {"via": "list-b"}, "same"),
        ("page", {"via": "list-a"}, {"via": "list-a"}, ""),
    ],
)  # fmt: skip
def test_level_of_other_fields(field, one, other, expected):
    assert level(field, one, other) == expected


def test_cathodes_of_iron_and_of_nickel_are_made_in_two_plants():
    one, other = ({"chemistry": c, "stage": "cathode active material"} for c in ("LFP", "NMC"))
    assert level("chemistry", one, other) == "other"


def test_without_labels_the_weights_are_those_of_the_prior():
    found = fitted(rows().clear(), [], FIRMS)
    for field, told in levels().items():
        for column in ("m", "u"):
            assert sum(float(row[column]) for row in told) == pytest.approx(1, abs=0.011)
        prior = [math.log(float(row["m"]) / float(row["u"])) for row in told]
        assert found[field] == pytest.approx(np.minimum.accumulate(prior), abs=0.02)


def test_weights_follow_the_counts():
    # Two lists agree on a capacity for each of 40 plants of one firm; no two plants are alike.
    told = [
        {"plant": f"p{n}", "record": f"{n}-{by}", "source": f"{by}-list", "town": f"T{n:02}x",
         "capacity": 3.0**n, "unit": "GWh/yr"}
        for n in range(40) for by in ("one", "two")
    ]  # fmt: skip
    known = rows(*told)
    found = fitted(known, units(known, FIRMS), FIRMS)
    few = setting("prior pairs")
    same = levels()["capacity"][0]
    m = (80 + few * float(same["m"])) / (80 + few)
    far = 40 * 39 - 2 * 39 - 2 * 38
    u = (few * float(same["u"])) / (2 * 39 + 2 * 38 + far + few)
    assert found["capacity"][0] == pytest.approx(math.log(m / u))


def test_a_pair_weighs_the_sum_of_its_fields():
    known = rows({"town": "Heide", "capacity": 60.0, "unit": "GWh/yr"})
    listed = rows({"town": "Heide", "capacity": 60.0, "unit": "GWh/yr"})
    weights = fitted(known, units(known, FIRMS), FIRMS)
    (block,) = blocks(units(listed, FIRMS), units(known, FIRMS), FIRMS)
    by_hand = sum(weights[field][0] for field in ("firm", "town", "capacity", "scale"))
    assert weigh(block, weights)[0, 0] == pytest.approx(by_hand)


def test_odds_count_the_plants_that_might_be_meant():
    weight = np.array([[2.0, 1.0, -np.inf]])
    found = odds(weight, 0.5)
    assert found[0, 0] == pytest.approx(2.0 - math.log(2 + setting("unseen plants")))
    assert found[0, 2] == -np.inf


def test_only_stages_that_meet_are_compared():
    one, other = (units(rows({"stage": stage}), FIRMS) for stage in ("cell", "separator"))
    (block,) = blocks(one, other, FIRMS)
    assert isinstance(block, Block)
    assert not block.meet[0, 0]


def test_towns_in_brackets_stand_apart():
    assert towns("Kingston (Bartow County)") == ({"kingston"}, {"bartow"})
    assert towns(None) == (set(), set())
