"""Do the chemistries of a plant make up the plant?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from industry_fixtures import atlas, plants
from multipolar.evidence.assumptions import Assumptions
from multipolar.industry.chemistry_mix import ABROAD, CHINA, mix, split
from multipolar.words.chemistries import chemistries, family

fractions = st.floats(0, 1)


def shares(text, lfp=0.25):
    return {name: share for name, share, _ in split(text, lfp)}


def assumed(text):
    return {name for name, _, guessed in split(text, 0.25) if guessed}


def test_one_chemistry_is_the_whole_plant():
    assert shares("NMC") == {"NMC": 1}
    assert assumed("NMC") == set()


def test_an_unknown_chemistry_stays_a_band_of_its_own():
    assert shares("unknown") == {"unknown": 1}


def test_published_shares_are_kept():
    assert shares("LFP:80|NMC:20", 0.1) == {"LFP": 0.8, "NMC": 0.2}
    assert assumed("LFP:80|NMC:20") == set()


def test_one_open_share_is_what_the_others_leave():
    assert shares("LFP:40|NMC") == {"LFP": 0.4, "NMC": pytest.approx(0.6)}
    assert assumed("LFP:40|NMC") == set()


@pytest.mark.parametrize("lfp", [0, 0.25, 0.64, 1])
@pytest.mark.parametrize("nickel", [("NMC",), ("NCA",), ("NMC", "NCA"), ("NMC", "LMR", "NCA")])
def test_lfp_and_nickel_are_split_by_the_assumption(lfp, nickel):
    text = "|".join(["LFP", *nickel])
    assert shares(text, lfp) == {"LFP": lfp} | {n: (1 - lfp) / len(nickel) for n in nickel}
    assert assumed(text) == {"LFP", *nickel}


def test_any_other_mix_is_split_equally():
    assert shares("LFP|Na-ion", 0.9) == {"LFP": 0.5, "Na-ion": 0.5}
    assert shares("LFP|NMC|unknown", 0.9) == dict.fromkeys(("LFP", "NMC", "unknown"), 1 / 3)


def test_chemistries_of_one_family_are_one_share():
    assert shares("LFP|LMFP") == {"LFP": 1}
    assert shares("LMFP|NMC", 0.3) == {"LFP": 0.3, "NMC": 0.7}


names = st.lists(st.sampled_from(sorted(chemistries())), min_size=1, max_size=3, unique_by=family)


@given(names, fractions)
def test_an_unpublished_mix_adds_up_to_one_whatever_is_assumed(found, lfp):
    assert sum(shares("|".join(found), lfp).values()) == pytest.approx(1, abs=1e-12)


@given(names, st.lists(st.integers(1, 100), min_size=3, max_size=3), fractions)
def test_a_mix_with_published_shares_adds_up_to_one(found, weights, lfp):
    weights = weights[: len(found)]
    sizes = [100 * weight / sum(weights) for weight in weights]
    text = "|".join(f"{name}:{size}" for name, size in zip(found, sizes, strict=True))
    assert sum(shares(text, lfp).values()) == pytest.approx(1, abs=1e-9)


@given(names, fractions)
def test_every_share_is_a_fraction(found, lfp):
    assert all(0 <= share <= 1 for share in shares("|".join(found), lfp).values())


@pytest.mark.parametrize("lfp", [None, 0, 0.25, 1 / 3, 1])
def test_every_bundled_plant_is_made_up_by_its_chemistries(lfp):
    found = mix(plants().sites, Assumptions(atlas().evidence_store), lfp)
    whole = dict.fromkeys(plants().sites["plant"], 0.0)
    for plant, share in found.select("plant", "share").iter_rows():
        whole[plant] += share
    assert list(whole.values()) == pytest.approx([1] * len(whole), abs=1e-9)


def test_a_guess_names_the_assumption_for_where_the_plant_stands():
    found = mix(plants().sites, Assumptions(atlas().evidence_store))
    places = dict(plants().sites.select("plant", "place").rows())
    guessed = found.drop_nulls("assumption")
    assert guessed.height
    for plant, name in guessed.select("plant", "assumption").rows():
        assert name == (CHINA if places[plant] == "CHN" else ABROAD)


def test_a_share_given_by_the_user_rests_on_no_assumption():
    found = mix(plants().sites, Assumptions(atlas().evidence_store), 0.5)
    assert found["assumption"].null_count() == found.height


def test_two_of_one_family_beside_nickel_add_up_to_one():
    assert shares("LFP|LMFP|NMC", 0.25) == {"LFP": 0.25, "NMC": 0.75}


def test_what_published_shares_leave_open_is_unknown():
    found = shares("LFP:60|NMC:20")
    assert found == {"LFP": 0.6, "NMC": 0.2, "unknown": pytest.approx(0.2)}
