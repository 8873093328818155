"""Can claims be held against what was on record at an earlier date, however little that was?"""

import pytest

from industry_fixtures import last_day, multipolar
from multipolar import open as open_atlas
from multipolar.evidence.claims import claims, judge
from multipolar.industry.claims import computable, compute
from multipolar.industry.claims.room import Industry


@pytest.mark.parametrize("day", ["2023-12-31", "2025-06-30"])
def test_no_verdict_rests_on_a_row_that_came_later(day):
    evidence = open_atlas(as_of=day).evidence_store
    used = 0
    for claim in computable():
        found = compute(Industry(evidence), claim)
        if found is None:
            continue
        tables = ({found.table: found.records} if found.records else {}) | found.more
        for table, records in tables.items():
            rows = evidence.table(table)
            dates = dict(rows.select("record", "date").rows())
            assert all(str(last_day(dates[record])) <= day for record in records)
            used += len(records)
        assert judge(claims(evidence)[claim], found, evidence).verdict
    assert used > 100


@pytest.mark.parametrize("day", ["1990-01-01", "2018-12-31", "2020-12-31", "2022-06-30"])
def test_with_few_rows_on_record_claims_are_not_computable(tmp_path, day):
    done = multipolar("verify", "--format", "json", "--as-of", day, cwd=tmp_path)
    assert done.code == 0
    assert len(done.json) == 175
