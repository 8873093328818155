"""Is capacity the same however it is divided: by status, place, owner, chemistry or group?

Random tables of plants go through import, reconciliation and figure; every division of the total
adds up to it exactly.
"""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industry_fixtures import STAGE, VALUES, atlas, figure, own_plants
from multipolar.evidence.assumptions import Assumptions
from multipolar.industry.capacity import capacity
from multipolar.industry.chemistry_mix import mix
from multipolar.industry.overseas import overseas, owned
from multipolar.industry.owners import RULES
from multipolar.industry.plants import reconcile
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

ALL, LAST = "all", 2035
#: Firms of several domiciles; acc is held by three owners with published shares.
FIRMS = ("catl", "byd", "tesla", "acc", "sk-on")
WHERE = ("CHN", "DEU", "USA", "KOR", "IND", "IDN", "CAN", "TWN", "BRA", "XKX")
STATUSES = ("operating", "under construction", "announced", "paused", "cancelled", "closed",
            "unknown")  # fmt: skip
MIXES = ("LFP", "NMC", "unknown", "LFP|NMC", "LFP|NMC|NCA", "LFP:60|NMC:40", "LFP:33.3|NMC",
         "Na-ion|LFP", "LMFP|NMC", "Li-metal-solid-state|NMC|LFP")  # fmt: skip


@st.composite
def owners(draw):
    """No owners, or some with shares that make up the whole or leave it open."""
    named = draw(st.lists(st.sampled_from(FIRMS), max_size=3, unique=True))
    if not named:
        return ""
    share = draw(st.sampled_from(["", "10", "33.3", "100"])) if len(named) > 1 else ""
    rest = ["" for _ in named[1:]] if share != "100" else ["0" for _ in named[1:]]
    return "|".join(f"{firm}:{size}" for firm, size in zip(named, [share, *rest], strict=True))


@st.composite
def plant_rows(draw):
    """One or two rows about each of a few plants."""
    rows = []
    for index in range(draw(st.integers(1, 6))):
        shared = {
            "plant": f"random-{index}",
            "place": draw(st.sampled_from(WHERE)),
            "firm": draw(st.sampled_from(FIRMS)),
            "owners": draw(owners()),
            "chemistry": draw(st.sampled_from(MIXES)),
        }
        for _ in range(draw(st.integers(1, 2))):
            said = {
                "capacity": draw(st.integers(1, 200_000)) / 1000,
                "capacity_basis": draw(st.sampled_from(["full site", "online", "as stated"])),
                "capacity_year": draw(st.integers(2015, 2026)),
                "status": draw(st.sampled_from(STATUSES)),
                "start_year": draw(st.sampled_from(["", 2012, 2019, 2026, 2031])),
                "date": draw(st.sampled_from(["2019", "2023-05", "2026-01-01", "2026-11"])),
            }
            rows.append(shared | said)
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """folder() is a new folder for each table."""
    return lambda: tmp_path_factory.mktemp("random")


def undivided(data, **keys):
    return data.filter(
        *(pl.col(name) == keys.get(name, ALL) for name in ("chemistry", "domicile")),
        *(pl.col(name) == value for name, value in keys.items()),
    )


@settings(max_examples=20)
@given(plant_rows(), st.floats(0, 1))
def test_capacity_is_the_same_however_it_is_divided(folder, rows, lfp):
    evidence = own_plants(folder(), *rows)
    plants = reconcile(evidence, STAGE)
    data = capacity(evidence, plants, [LAST]).data.filter(measure="capacity")
    total = math.fsum(plants.additions["capacity"])
    upper = math.fsum(plants.additions.filter(pl.col("status").is_in(UPPER_BOUND))["capacity"])
    stated = data.filter(pl.col("status") != ALL)

    assert undivided(stated, place="World")["value"].sum() == total
    countries = stated.filter(pl.col("place").is_in(list(places.countries())))
    assert undivided(countries)["value"].sum() == total
    assert undivided(data, place="World", status=ALL)["value_high"].sum() == upper

    for dim in ("chemistry", "domicile"):
        for column in VALUES:
            for place in ("World", *WHERE):
                here = data.filter(place=place)
                divided = (
                    here.filter(pl.col(dim) != ALL).group_by("status").agg(pl.col(column).sum())
                )
                whole = undivided(here).select("status", column)
                assert _nonzero(divided) == _nonzero(whole), (dim, column, place)

    for rule in RULES:
        assert owned(plants, evidence, rule)["share"].sum() == total
    shares = mix(plants.sites, Assumptions(evidence), lfp)
    split = plants.additions.join(shares, on="plant").select(pl.col("capacity") * pl.col("share"))
    assert math.isclose(split.to_series().sum(), total, rel_tol=1e-12, abs_tol=1e-9)


@settings(max_examples=10)
@given(plant_rows())
def test_what_stands_abroad_is_what_is_not_held_at_home(folder, rows):
    evidence = own_plants(folder(), *rows)
    plants = reconcile(evidence, STAGE)
    found = overseas(evidence, plants).data.filter(measure="capacity", place="World", status=ALL)
    for rule in RULES:
        held = owned(plants, evidence, rule).filter(pl.col("status").is_in(UPPER_BOUND))
        home = held.filter(pl.col("domicile") == pl.col("place"))["share"].sum()
        assert found.filter(rule=rule)["value"].sum() == held["share"].sum() - home


def _nonzero(rows):
    return {status: value for status, value in rows.rows() if value}


#: The figures of the study's Figure 3 split the world in three.
THIRDS = ("CHN", "OECD-figure-3", "EMDM")
ADDITIVE = {
    "cell-capacity": ("capacity", "effective capacity"),
    "foreign-investment": ("capacity", "plants", "investment"),
}


@pytest.mark.parametrize(
    "name, measure", [(name, measure) for name, found in ADDITIVE.items() for measure in found]
)
def test_the_world_is_china_and_the_partners_and_the_rest(name, measure):
    data = figure(name).data.filter(measure=measure)
    others = [dim for dim in figure(name).result.dims if dim != "place"]
    three = data.filter(pl.col("place").is_in(THIRDS)).group_by(others).agg(pl.col(VALUES).sum())
    world = data.filter(place="World").select(*others, *VALUES)
    assert world.height
    assert three.sort(others).equals(world.sort(others))


@pytest.mark.parametrize("name", ADDITIVE)
def test_every_group_is_the_sum_of_its_members(name):
    data = figure(name).data.filter(pl.col("measure").is_in(ADDITIVE[name]))
    others = [dim for dim in figure(name).result.dims if dim != "place"]
    for group, members in places.groups().items():
        inside = (
            data.filter(pl.col("place").is_in(members)).group_by(others).agg(pl.col(VALUES).sum())
        )
        whole = data.filter(place=group).select(*others, *VALUES)
        assert inside.sort(others).equals(whole.sort(others)), group


def test_a_number_that_is_not_additive_is_not_added_up():
    needed = atlas().evidence("demand")
    shown = figure("cell-capacity").data.filter(measure="demand")
    assert set(shown["place"]) <= set(needed["place"])
