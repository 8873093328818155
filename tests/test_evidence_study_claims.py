"""Are the study's claims all there, in our own words, and can each be held against a number?"""

import re
from collections import Counter

import numpy as np
import pytest

from multipolar.evidence.claims import claims, compare
from multipolar.words import vocabularies

RUN = 10


@pytest.fixture(scope="module")
def found(evidence):
    return claims(evidence)


def test_there_are_409_claims_of_which_175_state_or_list_a_number(found):
    assert len(found) == 409
    assert sum(claim.own_number for claim in found.values()) == 175
    assert set(Counter(c.value_basis for c in found.values())) == {
        "stated",
        "listed",
        "read",
        "none",
    }


def test_a_claim_has_a_comparator_exactly_when_it_has_a_number(found):
    for claim in found.values():
        numbers = {claim.value_low, claim.value_high} - {None}
        assert bool(claim.comparator) == bool(numbers) == (claim.value_basis != "none"), claim
        assert claim.comparator in {"", *vocabularies.words("comparator")}


def test_every_claim_with_a_comparator_can_be_held_against_draws(found):
    verdicts = {compare(c, np.arange(10.0), 5.0) for c in found.values() if c.comparator}
    assert verdicts <= {"reproduced", "differs", "undecided"}


def test_the_low_end_of_a_claim_is_not_above_its_high_end(found):
    both = [
        (c.value_low, c.value_high)
        for c in found.values()
        if None not in (c.value_low, c.value_high)
    ]
    assert both and all(low <= high for low, high in both)


def runs(text):
    """Every run of ten consecutive words, without case and punctuation."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def test_no_statement_shares_ten_words_in_a_row_with_the_study(found, shared):
    study = runs(shared("report", "report.txt").read_text(encoding="utf-8"))
    assert len(study) > 5000
    copied = {id: c.statement for id, c in found.items() if runs(c.statement) & study}
    assert copied == {}
