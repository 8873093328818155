"""Does the benchmark of linkage count as it should? What it measures is no test."""

import runpy
from pathlib import Path

import polars as pl
import pytest

from linkage_fixtures import Score

OF = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "linkage.py"))


def test_wilson_interval_of_a_known_case():
    # 81 of 263 (Newcombe 1998, Statistics in Medicine 17, 857-872, table I).
    assert OF["wilson"](81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_the_peer_takes_each_plant_once():
    likely = pl.DataFrame(
        {
            "incoming": ["a", "a", "b", "b"],
            "plant": ["x", "y", "x", "y"],
            "probability": [0.9, 0.8, 0.85, 0.1],
        }
    )
    assert OF["best"](likely, 0.05) == {"a": "y", "b": "x"}
    assert OF["best"](likely, 0.86) == {"a": "x"}


def test_scores_add_up():
    found = Score(8, 1, 3) + Score(1, 1, 1)
    assert (found.precision, found.recall) == pytest.approx((9 / 11, 9 / 13))
    assert found.f1 == pytest.approx(2 * 9 / (2 * 9 + 2 + 4))
