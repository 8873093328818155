"""Can a user fill in the template of any table and import it?"""

import csv
import io

import pytest

from conftest import ROWS
from multipolar.evidence.imports import import_files, importable, template
from multipolar.evidence.schemas import schema, tables
from multipolar.evidence.store import Evidence
from multipolar.words.errors import UnknownWord


def test_every_table_but_the_claims_of_the_study_is_importable():
    assert set(importable()) == set(tables()) - {"claims"} == set(ROWS)


@pytest.mark.parametrize("table", importable())
def test_a_filled_in_template_imports(table, write, workspace):
    header = next(csv.reader(io.StringIO(template(table))))
    filled = io.StringIO(template(table))
    filled.seek(0, io.SEEK_END)
    csv.DictWriter(filled, header, restval="").writerow(ROWS[table])
    [done] = import_files(Evidence(workspace), table, [write(table, filled.getvalue())])
    assert done.new and done.record.rows == 1
    stored = Evidence(workspace).table(table)
    [mine] = stored.filter(stored["origin"] == done.record.id).iter_rows(named=True)
    for column, cell in ROWS[table].items():
        value = mine[column]
        assert value == (float(cell) if isinstance(value, int | float) else cell), column
    assert all(mine[column] is None for column in set(header) - set(ROWS[table]))


@pytest.mark.parametrize("table", tables())
def test_a_template_has_every_column_once_and_no_row(table):
    [header] = csv.reader(io.StringIO(template(table)))
    assert header == schema(table).columns
    assert len(set(header)) == len(header)


def test_a_template_of_no_table_is_refused_with_a_near_name():
    with pytest.raises(UnknownWord, match="unknown table 'plant': did you mean plants"):
        template("plant")
