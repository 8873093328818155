"""Do the closed lists hold the words that the rest relies on?"""

import pytest

from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows
from multipolar.words.vocabularies import APART, LOWER_BOUND, UPPER_BOUND, words


def test_no_word_stands_twice_in_its_list():
    rows = read_rows("multipolar.words", "vocabularies.csv")
    assert len({(row["vocabulary"], row["word"]) for row in rows}) == len(rows)


def test_the_statuses_are_those_of_the_design():
    assert set(words("status")) == {
        "operating", "under construction", "announced", "paused", "cancelled", "closed", "unknown",
    }  # fmt: skip


def test_the_upper_bound_adds_what_is_announced():
    assert set(UPPER_BOUND) - set(LOWER_BOUND) == {"announced"}
    assert set(LOWER_BOUND) == {"operating", "under construction"}


def test_a_status_is_in_the_bounds_or_shown_apart_or_gone():
    assert {"cancelled", "closed"} == set(words("status")) - set(UPPER_BOUND) - set(APART)
    assert not set(UPPER_BOUND) & set(APART)


def test_an_unknown_list_is_refused_with_a_near_one():
    with pytest.raises(UnknownWord, match="unknown vocabulary 'statuses': did you mean status"):
        words("statuses")
