"""Linkage as such: every id once, counts that add up, the same answer in any order, no wrong links
however a list is misspelt."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from linkage_fixtures import Task, evidence, halves, left_out, linked, links_of, plants, score
from multipolar.industry.linkage import Linked, link

#: Countries of which a few plants are enough to be quick.
FEW = ("FRA", "HUN", "POL", "SVK", "SRB", "MAR", "CAN")


def firms() -> pl.DataFrame:
    return evidence().table("firms")


def some(*places: str) -> pl.DataFrame:
    return plants().filter(pl.col("place").is_in(places or FEW))


def renamed(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as somebody else's list, which has other ids for everything."""
    return rows.with_columns(
        pl.format("list-{}", "plant").alias("plant"),
        pl.format("list-{}", "record").alias("record"),
        pl.lit(None, pl.String).alias("identifier"),
    )


def add_up(found: Linked, incoming: pl.DataFrame, known: pl.DataFrame) -> None:
    counts, how = found.counts, dict(found.plants.group_by("how").len().iter_rows())
    steps = counts["identifier"] + counts["evidence"] + counts["review"] + counts["new"]
    assert counts["incoming"] == incoming["plant"].n_unique() == counts["merged"] + steps
    assert counts["known before"] == known["plant"].n_unique()
    assert counts["known after"] == counts["known before"] + counts["new"]
    assert sum(how.values()) == counts["incoming"]
    fresh = found.plants.filter(how="new")
    assert fresh["plant"].n_unique() == counts["new"] + counts["review"]
    assert not set(fresh["plant"]) & set(known["plant"])
    assert set(found.review["incoming"]) <= set(fresh["incoming"])
    assert found.review["incoming"].n_unique() == counts["review"]
    assert found.plants["probability"].is_between(0, 1).all()


def test_known_plants_linked_to_themselves_are_themselves():
    found = link(plants(), plants(), firms())
    assert found.plants["how"].unique().to_list() == ["identifier"]
    assert found.plants["incoming"].to_list() == found.plants["plant"].to_list()
    assert found.counts["identifier"] == found.counts["known after"] == found.counts["incoming"]
    add_up(found, plants(), plants())


@pytest.fixture(scope="module")
def split() -> tuple[Task, Linked]:
    """The lists of every plant on two sides, linked."""
    return (task := halves(0)), linked(task)


def test_counts_add_up(split):
    task, found = split
    add_up(found, task.incoming, task.known)
    assert min(found.counts.values()) >= 0
    assert found.counts["evidence"] > 100
    assert found.counts["review"] > 10


def test_an_id_in_use_is_numbered_for_a_new_plant():
    known = some("SVK", "SRB")
    other = renamed(some("MAR")).with_columns(pl.lit(known["plant"][0]).alias("plant"))
    found = link(other.head(1), known, firms())
    assert found.plants["plant"].to_list() == [f"{known['plant'][0]}-2"]
    add_up(found, other.head(1), known)


def test_the_order_of_rows_does_not_matter():
    known = some()
    incoming = renamed(known.sample(fraction=0.6, shuffle=True, seed=1))
    first = link(incoming, known, firms())
    for seed in range(3):
        mixed = [
            rows.sample(fraction=1.0, shuffle=True, seed=seed)
            for rows in (incoming, known, firms())
        ]
        other = link(*mixed)
        assert_frame_equal(first.plants, other.plants)
        assert_frame_equal(first.review, other.review)
        assert first.counts == other.counts


def test_a_known_plant_is_taken_by_one_plant_of_the_list_at_most(split):
    _, found = split
    # Ids that share a known plant have been merged into one plant of the list before.
    assert found.plants.filter(how="evidence")["plant"].n_unique() == found.counts["evidence"]


def test_lists_of_one_plant_find_each_other(split):
    task, found = split
    reached = score(task, links_of(found))
    assert reached.precision >= 0.93, reached
    assert reached.recall >= 0.93, reached


def test_plants_that_nobody_knew_come_out_new_and_once():
    task = left_out(3)
    found = linked(task)
    wrong = links_of(found)
    assert len(wrong) <= 0.1 * len(task.truth), wrong
    fresh = found.plants.filter(how="new")
    truth = pl.Series([task.truth[id] for id in fresh["incoming"]])
    pairs = fresh.select("plant", truth.alias("truth")).unique()
    # One id for one plant, but for a few in a hundred.
    assert pairs.height <= 1.1 * pairs["truth"].n_unique()
    assert pairs.height <= 1.05 * pairs["plant"].n_unique()


def test_an_identifier_counts_within_its_publisher_country_and_stage():
    known = some("CAN").head(1).with_columns(
        pl.lit("X-1").alias("identifier"), pl.lit("cim-2024q4").alias("source"),
        pl.lit(None, pl.String).alias("via"),
    )  # fmt: skip
    later = renamed(known).with_columns(
        pl.lit("X-1").alias("identifier"), pl.lit("cim-2026q2").alias("source"),
        pl.lit("Another name").alias("name"), pl.lit("byd").alias("firm"),
    )  # fmt: skip
    assert link(later, known, firms()).plants["how"].to_list() == ["identifier"]
    for change in ({"source": "other-2026"}, {"place": "USA"}, {"stage": "recycling"}):
        changed = later.with_columns(pl.lit(value).alias(name) for name, value in change.items())
        assert link(changed, known, firms()).plants["how"].to_list() == ["new"], change


def test_another_owner_is_never_linked_by_evidence_alone():
    known = some("POL").filter(plant="pl-lges-wroclaw")
    sold = renamed(known.head(1)).with_columns(pl.lit("byd").alias("firm"))
    found = link(sold, known, firms())
    assert found.plants["how"].to_list() == ["new"]


def test_phases_of_one_site_are_one_plant_with_a_step_of_its_own():
    site = plants().filter(plant="us-toyota-liberty", source="cim-2026q2")
    phases = site.with_columns(pl.col("identifier").str.to_lowercase().alias("plant"))
    known = plants().filter(pl.col("plant") != "us-toyota-liberty", place="USA")
    found = link(phases, known, firms())
    assert phases["plant"].n_unique() == found.counts["merged"] + 1 == 4
    assert found.plants["plant"].n_unique() == 1
    add_up(found, phases, known)


def test_a_blank_stage_meets_materials_but_not_cells():
    known = plants().filter(pl.col("plant").is_in(["us-tesla-gigatexas", "us-lgchem-clarksville"]))
    blank = renamed(known).with_columns(pl.lit(None, pl.String).alias("stage"))
    found = links_of(link(blank, known, firms()))
    assert found == {"list-us-lgchem-clarksville": "us-lgchem-clarksville"}


@pytest.mark.parametrize("empty", ["incoming", "known", "firms"])
def test_nothing_to_link_is_no_error(empty):
    frames = {"incoming": renamed(some("SVK")), "known": some("SVK"), "firms": firms()}
    frames[empty] = frames[empty].clear()
    found = link(**frames)
    add_up(found, frames["incoming"], frames["known"])


def misspelt(draw: st.DrawFn, text: str) -> str:
    """Two letters exchanged, one left out, other case, or as it is."""
    at = draw(st.integers(0, max(len(text) - 2, 0)))
    kind = draw(st.sampled_from(["as it is", "exchanged", "left out", "upper", "lower"]))
    if kind == "exchanged":
        return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    if kind == "left out":
        return text[:at] + text[at + 1 :]
    return {"upper": text.upper(), "lower": text.lower()}.get(kind, text)


@st.composite
def spoilt(draw: st.DrawFn) -> pl.DataFrame:
    """Some known rows as a careless list would have them, some of another country or stage."""
    rows = some("FRA", "HUN", "POL")
    chosen = draw(st.lists(st.integers(0, rows.height - 1), min_size=1, max_size=6, unique=True))
    found = []
    for n in chosen:
        row = rows.row(n, named=True)
        row["name"], row["town"] = (misspelt(draw, row[c] or "") for c in ("name", "town"))
        if draw(st.booleans()):
            row["latitude"] = row["longitude"] = row["coordinate_basis"] = None
        row["place"] = draw(st.sampled_from([row["place"], "FRA", "HUN"]))
        row["stage"] = draw(st.sampled_from([row["stage"], "cell", "separator"]))
        found.append(row)
    return renamed(pl.DataFrame(found, schema=rows.schema, orient="row"))


@settings(max_examples=20)
@given(spoilt())
def test_no_link_crosses_a_country_or_a_stage(incoming):
    known = some("FRA", "HUN", "POL")
    found = link(incoming, known, firms())
    add_up(found, incoming, known)
    for id, plant in links_of(found).items():
        mine, theirs = incoming.filter(plant=id), known.filter(plant=plant)
        assert set(mine["place"]) & set(theirs["place"]), (id, plant)
        assert set(mine["stage"]) & set(theirs["stage"]), (id, plant)
