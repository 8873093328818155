"""Do the chemistries nest as a tree, and which family does each belong to?"""

import pytest

from multipolar.words.chemistries import UNKNOWN, chemistries, family, get
from multipolar.words.errors import UnknownWord

ALL = sorted(chemistries())


def ancestors(chemistry):
    """The chain of parents; longer than the table means a cycle."""
    chain = []
    while (chemistry := get(chemistry).parent) and len(chain) <= len(ALL):
        chain.append(chemistry)
    return chain


@pytest.mark.parametrize("chemistry", ALL)
def test_every_chain_of_parents_ends_at_a_chemistry_without_parent(chemistry):
    chain = ancestors(chemistry)
    assert len(chain) == len(set(chain)) < len(ALL)
    assert chemistry not in chain


@pytest.mark.parametrize("chemistry", ALL)
def test_a_family_is_the_topmost_ancestor_below_li_ion(chemistry):
    lineage = [chemistry, *ancestors(chemistry)]
    assert family(chemistry) == [c for c in lineage if c != "Li-ion" or len(lineage) == 1][-1]
    assert family(family(chemistry)) == family(chemistry)


@pytest.mark.parametrize(
    ("chemistry", "expected"),
    [
        ("LMFP", "LFP"), ("NCA", "NCA"), ("NMC", "NMC"), ("Na-ion-PBA", "Na-ion"),
        ("Li-metal-solid-state-sulfide", "Li-metal"), ("Li-S", "Li-S"), ("Si-anode", "Si-anode"),
    ],
)  # fmt: skip
def test_families_by_hand(chemistry, expected):
    assert family(chemistry) == expected


def test_unknown_is_a_band_of_its_own():
    assert family(UNKNOWN) == UNKNOWN
    assert get(UNKNOWN).study_chemistry == ""
    assert [c for c in ALL if family(c) == UNKNOWN] == [UNKNOWN]


def test_the_study_groups_chemistries_by_six():
    grouped = {entry.study_chemistry for entry in chemistries().values()} - {""}
    assert grouped == {"NMC", "LFP", "Na-ion", "Si-anode", "Li-metal", "Li-S"}
    assert get("NCA").study_chemistry == "NMC"


@pytest.mark.parametrize("chemistry", ALL)
def test_a_child_stays_in_the_study_group_of_its_parent(chemistry):
    entry = get(chemistry)
    above = get(entry.parent).study_chemistry if entry.parent else ""
    assert above in ("", entry.study_chemistry)


def test_an_unknown_chemistry_is_refused_with_a_near_one():
    with pytest.raises(UnknownWord, match=r"unknown chemistry 'LFPP': did you mean .*LFP"):
        get("LFPP")
    with pytest.raises(UnknownWord):
        family("unobtainium")
