"""Of several rows about one thing, does the rule believe the right one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multipolar.evidence.conflicts import ranked, rule
from multipolar.evidence.schemas import schema
from multipolar.words import vocabularies
from multipolar.words.errors import UnknownWord
from multipolar.words.files import read_rows

RULES = read_rows("multipolar.evidence", "data/rules.csv")
FIELDS = sorted({(row["table"], row["field"]) for row in RULES})
BY_DATE = sorted({row["field"] for row in RULES if row["prefer"] == "latest"})
WORDS = [row for row in RULES if row["prefer"] not in ("filled", "latest")]


def plant(name, **changes):
    return {
        "name": name, "firm": "x", "date": "2024-05-01", "status_date": "2024-05-01",
        "status": "operating", "confidence": "medium", "capacity_basis": "full site",
        "coordinate_basis": "town",
    } | changes  # fmt: skip


def order(field, *rows):
    return [row["name"] for row in ranked(list(rows), "plants", field)]


@pytest.mark.parametrize("blank", [None, ""])
def test_a_filled_cell_is_believed_before_a_blank_one(blank):
    rows = plant("blank", firm=blank, confidence="high"), plant("filled", confidence="low")
    assert order("identity", *rows) == ["filled", "blank"]


def test_the_latest_date_is_believed_first_and_a_month_counts_as_its_last_day():
    dates = ["2024-05-30", "2024-05", "2024", "2023", None, "2024-06-01"]
    rows = [plant(str(text), date=text) for text in dates]
    expected = ["2024", "2024-06-01", "2024-05", "2024-05-30", "2023", "None"]
    assert order("owners", *rows) == expected


def test_words_are_believed_in_the_order_of_the_rule():
    rows = [plant(word, confidence=word) for word in ("low", "high", "medium")]
    assert order("chemistry", *rows) == ["high", "medium", "low"]


def test_words_of_one_tier_are_believed_alike_and_the_next_step_decides():
    rows = [
        plant("list", capacity_basis="list maximum", date="2026"),
        plant("older", capacity_basis="full site", date="2022"),
        plant("newer", capacity_basis="company", date="2023"),
    ]
    assert order("site", *rows) == ["newer", "older", "list"]


@pytest.mark.parametrize("word", [None, "nobody knows"])
def test_a_word_that_the_rule_does_not_name_is_believed_last(word):
    rows = plant("unnamed", confidence=word, date="2026"), plant("low", confidence="low")
    assert order("chemistry", *rows) == ["low", "unnamed"]


def test_an_earlier_step_outweighs_a_later_one():
    rows = [
        plant("newer", status_date="2025-01-02", status="announced", confidence="low"),
        plant("firmer", status_date="2025-01-01", status="under construction", confidence="high"),
    ]
    assert order("status", *rows) == ["newer", "firmer"]


def test_ties_keep_their_order():
    names = ["c", "a", "b"]
    assert order("chemistry", *[plant(name) for name in names]) == names


@given(st.permutations(range(6)), st.sampled_from(BY_DATE))
def test_rows_that_differ_in_date_are_ranked_alike_in_whatever_order_they_come(places, field):
    rows = [plant(str(i), date=f"201{i}", status_date=f"201{i}") for i in places]
    assert order(field, *rows) == ["5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize(("table", "field"), FIELDS)
def test_a_rule_names_columns_of_its_table_and_counts_its_steps(table, field):
    rows = [row for row in RULES if (row["table"], row["field"]) == (table, field)]
    assert sorted(int(row["step"]) for row in rows) == list(range(1, len(rows) + 1))
    assert {step.column for step in rule(table, field)} <= set(schema(table).columns)


@pytest.mark.parametrize("row", WORDS, ids=lambda row: f"{row['field']}-{row['step']}")
def test_a_rule_names_only_words_of_its_column_and_none_twice(row):
    named = [word.strip() for tier in row["prefer"].split(">") for word in tier.split("=")]
    assert len(set(named)) == len(named)
    assert set(named) <= set(
        vocabularies.words(schema(row["table"]).field(row["column"]).vocabulary)
    )


def test_a_field_without_a_rule_is_refused_with_those_that_have_one():
    with pytest.raises(UnknownWord, match="unknown rule of plants 'statuses': did you mean status"):
        ranked([], "plants", "statuses")
