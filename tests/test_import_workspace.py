"""Does a workspace of an earlier version open, and is one that is damaged still named?"""

import polars as pl
import pytest

from conftest import plants
from import_fixtures import own
from multipolar.evidence.imports import import_files
from multipolar.evidence.schemas import schema
from multipolar.evidence.store import Evidence
from multipolar.words.errors import EvidenceError

OPTIONAL = [field.name for field in schema("plants").fields if not field.required]
REQUIRED = [field.name for field in schema("plants").fields if field.required]


@pytest.fixture
def rows(workspace, write):
    """The stored rows of an import of two plants, one of which has an id of its list."""
    file = write("plants", plants({"identifier": "7"}, {"capacity": "", "unit": "",
                                                       "capacity_basis": ""}))  # fmt: skip
    import_files(Evidence(workspace), "plants", [file])
    return next(workspace.glob("imports/*/rows.csv"))


@pytest.mark.parametrize("column", OPTIONAL)
def test_an_optional_column_that_is_newer_than_the_workspace_is_blank(workspace, rows, column):
    before = own(workspace)
    pl.read_csv(rows, infer_schema=False).drop(column).write_csv(rows)
    assert own(workspace) == {id: row | {column: None} for id, row in before.items()}
    assert Evidence(workspace).table("plants").schema == Evidence().table("plants").schema


@pytest.mark.parametrize("column", REQUIRED)
def test_without_a_required_column_it_is_damaged(workspace, rows, column):
    pl.read_csv(rows, infer_schema=False).drop(column).write_csv(rows)
    with pytest.raises(EvidenceError, match="damaged rows in"):
        own(workspace)


def test_with_a_column_that_nobody_knows_it_is_damaged(workspace, rows):
    pl.read_csv(rows, infer_schema=False).with_columns(colour=pl.lit("red")).write_csv(rows)
    with pytest.raises(EvidenceError, match="damaged rows in"):
        own(workspace)
