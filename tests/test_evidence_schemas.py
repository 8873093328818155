"""Do the schemas name only words, units and columns that exist?"""

import json
from importlib.resources import files

import pytest

from multipolar.evidence.schemas import POLARS_TYPES, schema, tables
from multipolar.words import units, vocabularies
from multipolar.words.errors import UnknownWord

#: Vocabularies that are not lists: each has a rule of its own.
RULED = {"place", "country", "mix", "unit", "source", "firm", "owners"}


@pytest.fixture(params=tables())
def described(request):
    return schema(request.param)


def test_a_table_schema_is_one_of_frictionless_data_in_shape(described):
    text = (files("multipolar.evidence") / "schemas" / f"{described.name}.json").read_text("utf-8")
    raw = json.loads(text)
    names = [field["name"] for field in raw["fields"]]
    assert len(set(names)) == len(names)
    assert all(field["type"] in POLARS_TYPES and field["description"] for field in raw["fields"])
    assert raw["title"] and raw["description"]


def test_a_table_names_columns_of_its_own(described):
    measured = [name for m in described.measures for name in (*m.values, m.unit)]
    named = {*described.key, *measured} | ({described.dated} - {None})
    assert named <= set(described.columns)


def test_the_key_and_the_date_of_a_row_are_required(described):
    for name in {*described.key, described.dated} - {None}:
        assert described.field(name).required


def test_every_vocabulary_and_quantity_exists(described):
    for field in described.fields:
        if field.vocabulary and field.vocabulary not in RULED:
            assert vocabularies.words(field.vocabulary)
    quantities = {quantity for measure in described.measures for quantity in measure.quantities}
    assert quantities <= {quantity for quantity, _ in units.units().values()}


def test_a_column_that_is_not_there_is_refused_with_a_near_one(described):
    with pytest.raises(UnknownWord, match=f"column of {described.name}"):
        described.field("nowhere")
