"""Do errors say what is wrong, where, and what to do?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.words import errors
from multipolar.words.errors import SHOWN, Fault, FaultyInput, MultipolarError, UnknownWord

COLOURS = ["red", "green", "blue"]


def test_the_nearest_word_is_offered_first():
    message = str(UnknownWord("colour", "gren", COLOURS))
    assert message.startswith("unknown colour 'gren': did you mean green")


def test_case_does_not_hide_a_near_word():
    assert "did you mean red" in str(UnknownWord("colour", "RED", COLOURS))


def test_without_a_near_word_the_known_ones_are_listed_in_order():
    assert (
        str(UnknownWord("colour", "7", COLOURS)) == "unknown colour '7': known are blue, green, red"
    )


def test_of_many_known_words_some_are_listed():
    message = str(UnknownWord("number", "x", map(str, range(100))))
    assert message.endswith(" ...")
    assert message.count(",") == SHOWN - 1


def test_no_known_word_at_all_is_said_without_failing():
    assert str(UnknownWord("row", "x", [])).startswith("unknown row 'x'")


@given(st.text())
def test_the_message_for_any_word_names_it_and_stays_in_one_line(word):
    message = str(UnknownWord("colour", word, COLOURS))
    assert repr(word) in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "error", [errors.UnknownWord, errors.UnitMismatch, errors.EvidenceError, errors.FaultyInput]
)
def test_every_error_that_a_user_may_see_is_of_one_tree(error):
    assert issubclass(error, MultipolarError)


@pytest.mark.parametrize(
    ("row", "column", "where"),
    [
        (3, "unit", "a.csv, row 3, column unit"),
        (3, None, "a.csv, row 3"),
        (None, "unit", "a.csv, column unit"),
        (None, None, "a.csv"),
    ],
)
def test_a_fault_says_where_it_is_and_what_to_do(row, column, where):
    assert (
        str(Fault("a.csv", row, column, "it is wrong", "mend it"))
        == f"{where}: it is wrong; mend it"
    )


def test_a_refusal_counts_and_lists_every_fault_of_every_file():
    found = [Fault("b.csv", 2, None, "one", "do"), Fault("a.csv", 3, None, "two", "do")]
    first, *lines = str(FaultyInput(found)).splitlines()
    assert first == "refused a.csv, b.csv: 2 faults, nothing was stored"
    assert [line.strip() for line in lines] == [str(fault) for fault in found]


def test_a_single_fault_is_not_called_faults():
    assert "1 fault, nothing was stored" in str(FaultyInput([Fault("a.csv", 2, None, "one", "do")]))
