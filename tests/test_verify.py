"""Does every claim of the study get a verdict, with the keys of the contract?"""

from collections import Counter

import pytest

from industry_fixtures import atlas
from multipolar.cells import claims as cells
from multipolar.evidence.claims import claims
from multipolar.evidence.sources import STUDY, bibliography
from multipolar.policy import claims as policy
from multipolar.verify import scoreboard, to_dict, verify

VERDICTS = {"reproduced", "differs", "undecided", "carried", "calibrated", "not-computable"}
KEYS = {
    "claim",
    "figure",
    "room",
    "statement",
    "reported",
    "computed",
    "verdict",
    "sources",
    "note",
}


@pytest.fixture(scope="module")
def all_verdicts():
    return verify(atlas().evidence_store, everything=True)


@pytest.fixture(scope="module")
def entries(all_verdicts):
    return [to_dict(verdict) for verdict in all_verdicts]


def test_every_claim_of_the_study_is_judged_once(entries):
    assert len(entries) == 409
    assert [e["claim"] for e in entries] == list(claims(atlas().evidence_store))


def test_unless_all_are_wanted_the_numbers_of_the_study_are_judged_and_again_alike(all_verdicts):
    own = [to_dict(v) for v in verify(atlas().evidence_store)]
    assert len(own) == 175
    assert own == [to_dict(v) for v in all_verdicts if v.claim.own_number]


def test_an_entry_has_the_keys_of_the_contract(entries):
    for entry in entries:
        assert set(entry) == KEYS
        assert set(entry["reported"]) == {"low", "high", "unit", "comparator"}
        assert set(entry["computed"]) == {"low", "central", "high"}
        assert entry["verdict"] in VERDICTS


def test_what_is_computed_is_in_order_and_what_is_not_says_what_it_needs(entries):
    for entry in entries:
        found = entry["computed"]
        if entry["verdict"] == "not-computable":
            assert set(found.values()) == {None} and entry["sources"] == []
        else:
            assert found["low"] <= found["high"]
            assert entry["sources"]
    assert any(entry["note"].startswith("needs") for entry in entries)


@pytest.mark.parametrize("figure", ["3", "18"])
def test_the_numbers_that_the_study_states_for_our_figures_are_judged(all_verdicts, figure):
    stated = [v for v in all_verdicts if v.claim.figure == figure and v.claim.own_number]
    assert stated
    assert [v.claim.claim for v in stated if v.verdict == "not-computable"] == []


def test_a_number_of_another_room_waits_for_it(all_verdicts):
    rooms = {v.claim.room for v in all_verdicts if v.verdict != "not-computable"}
    assert rooms <= {"words", "evidence", "cells", "industry", "policy", "trade"}


def test_what_waits_in_a_room_that_exists_says_for_what(all_verdicts):
    told = {v.claim.claim: v for v in all_verdicts}
    for claim in ("fig16-levels", "fig6-high-end-density"):
        assert told[claim].verdict == "not-computable"
        assert "not built yet" in told[claim].note
    reasons = {**cells.REASONS, **policy.REASONS}
    for claim, why in reasons.items():
        assert told[claim].verdict == "not-computable" and why in told[claim].note


def test_a_result_that_rests_on_the_study_alone_is_carried(all_verdicts):
    alone = [v for v in all_verdicts if v.sources == [STUDY]]
    assert alone
    assert {v.verdict for v in alone} == {"carried"}


def test_nothing_that_rests_on_the_study_alone_is_reproduced_or_contradicted(all_verdicts):
    decided = [v for v in all_verdicts if v.verdict in ("reproduced", "differs", "undecided")]
    assert decided
    assert all(set(v.sources) - {STUDY} for v in decided)


def test_every_source_of_a_verdict_is_in_the_bibliography(entries):
    assert {id for entry in entries for id in entry["sources"]} <= set(bibliography())


def test_the_scoreboard_counts_every_verdict(all_verdicts):
    counts = Counter(verdict.verdict for verdict in all_verdicts)
    found = scoreboard(all_verdicts)
    assert set(found) == VERDICTS
    assert found == {name: counts[name] for name in found}
    assert sum(found.values()) == 409
