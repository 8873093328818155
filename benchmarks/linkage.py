"""Is linkage better than splink trained without labels, on the same pairs and blocks?

The hand-checked sample (``tests/linkage_sample.csv``) list by list, with everything taken out of
what is known that came from the list. splink (Linacre et al. 2022, International Journal of
Population Data Science 7, a Fellegi-Sunter model in DuckDB) gets the same rows and blocks, all
spellings of firms and partners, towns, points, words of names, chemistries, capacities and years,
and learns by expectation maximisation. Its links are those from a probability on, one-to-one by the
best assignment: from one half, and from the threshold that is best on the sample itself. Then our
own tests on splits of the bundled plants. Prints precision, recall and F1 with Wilson intervals of
95 %, seconds and peak memory, each method in a process of its own.
"""

from __future__ import annotations

import importlib.util
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import linkage_fixtures as sample
from linkage_fixtures import Score, Task, score
from multipolar.industry.linkage.compare import blocks
from multipolar.industry.linkage.firms import Firms, firms_of
from multipolar.industry.linkage.units import Unit, publisher, units

#: Two-sided 95 % point of the normal distribution.
Z = 1.959963984540054
THRESHOLDS = [0.5, *np.round(np.arange(0.05, 1.0, 0.05), 2), 0.99, 0.999]
SPLITS = range(6)


@dataclass(frozen=True)
class Measured:
    name: str
    scores: dict[str, Score]
    seconds: float
    megabytes: float


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    share, width = hits / of, Z**2 / of
    middle = (share + width / 2) / (1 + width)
    half = Z / (1 + width) * np.sqrt(share * (1 - share) / of + width / (4 * of))
    return middle - half, middle + half


def ours(tasks: list[Task]) -> dict[str, Score]:
    found = [score(task, sample.links_of(sample.linked(task))) for task in tasks]
    return {"linkage": total(found)}


def splink_em(tasks: list[Task]) -> dict[str, Score]:
    pairs = [(task, splink_pairs(task)) for task in tasks]
    found = {}
    for threshold in THRESHOLDS:
        links = [score(task, best(likely, threshold)) for task, likely in pairs]
        found[f"splink, from {threshold:g}"] = total(links)
    leader = max(found, key=lambda name: found[name].f1)
    half = "splink, from 0.5"
    return {half: found[half], f"{leader} (its best on the sample)": found[leader]}


def splink_pairs(task: Task) -> pl.DataFrame:
    """incoming, plant, probability of every pair of a block."""
    from splink import Linker, SettingsCreator, block_on
    from splink.blocking_rule_library import CustomRule

    about = firms_of(task.firms)
    listed = frame(units(task.incoming, about), "incoming", about)
    known = frame(units(task.known, about), "known", about)
    # Learned on the plants as each list tells them, of which many are one; labels stay unseen.
    read_in = pl.coalesce("via", "source").map_elements(publisher, pl.String)
    told = task.known.with_columns((pl.col("plant") + "--" + read_in).alias("told"))
    single = frame(units(told, about, "told"), "known", about)
    block = "l.place = r.place and list_has_any(l.makes, r.makes)"
    described = comparisons()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        learner = Linker(
            duckdb().register(pl.concat([single, listed]).to_arrow()),
            SettingsCreator("dedupe_only", described, [CustomRule(block)]),
            log_level=logging.ERROR,
        )
        learner.training.estimate_probability_two_random_records_match(
            [CustomRule(f"{block} and list_has_any(l.firms, r.firms) and l.town = r.town")],
            recall=0.7,
        )
        learner.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in (block_on("firm", "place"), block_on("town", "place")):
            learner.training.estimate_parameters_using_expectation_maximisation(rule)
        model = learner.misc.save_model_to_json() | {"link_type": "link_only"}
        database = duckdb()
        sides = [database.register(side.to_arrow()) for side in (listed, known)]
        linker = Linker(sides, model, log_level=logging.ERROR)
        scored = linker.inference.predict().as_duckdbpyrelation().pl()
    mine = pl.col("source_dataset_l") == "incoming"
    rows = scored.select(
        pl.when(mine).then("unique_id_l").otherwise("unique_id_r").alias("incoming"),
        pl.when(mine).then("unique_id_r").otherwise("unique_id_l").alias("plant"),
        pl.col("match_probability").alias("probability"),
    )
    return rows.join(in_blocks(task), on=["incoming", "plant"], how="semi")


def duckdb() -> Any:
    """A database for splink, with the lambdas that splink writes."""
    from duckdb import connect
    from splink.backends.duckdb import DuckDBAPI

    connection = connect()
    connection.execute("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")
    return DuckDBAPI(connection)


def in_blocks(task: Task) -> pl.DataFrame:
    """The pairs that our linkage compares."""
    about = firms_of(task.firms)
    left, right = units(task.incoming, about), units(task.known, about)
    found = []
    for block in blocks(left, right, about):
        for a, b in zip(*np.nonzero(block.meet), strict=True):
            found.append((left[block.left[a]].id, right[block.right[b]].id))
    return pl.DataFrame(found, schema=["incoming", "plant"], orient="row")


def comparisons() -> list[object]:
    import splink.comparison_level_library as level
    import splink.comparison_library as compare

    return [
        compare.CustomComparison(
            [
                level.CustomLevel("len(firms_l) = 0 or len(firms_r) = 0").configure(
                    is_null_level=True
                ),
                level.CustomLevel("list_has_any(firms_l, firms_r)"),
                level.PairwiseStringDistanceFunctionLevel("spellings", "jaro_winkler", 0.95),
                level.CustomLevel(
                    "list_has_any(firms_l, partners_r) or list_has_any(partners_l, firms_r)"
                ),
                level.PairwiseStringDistanceFunctionLevel("spellings", "jaro_winkler", 0.88),
                level.ElseLevel(),
            ],
            output_column_name="firms",
        ),
        compare.CustomComparison(
            [
                level.CustomLevel("len(towns_l) = 0 or len(towns_r) = 0").configure(
                    is_null_level=True
                ),
                level.CustomLevel("list_has_any(towns_l, towns_r)"),
                level.PairwiseStringDistanceFunctionLevel("towns", "jaro_winkler", 0.92),
                level.ElseLevel(),
            ],
            output_column_name="towns",
        ),
        compare.DistanceInKMAtThresholds("latitude", "longitude", [2, 15, 50]),
        compare.ArrayIntersectAtSizes("telling", [1]),
        compare.ArrayIntersectAtSizes("chemistries", [1]),
        compare.CustomComparison(
            [
                level.NullLevel("capacity"),
                level.PercentageDifferenceLevel("capacity", 0.1),
                level.PercentageDifferenceLevel("capacity", 0.5),
                level.ElseLevel(),
            ],
            output_column_name="capacity",
        ),
        compare.CustomComparison(
            [
                level.NullLevel("year"),
                level.AbsoluteDifferenceLevel("year", 1),
                level.AbsoluteDifferenceLevel("year", 3),
                level.ElseLevel(),
            ],
            output_column_name="year",
        ),
    ]


def frame(told: list[Unit], side: str, about: Firms) -> pl.DataFrame:
    """Units as splink takes them: lists of words, the surest point, the largest capacity."""
    rows = [
        {
            "unique_id": unit.id,
            "source_dataset": side,
            "place": unit.place,
            "makes": sorted(unit.makes),
            "firm": min(unit.firms),
            "firms": sorted(unit.firms),
            "partners": sorted(unit.partners),
            "spellings": sorted(
                {" ".join(name) for f in unit.firms for name in spellings(about, f)}
            ),
            "town": min(unit.towns, default=None),
            "towns": sorted(unit.towns),
            "latitude": min(unit.points, key=lambda p: p[2])[0] if unit.points else None,
            "longitude": min(unit.points, key=lambda p: p[2])[1] if unit.points else None,
            "telling": sorted(unit.telling) or None,
            "chemistries": sorted(unit.chemistries) or None,
            "capacity": max((size for _, size in unit.capacities), default=None),
            "year": float(min(unit.years)) if unit.years else None,
        }
        for unit in told
    ]
    words = pl.List(pl.String)
    types = dict.fromkeys(
        ("makes", "firms", "partners", "spellings", "towns", "telling", "chemistries"), words
    )
    numbers = dict.fromkeys(("latitude", "longitude", "capacity", "year"), pl.Float64)
    texts = dict.fromkeys(("unique_id", "source_dataset", "place", "firm", "town"), pl.String)
    schema = {name: (types | numbers | texts)[name] for name in rows[0]}
    return pl.DataFrame(rows, schema=schema, orient="row")


def spellings(about: Firms, firm: str) -> list[list[str]]:
    return about.written.get(firm) or [firm.split("-")]


def best(likely: pl.DataFrame, threshold: float) -> dict[str, str]:
    """One-to-one links from a threshold on, with the highest total probability."""
    from scipy.optimize import linear_sum_assignment

    chosen = likely.filter(pl.col("probability") >= threshold)
    left, right = (sorted(set(chosen[name])) for name in ("incoming", "plant"))
    gain = np.zeros((len(left), len(right)))
    for incoming, plant, probability in chosen.iter_rows():
        gain[left.index(incoming), right.index(plant)] = probability
    pairs = zip(*linear_sum_assignment(gain, maximize=True), strict=True)
    return {left[a]: right[b] for a, b in pairs if gain[a, b] > 0}


def total(scores: list[Score]) -> Score:
    return sum(scores, Score(0, 0, 0))


def measured(method: Callable[[list[Task]], dict[str, Score]]) -> Measured:
    tasks = sample.tasks()
    start = time.perf_counter()
    scores = method(tasks)
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(method.__name__, scores, seconds, megabytes)


def apart(method: Callable[[list[Task]], dict[str, Score]]) -> Measured:
    """The measurement in a fresh process, so that memory is the method's own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measured, method).result()


def told(name: str, found: Score) -> str:
    shares = []
    links, plants = found.right + found.wrong, found.right + found.missed
    for of, value in ((links, found.precision), (plants, found.recall)):
        low, high = wilson(found.right, of) if of else (0.0, 1.0)
        shares.append(f"{value:.3f} ({low:.3f}-{high:.3f})")
    return f"{name:40} precision {shares[0]}, recall {shares[1]}, F1 {found.f1:.3f}"


def splits() -> None:
    halves = [sample.halves(seed) for seed in SPLITS]
    print(told("lists of a plant on two sides", ours(halves)["linkage"]))
    wrong = listed = plants = ids = 0
    for task in (sample.left_out(seed) for seed in SPLITS):
        found = sample.linked(task)
        links = sample.links_of(found)
        fresh = found.plants.filter(how="new")
        wrong, listed = wrong + len(links), listed + len(task.truth)
        ids += fresh["plant"].n_unique()
        plants += len({task.truth[id] for id in fresh["incoming"]})
    low, high = wilson(wrong, listed)
    print(
        f"plants that nobody knew: {wrong} of {listed} ids linked, {wrong / listed:.3f} "
        f"({low:.3f}-{high:.3f}); the others are {plants} plants and got {ids} ids"
    )


def main() -> None:
    pairs = sample.sample()
    print(f"{pairs.height} pairs, {pairs['plant'].n_unique()} plants of lists")
    found = [apart(ours)]
    if importlib.util.find_spec("splink"):
        found.append(apart(splink_em))
    else:
        print("splink is not installed; pip install splink==5.* for the comparison")
    for one in found:
        for name, reached in one.scores.items():
            print(told(name, reached))
        print(f"{one.name:40} {one.seconds:.1f} s, peak {one.megabytes:.0f} MB")
    splits()


if __name__ == "__main__":
    main()
