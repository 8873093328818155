"""Do chosen rows of a figure stay what they are, and are ratios those of the rows named?"""

import polars as pl
import pytest

from industry_fixtures import VALUES, figure, multipolar
from multipolar.figures.table import rows
from multipolar.words import places
from multipolar.words.errors import MultipolarError

PLAIN = [("measure", "capacity"), ("status", "all"), ("chemistry", "all"), ("domicile", "all")]


def cells(**keys):
    return rows(figure("cell-capacity"), [*PLAIN, *((k, str(v)) for k, v in keys.items())])


def test_without_conditions_all_rows_are_there():
    assert rows(figure("cell-capacity")).equals(figure("cell-capacity").data)


def test_several_values_and_ranges_of_years_are_one_condition_each():
    found = cells(place="China,usa", year="2028..2030")
    assert set(found["place"]) == {"CHN", "USA"} and set(found["year"]) == {2028, 2029, 2030}
    assert found.height == 6


def test_within_a_group_only_its_countries_are_left_and_the_largest_come_first():
    found = rows(figure("cell-capacity"), [*PLAIN, ("year", "2030")], within="EU27", top=5)
    assert found.height == 5 and set(found["place"]) <= set(places.members("EU27"))
    assert found["value"].to_list() == sorted(found["value"], reverse=True)


def test_a_ratio_is_that_of_the_two_rows():
    over = rows(
        figure("cell-capacity"), [*PLAIN, ("place", "CHN")], over=("place", "OECD-figure-3")
    )
    assert set(over["unit"]) == {"ratio"}
    for row in over.iter_rows(named=True):
        above, below = (cells(place=p, year=row["year"]) for p in ("CHN", "OECD-figure-3"))
        ratios = [above[value][0] / below[value][0] for value in VALUES]
        assert row["value"] == ratios[1]
        assert (row["value_low"], row["value_high"]) == (min(ratios), max(ratios))


def test_a_row_over_itself_is_one():
    found = rows(figure("cell-capacity"), [*PLAIN, ("place", "USA")], over=("place", "USA"))
    assert found.height and found.select(pl.col(VALUES) == 1).to_numpy().all()


def test_a_place_without_a_row_gives_none():
    assert cells(place="Andorra", year=2030).is_empty()
    assert set(cells(place="Andorra,USA", year=2030)["place"]) == {"USA"}


def test_undivided_rows_are_those_of_the_defaults():
    found = rows(figure("cell-capacity"), [("year", "2030"), ("place", "CHN")], undivided=True)
    assert found.equals(cells(place="CHN", year=2030)) and found.height == 1
    split = rows(figure("cell-capacity"), [("year", "2030"), ("domicile", "KOR")], undivided=True)
    assert set(split["domicile"]) == {"KOR"} and set(split["chemistry"]) == {"all"}


@pytest.mark.parametrize(
    "where, within, over",
    [
        ([("firm", "catl")], "", None), ([("place", "Atlantis")], "", None),
        ([], "Atlantis", None), ([], "", ("status", "gone")),
    ],
)  # fmt: skip
def test_what_nobody_knows_is_refused(where, within, over):
    with pytest.raises(MultipolarError):
        rows(figure("cell-capacity"), where, within, over)


def test_a_table_for_people_says_what_all_rows_have_in_common(tmp_path):
    done = multipolar(
        "figure", "cell-capacity", "--format", "table", "--where", "year=2030",
        "--within", "North-America", cwd=tmp_path,
    )  # fmt: skip
    assert done.code == 0 and "measure capacity" in done.err
    assert [line.split()[0] for line in done.out.splitlines()] == ["place", "CAN", "USA"]


@pytest.mark.parametrize("more", [["--where", "year=2030"], ["--top", "3"], ["--within", "OECD"]])
def test_rows_of_a_picture_cannot_be_chosen(tmp_path, more):
    done = multipolar("figure", "cell-capacity", "--format", "svg", *more, cwd=tmp_path)
    assert done.code == 1 and "--format table" in done.err


def test_a_range_of_years_that_does_not_meet_any_leaves_no_row(tmp_path):
    assert cells(place="USA", year="1900..1910").is_empty()


@pytest.mark.parametrize("name", ["cell-capacity", "lfp-outside-china", "sodium-ion-plants"])
def test_the_largest_are_countries_of_one_year(name):
    found = rows(figure(name), top=5, undivided=True)
    assert found.height == found["place"].n_unique() == 5 and found["year"].n_unique() == 1
    assert set(found["place"]) <= set(places.countries())
    assert found["value"].to_list() == sorted(found["value"], reverse=True)


def test_years_and_groups_are_ranked_where_they_are_named():
    years = rows(figure("cell-capacity"), [*PLAIN, ("year", "2028..2030")], top=6)
    assert years["year"].n_unique() > 1
    groups = rows(figure("cell-capacity"), [("place", "World,USA"), ("year", "2030")], top=2,
                  undivided=True)  # fmt: skip
    assert groups["place"].to_list() == ["World", "USA"]


def test_a_good_is_ranked_by_its_newest_list_of_now():
    found = rows(figure("concentration"), top=100, undivided=True)
    assert found["year"].max() <= figure("concentration").result.evidence.year
    kinds = ["product", "basis", "source", "place"]
    assert found.select(kinds).is_unique().all()


def test_one_number_becomes_the_places_and_statuses_that_make_it_up():
    figure_ = figure("sodium-ion-plants")
    found = rows(figure_, undivided=True)
    (whole,) = figure_.data.filter(
        *(pl.col(dim).cast(pl.String) == word for dim, word in figure_.result.defaults.items())
    ).iter_rows(named=True)
    assert found.height > 5 and "all" not in found["status"]
    assert found["value"].sum() == whole["value"] and found["value_low"].sum() == whole["value_low"]
