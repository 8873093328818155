"""Do the benchmarks still run? What they measure is no test."""

import runpy
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_provenance_is_measured_on_the_figures_as_they_are():
    of = runpy.run_path(str(BENCHMARKS / "provenance.py"))
    evidence = of["Evidence"]()
    assert min(of["seconds"](evidence), of["bare"](evidence)) > 0


def test_the_cost_of_cells_is_the_same_drawn_at_once_and_one_by_one():
    of = runpy.run_path(str(BENCHMARKS / "cells.py"))
    [found] = of["markets"](("EU27",), ("LFP",))
    values = found.values(of["IN_LOOP"])
    at_once = of["evaluate"](found.rival_price, values, of["IN_LOOP"])
    assert at_once == pytest.approx(of["looped"](found, values), rel=1e-12)
    assert of["surfaces"]([found]) == of["SIDE"] ** 2
