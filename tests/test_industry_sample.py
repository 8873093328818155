"""Are draws of capacity centred on the figure, repeatable, and driven by named assumptions?"""

from dataclasses import replace

import numpy as np
import pytest

from industry_fixtures import atlas, figure, plain, plants
from multipolar.evidence.assumptions import Assumptions, spread
from multipolar.industry.claims.drawn import moved, result
from multipolar.industry.sample import BEFORE_2022, CATHODE, LIST_ERROR, TODAY, Sample
from multipolar.words.vocabularies import LOWER_BOUND, UPPER_BOUND

PLACES = ("World", "CHN", "USA", "Europe", "OECD-figure-3", "EMDM", "POL")
YEAR = 2030


@pytest.fixture(scope="module")
def sample():
    return Sample(atlas().evidence_store, plants())


@pytest.fixture(scope="module")
def central(sample):
    return sample.central()


def shown(place):
    (row,) = plain(figure("cell-capacity"), place=place, year=YEAR).iter_rows(named=True)
    return row


@pytest.mark.parametrize("place", PLACES)
def test_at_its_centre_a_sum_is_the_number_of_the_figure(central, place):
    assert central.bound(place, YEAR).tolist() == [shown(place)["value_low"]]
    assert central.bound(place, YEAR, UPPER_BOUND).tolist() == [shown(place)["value_high"]]
    assert central.expected(place, YEAR)[0] == pytest.approx(shown(place)["value"], abs=1e-3)


@pytest.mark.parametrize("place", PLACES)
def test_the_draws_lie_around_the_number_of_the_figure(sample, place):
    draws = sample.bound(place, YEAR)
    assert draws.shape == (sample.draws,)
    assert draws.min() < shown(place)["value_low"] < draws.max()
    assert (draws > 0).all()


def test_two_samples_draw_the_same(sample):
    again = Sample(atlas().evidence_store, plants())
    assert np.array_equal(sample.bound("World", YEAR), again.bound("World", YEAR))


def test_a_plant_has_the_same_error_in_every_sum(sample):
    thirds = sum(sample.bound(place, YEAR) for place in ("CHN", "OECD-figure-3", "EMDM"))
    assert np.allclose(sample.bound("World", YEAR), thirds, rtol=1e-12)


def test_draws_of_one_assumption_do_not_depend_on_what_else_is_drawn(sample):
    fixed = replace(sample, fixed=frozenset({LIST_ERROR}))
    for name in sample.sources_of_spread:
        if name != LIST_ERROR:
            assert np.array_equal(sample.of(name), fixed.of(name))


def test_a_stream_depends_on_its_name_alone():
    one, same, other = (spread(name, 0, 1, 2) for name in ("a", "a", "b"))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.15


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("statuses", [LOWER_BOUND, UPPER_BOUND])
def test_with_every_assumption_fixed_nothing_varies(sample, central, place, statuses):
    fixed = replace(sample, fixed=frozenset(sample.sources_of_spread))
    draws = fixed.bound(place, YEAR, statuses)
    assert draws.shape == (sample.draws,)
    assert set(draws.tolist()) == set(central.bound(place, YEAR, statuses).tolist())
    assert np.ptp(fixed.expected(place, YEAR)) == 0


@pytest.mark.parametrize("name", Sample(atlas().evidence_store, plants()).sources_of_spread)
def test_every_source_of_spread_is_an_assumption_with_a_range(name):
    entry = Assumptions(atlas().evidence_store)[name]
    assert entry.low < entry.high
    assert entry.low <= entry.central <= entry.high


@pytest.mark.parametrize("name", Sample(atlas().evidence_store, plants()).sources_of_spread)
def test_an_assumption_that_is_fixed_stays_at_its_centre(sample, name):
    fixed = replace(sample, fixed=frozenset({name}))
    assert set(fixed.of(name).tolist()) == {sample.assumptions.central(name)}


def test_plants_of_one_list_share_an_error_that_no_other_plant_has(sample):
    others = frozenset(sample.sources_of_spread) - {LIST_ERROR}
    alone = replace(sample, fixed=others)
    listed = alone.phases["lists"].is_not_null().to_list()
    assert any(listed) and not all(listed)
    for phase, on_list in enumerate(listed):
        wanted = alone.of(LIST_ERROR) if on_list else np.ones(alone.draws)
        assert np.array_equal(alone.error(phase), wanted)


def test_what_moves_a_sum_are_assumptions_largest_first(sample):
    found = moved(sample, lambda s: s.expected("World", YEAR))
    assert set(found) == set(sample.sources_of_spread)
    shares = list(found.values())
    assert shares == sorted(shares, reverse=True)
    assert all(share <= 1 for share in shares) and shares[0] > 0


def test_what_varies_with_one_assumption_alone_is_moved_by_it(sample):
    others = frozenset(sample.sources_of_spread) - {"industry.realisation.announced"}
    alone = replace(sample, fixed=others)
    assert moved(alone, lambda s: s.expected("World", YEAR)) == {
        "industry.realisation.announced": pytest.approx(1)
    }
    assert "industry.realisation.announced" not in moved(sample, lambda s: s.bound("World", YEAR))


def test_what_does_not_vary_is_moved_by_nothing_and_says_so(sample, central):
    assert moved(central, lambda s: s.bound("World", YEAR)) == {}
    found = result(sample, lambda s: np.full(s.draws, 7.0), ["some-row"], "so many")
    assert found.central == 7 and found.note == "so many; the same in every draw"
    assert set(found.assumptions) == set(sample.sources_of_spread)


def test_without_rows_there_is_no_result(sample):
    assert result(sample, lambda s: s.bound("World", YEAR), []) is None


@pytest.mark.parametrize("completeness", [TODAY, BEFORE_2022, CATHODE, ()])
def test_completeness_is_a_factor_of_its_own_on_the_capacity_of_a_place(sample, completeness):
    """One assumption for China and one for elsewhere, or one for both, or none."""
    whole = replace(sample, completeness=())
    drawn = replace(sample, completeness=completeness)
    assert set(completeness) <= set(drawn.sources_of_spread)
    for place, at in (("CHN", 0), ("USA", -1)):
        factor = sample.assumptions.draw(completeness[at]) if completeness else 1.0
        assert drawn.bound(place, YEAR) == pytest.approx(factor * whole.bound(place, YEAR))


def test_the_rows_behind_a_sum_are_those_of_the_figure(sample):
    wanted = figure("cell-capacity").explain(place="POL", year=YEAR).records
    assert list(sample.records("POL", YEAR)) == wanted
