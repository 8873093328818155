"""Do the shares of the owners of a plant make up the plant, under both rules?"""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from industry_fixtures import atlas, plants
from multipolar.industry.overseas import owned
from multipolar.industry.owners import RULES, parse, shares
from multipolar.words.errors import UnknownWord


def test_known_shares_are_kept():
    assert parse("a:60|b:40") == {"a": (0.6, 0.6, 0.6), "b": (0.4, 0.4, 0.4)}


def test_one_blank_share_is_what_the_others_leave():
    assert parse("a:75|b:") == {"a": (0.75, 0.75, 0.75), "b": (0.25, 0.25, 0.25)}


def test_several_blank_shares_split_the_rest_equally_and_run_from_nothing_to_all_of_it():
    assert parse("a:|b:") == {"a": (0, 0.5, 1), "b": (0, 0.5, 1)}
    assert parse("a:50|b:|c:") == {
        "a": (0.5, 0.5, 0.5), "b": (0, 0.25, 0.5), "c": (0, 0.25, 0.5),
    }  # fmt: skip


def test_known_shares_of_less_than_the_whole_keep_their_proportion():
    found = parse("a:20|b:60")
    assert found["a"][1] == pytest.approx(0.25) and found["b"][1] == pytest.approx(0.75)


NAMES = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True)


@st.composite
def owners(draw):
    """Owners with shares of at most the whole, some of them blank."""
    names = draw(NAMES)
    cuts = sorted(draw(st.lists(st.integers(0, 1000), min_size=len(names), max_size=len(names))))
    sizes = [(b - a) / 10 for a, b in zip([0, *cuts], cuts, strict=False)]
    blank = draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    if not any(blank) and not sum(sizes):
        blank[0] = True
    return "|".join(
        f"{name}:{'' if open_ else size}"
        for name, size, open_ in zip(names, sizes, blank, strict=True)
    )


@given(owners())
def test_shares_add_up_to_one(text):
    found = parse(text)
    assert sum(share for _, share, _ in found.values()) == pytest.approx(1, abs=1e-9)


@given(owners())
def test_every_share_lies_inside_its_range_and_the_whole(text):
    for low, share, high in parse(text).values():
        assert 0 <= low <= share <= high <= 1 + 1e-9


@given(owners())
def test_every_owner_named_has_a_share(text):
    assert set(parse(text)) == {part.split(":")[0] for part in text.split("|")}


@given(owners(), st.randoms())
def test_the_order_of_the_owners_does_not_matter(text, random):
    parts = text.split("|")
    shuffled = parse("|".join(random.sample(parts, len(parts))))
    assert shuffled == {name: pytest.approx(share) for name, share in parse(text).items()}


@pytest.mark.parametrize("rule", RULES)
def test_every_bundled_plant_is_owned_exactly_once(rule):
    found = shares(plants().sites, atlas().evidence_store, rule)
    whole = found.group_by("plant").agg(pl.col("share").sum())
    assert set(whole["plant"]) == set(plants().sites["plant"])
    assert whole["share"].to_list() == pytest.approx([1] * whole.height)


@pytest.mark.parametrize("rule", RULES)
def test_what_owners_hold_adds_up_to_every_phase_exactly(rule):
    held = owned(plants(), atlas().evidence_store, rule)
    held = held.group_by("plant", "status").agg(pl.col("share").sum())
    phases = plants().additions.group_by("plant", "status").agg(pl.col("capacity").sum())
    assert sorted(held.rows()) == sorted(phases.rows())


def test_under_the_rule_lead_one_firm_holds_the_plant():
    found = shares(plants().sites, atlas().evidence_store, "lead")
    assert dict(found.select("plant", "owner").rows()) == dict(
        plants().sites.select("plant", "firm").rows()
    )
    assert found["plant"].is_unique().all()
    assert (found["low"] == 1).all() and (found["high"] == 1).all()


def test_a_share_is_flagged_as_assumed_where_nobody_published_it():
    found = shares(plants().sites, atlas().evidence_store, "equity")
    assert (found["assumed"] == (found["low"] < found["high"])).all()
    assert found["assumed"].any() and not found["assumed"].all()


def test_a_share_belongs_to_the_domicile_of_its_owner():
    homes = dict(atlas().evidence("firms").select("firm", "domicile").rows())
    found = shares(plants().sites, atlas().evidence_store, "equity")
    assert all(homes[owner] == home for owner, home in found.select("owner", "domicile").rows())


def test_another_rule_is_refused():
    with pytest.raises(UnknownWord, match="equity"):
        shares(plants().sites, atlas().evidence_store, "majority")


@pytest.mark.parametrize("text, share", [("a:30|a:30|b:40", 0.6), ("a:60|a:", 1.0), ("a:|a:", 1.0)])
def test_an_owner_named_twice_holds_both_shares(text, share):
    assert parse(text)["a"][1] == pytest.approx(share)


@pytest.mark.parametrize("text", ["a:0", "a:0|b:0", "a:0|b:"])
def test_owners_who_are_said_to_hold_nothing_still_make_up_the_whole(text):
    assert sum(share for _, share, _ in parse(text).values()) == pytest.approx(1)
