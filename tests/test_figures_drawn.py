"""Does a figure say what its data say: in title, sources and the text for screen readers?"""

import altair as alt
import polars as pl
import pytest

import multipolar as mp
from industry_fixtures import atlas, figure, plain
from multipolar.evidence.result import sources_of, tables_of
from multipolar.evidence.schemas import schema
from multipolar.evidence.sources import Source, bibliography
from multipolar.figures.say import listing, number, span
from multipolar.words import places
from multipolar.words.errors import UnknownWord

NAMES = tuple(atlas().figures())


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_its_dimensions_and_three_values_and_a_unit(name):
    drawn = figure(name)
    assert drawn.data.columns == [*drawn.result.dims, "value_low", "value", "value_high", "unit"]
    assert drawn.data.select(drawn.result.dims).is_unique().all()
    assert sum(drawn.data.null_count().row(0)) == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_measure_has_one_unit(name):
    units = figure(name).data.group_by("measure").agg(pl.col("unit").n_unique())
    assert units["unit"].to_list() == [1] * units.height


@pytest.mark.parametrize("name", NAMES)
def test_the_chart_is_a_valid_altair_chart_with_the_title(name):
    chart = figure(name).chart
    assert isinstance(chart, alt.LayerChart)
    spec = chart.to_dict(validate=True)
    assert spec["title"]["text"] == figure(name).views[""].title


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_view_can_be_drawn_in_both_modes(name, mode):
    for view in figure(name).views.values():
        assert view.draw(mode).to_dict(validate=True)["layer"]
        assert view.title and view.subtitle and len(view.alt) > 20


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_needs_no_address(name):
    for view in figure(name).views.values():
        text = str(view.draw("light").to_dict()["layer"])
        assert "http" not in text


def test_the_title_states_the_bounds_of_the_world():
    (row,) = plain(figure("cell-capacity"), place="World", year=2030).iter_rows(named=True)
    assert span(row["value_low"], row["value_high"]) in figure("cell-capacity").views[""].title


def test_the_text_for_screen_readers_names_every_row_with_its_bounds():
    text = figure("cell-capacity").views[""].alt
    for place in ("World", "CHN", "USA", "Europe", "IND"):
        (row,) = plain(figure("cell-capacity"), place=place, year=2030).iter_rows(named=True)
        assert f"{places.name(place)}: {span(row['value_low'], row['value_high'])} GWh/yr" in text


def test_the_title_names_the_largest_domicile_abroad():
    rows = plain(figure("foreign-investment"), place="World").sort("value", descending=True)
    title = figure("foreign-investment").views[""].title
    assert places.name(rows["domicile"][0]) in title
    assert number(rows["value"][0]) in title


@pytest.mark.parametrize("name", NAMES)
def test_the_sources_are_those_of_the_rows_behind_the_figure(name):
    found = figure(name).sources
    assert all(isinstance(entry, Source) for entry in found)
    ids = [entry.id for entry in found]
    assert len(ids) == len(set(ids)) > (1 if name == "china-exports" else 15)
    cited = set()
    result = figure(name).result
    used = result.items.filter(pl.col("item").is_in(result.parts["item"].unique().implode()))
    records = {record for found in used["records"] for record in found}
    for table in tables_of(used["table"]):
        id = pl.col(schema(table).key[0])
        rows = atlas().evidence(table).filter(id.is_in(list(records)))
        cited |= set(sources_of(rows))
    assert cited <= set(ids) <= set(bibliography())


def test_a_figure_names_no_source_of_a_plant_that_is_not_in_it():
    drawn = figure("foreign-investment")
    shown = drawn.result.items.filter(
        pl.col("item").is_in(drawn.result.parts["item"].unique().implode())
    )
    records = {record for found in shown["records"] for record in found}
    used = atlas().evidence("plants").filter(pl.col("record").is_in(list(records)))
    behind = {*used["source"], *used["via"]}
    for table in ("firms", "assumptions"):
        rows = atlas().evidence(table)
        behind |= {
            id for column in ("source", "via") if column in rows.columns for id in rows[column]
        }
    assert {entry.id for entry in drawn.sources} <= behind


def test_the_python_side_names_its_figures_as_the_commands_do():
    assert mp.open().figures() == [
        "value-chain", "market-share", "cell-capacity", "china-exports", "cell-cost",
        "concentration", "lfp-outside-china", "sodium-ion-plants", "lithium-metal-plants",
        "silicon-anode-plants", "price-curves", "foreign-investment",
    ]  # fmt: skip
    with pytest.raises(UnknownWord, match="cell-capacity"):
        mp.open().figure("cell-capcity")


def test_a_figure_explains_itself_in_python():
    found = mp.open().figure("cell-capacity").explain(place="POL", year=2030)
    assert found.row["unit"] == "GWh/yr"
    assert found.totals()["value"] == found.row["value"]
    assert found.sources and found.records


def test_the_package_offers_its_atlas_and_nothing_that_is_not_there():
    assert mp.Atlas is type(mp.open())
    with pytest.raises(AttributeError, match="nonsense"):
        mp.nonsense  # noqa: B018


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_a_workspace_may_be_text_or_a_path(tmp_path, write, kind):
    from conftest import row
    from multipolar.evidence.imports import import_files
    from multipolar.evidence.store import Evidence

    rows = [row("plants", place="ISL", capacity="7")]
    import_files(Evidence(tmp_path / "own"), "plants", [write("plants", rows)])
    found = mp.open(workspace=kind(tmp_path / "own")).figure("cell-capacity")
    (row_,) = plain(found, place="ISL", year=2030).iter_rows(named=True)
    assert (row_["value_low"], row_["value"], row_["value_high"]) == (7, 7, 7)
    assert found.explain(place="ISL", year=2030).records == ["test-cell-works--01"]


def test_numbers_in_words():
    assert [number(v) for v in (0, 0.5872, 86.0, 999.6, 4597.9)] == [
        "0",
        "0.587",
        "86",
        "1,000",
        "4,600",
    ]
    assert span(4597.9, 4601) == "4,600"
    assert [listing(list("abcdef"[:n]), 3) for n in range(5)] == [
        "", "a", "a and b", "a, b and c", "a, b, c and 1 more",
    ]  # fmt: skip
