"""Does the figure of LFP outside China say what its data say, in bars and on maps?"""

import re
from functools import cache

import numpy as np
import polars as pl
import pytest

import multipolar as mp
from industry_fixtures import VALUES, atlas, figure
from multipolar.evidence.assumptions import Assumptions
from multipolar.figures.lfp_map import AREA, LARGEST, REGIONS
from multipolar.figures.lfp_outside_china import YEAR
from multipolar.figures.marks import behind
from multipolar.figures.say import number, span
from multipolar.industry.lfp import need_per_gwh
from multipolar.words import places
from multipolar.words.vocabularies import UPPER_BOUND

NAME = "lfp-outside-china"
MAPS = [region.name for region in REGIONS]


def drawn():
    return figure(NAME)


def chosen(**keys):
    wanted = {"rule": drawn().result.defaults["rule"], "domicile": "all", "year": YEAR} | keys
    return drawn().data.filter(**wanted)


@cache
def marks(view):
    """Rows of chart data that name a number, by their key."""
    spec = drawn().views[view].draw("light").to_dict()
    rows = [row for data in spec["datasets"].values() if isinstance(data, list) for row in data]
    return {row["key"]: row for row in rows if "key" in row}


def test_the_figure_has_its_number_and_its_views():
    assert drawn().figure.number == 8
    assert list(drawn().views) == ["", "countries", *MAPS]


@pytest.mark.parametrize("view", ["", "countries"])
def test_no_row_of_a_picture_is_a_part_of_another(view):
    rows = {row["place"] for row in marks(view).values()}
    assert len(rows) > 3
    for place in rows:
        assert not rows & set(places.members(place)) - {place}


@pytest.mark.parametrize("width, height", [(760, 400), (350, 200)])
@pytest.mark.parametrize("region", REGIONS, ids=MAPS)
def test_every_symbol_lies_inside_its_map(region, width, height):
    spec = drawn().views[region.name].draw("light").to_dict()
    scale = width * float(spec["projection"]["scale"]["expr"].partition("* ")[2])
    middle = np.radians(region.latitude)
    for row in marks(region.name).values():
        east, north = np.radians([row["longitude"] - region.longitude, row["latitude"]])
        # The point on the unit sphere, as seen from above the middle of the map.
        x = np.cos(north) * np.sin(east)
        y = np.cos(middle) * np.sin(north) - np.sin(middle) * np.cos(north) * np.cos(east)
        z = np.sin(middle) * np.sin(north) + np.cos(middle) * np.cos(north) * np.cos(east)
        stretch = scale * np.sqrt(2 / (1 + z))
        radius = np.sqrt(AREA * min(row["served"], LARGEST) / LARGEST / np.pi)
        assert abs(x * stretch) + radius < width / 2, row["name"]
        assert abs(y * stretch) + radius < height / 2, row["name"]


@pytest.mark.parametrize("view", MAPS)
def test_a_map_says_how_large_its_symbols_are(view):
    size = drawn().views[view].draw("light").to_dict()["layer"][1]["encoding"]["size"]
    assert size["title"] == "GWh/yr" and len(size["legend"]["values"]) > 1


def test_the_title_is_made_of_the_numbers():
    abroad = set(places.countries()) - {"CHN"}
    countries = chosen(status="all").filter(pl.col("place").is_in(sorted(abroad)))
    low, _, high = countries.filter(measure="LFP cells").select(VALUES).sum().row(0)
    made, needed = (
        countries.filter(measure=measure)["value"].sum()
        for measure in ("LFP cathode", "cathode need")
    )
    title = drawn().views[""].title
    assert f"{span(low, high)} GWh" in title
    assert f"{number(100 * made / needed, 2)} %" in title


def test_china_is_on_no_picture():
    assert not [key for view in drawn().views for key in marks(view) if "CHN" in key.split(";")[0]]
    assert "China: " not in drawn().views[""].alt.replace("without China: ", "")


def test_every_bar_leads_to_parts_that_make_it_up():
    _, per_gwh, _ = need_per_gwh(Assumptions(atlas().evidence_store))
    found = marks("") | marks("countries")
    assert len(found) > 30
    for key, row in found.items():
        _, unit, parts = behind(drawn().result, key)
        shown = row["kt"] if "kt" in row else row["value"]
        assert parts["value"].sum() == pytest.approx(shown, abs=2e-3), key
        assert unit == ("kt/yr" if "kt" in row else "GWh/yr")
        if "kt" in row:
            assert row["value"] == pytest.approx(row["kt"] / per_gwh, abs=2e-3)


def test_bars_of_a_place_are_the_pipeline_of_its_owners():
    for place in ("Europe-wide", "USA", "IND"):
        shown = marks("") if place in places.groups() else marks("countries")
        bars = [r for r in shown.values() if r["place"] == place and "owner" in r]
        whole = chosen(measure="LFP cells", place=place).filter(
            pl.col("status").is_in(UPPER_BOUND)
        )["value"].sum()  # fmt: skip
        assert sum(row["value"] for row in bars) == pytest.approx(whole, abs=0.01)


@pytest.mark.parametrize("view", MAPS)
def test_every_symbol_leads_to_its_plant(view):
    found = marks(view)
    assert len(found) > 8
    for key, row in found.items():
        title, _, parts = behind(drawn().result, key)
        assert title == row["name"]
        assert parts["value"].sum() == pytest.approx(row["capacity"], abs=2e-3)
        assert {item.split("/")[0] for item in parts["item"]} == {row["plant"]}


@pytest.mark.parametrize("region", REGIONS, ids=MAPS)
def test_a_map_shows_the_plants_of_its_region_and_counts_them(region):
    inside = {places.name(member) for place in region.places for member in places.members(place)}
    rows = marks(region.name).values()
    assert {row["country"] for row in rows} <= inside
    assert {row["kind"] for row in rows} == {"LFP cells", "LFP cathode"}
    pipeline = sum(
        chosen(measure="LFP cells", place=place)
        .filter(pl.col("status").is_in(UPPER_BOUND))["value"]
        .sum()
        for place in region.places
    )
    assert f"{number(pipeline)} GWh/yr" in drawn().views[region.name].title


def test_the_place_of_a_symbol_is_that_of_its_plant():
    known = atlas().evidence("plants")
    spots = {
        (plant, latitude, longitude)
        for plant, latitude, longitude in known.select("plant", "latitude", "longitude").rows()
    }
    for view in MAPS:
        for row in marks(view).values():
            assert (row["plant"], row["latitude"], row["longitude"]) in spots


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("view", ["", "countries", *MAPS])
def test_a_view_is_a_picture_with_words(view, mode):
    shown = drawn().views[view]
    spec = shown.draw(mode).to_dict(validate=True)
    assert spec["layer"] and isinstance(spec["height"], int)
    assert shown.title and shown.subtitle and len(shown.alt) > 40 and shown.note
    assert ("projection" in spec) is (view in MAPS)


def test_what_is_missing_from_a_map_is_told():
    for region in REGIONS:
        view = drawn().views[region.name]
        counted = sum(map(int, re.findall(r"(\d+) LFP \w+ plants?", view.title)))
        assert ("no coordinates" in view.note) is (len(marks(region.name)) < counted)


def test_with_nothing_on_record_the_figure_says_so():
    found = mp.open(as_of="2009-01-01").figure(NAME)
    assert found.data.is_empty()
    assert found.views[""].title.startswith("No LFP cell plant outside China on record")
    for view in found.views.values():
        assert view.draw("light").to_dict(validate=True)["layer"]


def test_all_numbers_of_a_year_are_explained_exactly():
    rows = drawn().data.filter(year=YEAR, status="operating").to_dicts()[::3]
    assert len(rows) > 50
    for row in rows:
        found = drawn().explain(**{dim: row[dim] for dim in drawn().result.dims})
        assert found.totals() == {value: row[value] for value in VALUES}
