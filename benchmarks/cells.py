"""How fast is a cost over many draws, beside a plain loop and EMA Workbench, and its gradient?

The delivered cost of a Chinese cell in the European Union under what is in force on the day of the
newest quotes. Per draw and in CPU time: ours over all draws at once; the same function called in a
plain loop, once for each draw, with numbers (and ``math`` for its logarithms); the same as a model
of EMA Workbench with its evaluator without further processes. Ours with drawing stands beside the
Workbench, which draws too; ours without stands beside the loop. Then a pass with the derivative by
every input over one without, and the breakeven surface of two levers of many markets. All sides
take turns in each round; ratios are of the same round.

    python benchmarks/cells.py [ROUNDS]                  needs pip install ema_workbench
"""

from __future__ import annotations

import json
import logging
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np

from multipolar.cells import works
from multipolar.cells.breakeven import CREDIT, DUTY, surface
from multipolar.cells.costs import Costs
from multipolar.cells.levers import in_force
from multipolar.cells.market import Market, evaluate, market, slopes
from multipolar.cells.plant import Plant
from multipolar.cells.recipe import CHINA
from multipolar.evidence.store import Evidence

DRAWS, IN_LOOP, IN_WORKBENCH = 100_000, 3_000, 2_000
PLACES = ("EU27", "USA", "KOR", "JPN", "IND", "CAN", "DEU")
DESIGNS = ("LFP", "LMFP", "NMC622", "NMC811", "Na-ion-layered")
WEIGHED = ("plain", "gradient", "surface")
SIDE = 200
TARIFFS, CREDITS = np.linspace(0, 1, SIDE), np.linspace(0, 60, SIDE)


def markets(places: tuple[str, ...], designs: tuple[str, ...]) -> list[Market]:
    evidence = Evidence()
    day = Costs(evidence).day
    if day is None:
        raise SystemExit("no quotes on record")
    return [
        market(evidence, Plant(place, design, day), Plant(CHINA, design, day),
               in_force(evidence, place, CHINA, day).levers)
        for place in places
        for design in designs
    ]  # fmt: skip


def spent(function: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, and what came out."""
    began = time.process_time()
    found = function()
    return time.process_time() - began, found


def looped(one: Market, values: dict[str, Any]) -> list[float]:
    """One call for each draw, with plain numbers."""
    columns = {
        name: value[:IN_LOOP].tolist() if isinstance(value, np.ndarray) else [value] * IN_LOOP
        for name, value in values.items()
    }
    names = list(columns)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    with patch.object(works, "exp", math.exp), patch.object(works, "log", math.log):
        return [one.rival_price(row) for row in rows]


def workbench(one: Market) -> Callable[[], Any]:
    """The same function as a model of EMA Workbench, ready to be run."""
    from ema_workbench import Model, RealParameter, ScalarOutcome, SequentialEvaluator, ema_logging

    ema_logging.log_to_stderr(logging.ERROR)
    named = {entry.name: entry for entry in one.inputs if entry.low < entry.high}
    code = {f"p{nth}": name for nth, name in enumerate(named)}
    rest = {**one.inputs.central(), **one.levers.values()}

    def function(**given: float) -> dict[str, float]:
        x = rest | {code[short]: value for short, value in given.items()}
        return {"price": one.rival_price(x)}

    model = Model("cell", function=function)
    model.uncertainties = [
        RealParameter(short, named[name].low, named[name].high) for short, name in code.items()
    ]
    model.outcomes = [ScalarOutcome("price")]

    def run() -> Any:
        with (
            patch.object(works, "exp", math.exp),
            patch.object(works, "log", math.log),
            SequentialEvaluator(model) as evaluator,
        ):
            return evaluator.perform_experiments(scenarios=IN_WORKBENCH, log_progress=True)

    return run


def surfaces(found: list[Market]) -> int:
    return sum(surface(one, DUTY, CREDIT, TARIFFS, CREDITS).closed.size for one in found)


def alike(one: Market, run: Callable[[], Any]) -> None:
    """Stop where the loop or the Workbench says something else than the arrays."""
    values = one.values(DRAWS)
    mine = evaluate(one.rival_price, values, DRAWS)[:IN_LOOP]
    if not np.allclose(mine, looped(one, values), rtol=1e-12):
        raise SystemExit("the loop gives other numbers")
    given, outcomes = run()
    ranged = [entry.name for entry in one.inputs if entry.low < entry.high]
    its = {name: given[f"p{nth}"].to_numpy(float) for nth, name in enumerate(ranged)}
    mine = evaluate(one.rival_price, {**values, **its}, IN_WORKBENCH)
    if not np.allclose(mine, outcomes["price"], rtol=1e-12):
        raise SystemExit("the Workbench gives other numbers")


def peak(what: str) -> float:
    """Peak memory in MB of a process that does one thing."""
    command = [sys.executable, __file__, "--one", what]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout))


def one(what: str) -> None:
    found = markets(PLACES, DESIGNS) if what == "surface" else markets(("EU27",), ("LFP",))
    if what == "plain":
        found[0].draw(found[0].rival_price, DRAWS)
    elif what == "gradient":
        found[0].gradient(found[0].rival_price, DRAWS)
    elif what == "surface":
        surfaces(found)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def told(ratios: list[float]) -> str:
    return f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--one"]:
        one(arguments[1])
        return
    rounds = int(arguments[0]) if arguments else 9
    # First, since a process counts the peak of the one that starts it as its own.
    base, *peaks = (peak(what) for what in ("nothing", *WEIGHED))
    [cell] = markets(("EU27",), ("LFP",))
    many = markets(PLACES, DESIGNS)
    run = workbench(cell)
    alike(cell, run)
    values = cell.values(DRAWS)
    ours, drawn, loop, bench, slope, whole, closed = ([] for _ in range(7))  # type: ignore[var-annotated]
    for _ in range(rounds):
        ours.append(spent(lambda: evaluate(cell.rival_price, values, DRAWS))[0] / DRAWS)
        drawn.append(spent(lambda: cell.draw(cell.rival_price, DRAWS))[0] / DRAWS)
        loop.append(spent(lambda: looped(cell, values))[0] / IN_LOOP)
        bench.append(spent(run)[0] / IN_WORKBENCH)
        slope.append(spent(lambda: slopes(cell.rival_price, values, DRAWS))[0] / DRAWS)
        plain = spent(lambda: evaluate(cell.gap, values, DRAWS))[0]
        whole.append(spent(lambda: slopes(cell.gap, values, DRAWS))[0] / plain)
        began = time.perf_counter()
        surfaces(many)
        closed.append(time.perf_counter() - began)
    sides = {"ours": ours, "ours, drawing too": drawn, "plain loop": loop, "EMA Workbench": bench}
    print(f"delivered cost, {DRAWS:,} draws ({IN_LOOP:,} in the loop, {IN_WORKBENCH:,} in EMA "
          f"Workbench), {rounds} rounds; ratios: median (least to most)")  # fmt: skip
    for name, seconds in sides.items():
        print(f"  {name:18} {1e6 * median(seconds):9.3f} us of CPU a draw")
    pairs = {
        "plain loop over ours": (loop, ours),
        "EMA Workbench over ours, drawing too": (bench, drawn),
        "with gradient over without, delivered cost": (slope, ours),
    }
    for name, (above, below) in pairs.items():
        print(f"  {name}: {told([a / b for a, b in zip(above, below, strict=True)])}")
    print(f"  with gradient over without, gap: {told(whole)}")
    size = f"{SIDE} x {SIDE} x {len(PLACES)} places x {len(DESIGNS)} chemistries"
    print(f"breakeven surface of duty and credit, {size}, markets ready, drawing too: "
          f"{median(closed):.2f} s ({min(closed):.2f} to {max(closed):.2f})")  # fmt: skip
    memory = ", ".join(f"{what} {most:.0f}" for what, most in zip(WEIGHED, peaks, strict=True))
    print(f"peak memory in MB: {memory}; a process that only gets ready {base:.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
