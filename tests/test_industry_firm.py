"""Do holdings of firms conserve capacity, and do firms under one parent count as one?"""

import polars as pl
import pytest

from conftest import row
from industry_fixtures import atlas, own_evidence, plants
from multipolar.industry.firm import holdings
from multipolar.industry.owners import RULES, by_parent
from multipolar.words.errors import UnknownWord


@pytest.mark.parametrize("rule", RULES)
def test_every_bundled_plant_is_held_exactly_once_by_parents(rule):
    held = by_parent(plants().sites, atlas().evidence_store, rule)
    whole = held.group_by("plant").agg(pl.col("share").sum())
    assert set(whole["plant"]) == set(plants().sites["plant"])
    assert whole["share"].to_list() == pytest.approx([1] * whole.height)


@pytest.mark.parametrize("rule", RULES)
def test_all_firms_together_hold_all_capacity(rule):
    evidence = atlas().evidence_store
    tops = by_parent(plants().sites, evidence, rule)["parent"].unique()
    held = [holdings(evidence, top, plants()).data for top in tops.head(60)]
    parts = by_parent(plants().sites, evidence, rule).filter(pl.col("parent").is_in(tops.head(60)))
    sizes = plants().additions.group_by("plant").agg(pl.col("capacity").sum())
    wanted = parts.join(sizes, on="plant").select((pl.col("share") * pl.col("capacity")).sum())
    world = pl.concat(held).filter(
        (pl.col("place") == "World") & (pl.col("rule") == rule) & (pl.col("status") != "all")
    )
    assert world["value"].sum() == pytest.approx(wanted.item(), abs=1e-3)


def test_a_daughter_counts_as_its_parent(tmp_path):
    firms = [
        row("firms", firm="mother", name="Mother", domicile="DEU"),
        row("firms", firm="daughter", name="Daughter", domicile="DEU", parent="mother"),
    ]
    mine = row("plants", firm="daughter", owners="daughter:60|catl:40", capacity="10")
    evidence = own_evidence(tmp_path, {"firms": firms, "plants": [mine]})
    found = holdings(evidence, "mother").explain()
    assert found.row["value"] == pytest.approx(6, abs=1e-5)
    assert holdings(evidence, "Mother").explain(rule="lead").row["value"] == 10
    assert found.totals()["value"] == found.row["value"]


def test_a_circle_of_parents_ends(tmp_path):
    firms = [
        row("firms", firm="mother", name="Mother", domicile="DEU", parent="daughter"),
        row("firms", firm="daughter", name="Daughter", domicile="DEU", parent="mother"),
    ]
    evidence = own_evidence(tmp_path, {"firms": firms})
    held = by_parent(plants().sites, evidence)
    assert held.height


def test_an_unknown_firm_is_refused():
    with pytest.raises(UnknownWord):
        holdings(atlas().evidence_store, "no-such-firm")
