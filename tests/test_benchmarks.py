"""Do the benchmarks still run? What they measure is no test."""

import runpy
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_provenance_is_measured_on_the_figures_as_they_are():
    of = runpy.run_path(str(BENCHMARKS / "provenance.py"))
    evidence = of["Evidence"]()
    assert min(of["seconds"](evidence), of["bare"](evidence)) > 0
