"""How sure is a count of projects, firms or plants that are on record?

Two things can be wrong with a count. A project may not exist as stated: each is drawn apart, with a
chance that depends on the confidence of its rows. And projects may be missing: from what a search
that finds one in *c* has found, k, the number not found follows a negative binomial distribution of
mean (k + 1/2)(c - 1) (Jeffreys' prior on a Poisson rate; see Raftery, 1988, Biometrika 75). The
same label draws the same, so that two counts of one thing agree. Counts, shape (draws,).
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import polars as pl

from multipolar.evidence.assumptions import DRAWS, SEED, Assumption, Assumptions, spread
from multipolar.evidence.store import Evidence

ERROR, COMPLETENESS = "industry.next-gen-error.{}", "industry.next-gen-completeness"
PLANT_ERROR, PLANT_COMPLETENESS = "industry.plant-error.{}", "industry.plant-completeness"
Draws = np.ndarray


@dataclass(frozen=True)
class Census:
    """Draws over projects (rows of ``table``; needs project and confidence).

    ``fixed`` assumptions stay at their central value; ``likeliest`` takes every project as it most
    likely is instead of drawing it. ``error`` (by confidence) and ``completeness`` name the
    assumptions of a count, ``beside`` those that can move a quantity besides.
    """

    evidence: Evidence
    table: pl.DataFrame
    draws: int = DRAWS
    fixed: frozenset[str] = frozenset()
    likeliest: bool = False
    error: str = ERROR
    completeness: str = COMPLETENESS
    beside: tuple[str, ...] = ()

    @property
    def sources_of_spread(self) -> tuple[str, ...]:
        """The assumptions that can move a count."""
        errors = (self.error.format(word) for word in ("high", "medium", "low"))
        return (*errors, self.completeness, *self.beside)

    def central(self) -> Self:
        """Every assumption at its central value and every project in its likeliest state."""
        return replace(self, draws=1, fixed=frozenset(self.sources_of_spread), likeliest=True)

    @cached_property
    def exists(self) -> np.ndarray:
        """Whether each project is as stated, shape (draws, projects)."""
        rows = self.table.select("project", "confidence").rows()
        words = self.table["confidence"].unique()
        error = {word: self.of(self.error.format(word)) / 100 for word in words}
        found = [self.luck(f"exists/{project}") >= error[word] for project, word in rows]
        return np.column_stack(found) if found else np.zeros((self.draws, 0), bool)

    def count(self, label: str, chosen: pl.Expr, unit: str = "project") -> Draws:
        """How many of the projects chosen there are (or firms, with ``unit`` "firm"), seen or not.

        ``label`` names what is counted; equal labels draw equally.
        """
        seen = self.seen(chosen, unit)
        known = self.table.filter(chosen)[unit].n_unique()
        return np.asarray(seen + self.unseen(label, known))

    def seen(self, chosen: pl.Expr, unit: str = "project", fits: np.ndarray | None = None) -> Draws:
        """How many of those on record are as stated (and ``fits``, shape (draws, projects))."""
        there = self.exists if fits is None else self.exists & fits
        groups: dict[Hashable, list[int]] = {}
        picked = self.table.with_row_index().filter(chosen)
        for index, name in picked.select("index", unit).rows():
            groups.setdefault(name, []).append(index)
        found = np.zeros(self.draws)
        for columns in groups.values():
            found += there[:, columns].any(axis=1)
        return found

    def standing(self, chosen: pl.Expr) -> np.ndarray:
        """Which of the chosen are as stated, shape (draws, projects); never none of them.

        What a first or middle project is like can only be asked where there is one: a draw that
        leaves nothing is replaced by one that leaves something, if any does.
        """
        there = self.exists & self.mask(chosen)
        some = there.any(axis=1)
        there[~some] = np.resize(there[some], (np.sum(~some), there.shape[1]))
        return np.asarray(there)

    def mask(self, chosen: pl.Expr) -> np.ndarray:
        """Which projects are chosen, shape (projects,)."""
        return np.asarray(self.table.select(chosen).to_series().to_numpy(), dtype=bool)

    def unseen(self, label: str, known: int) -> Draws:
        """How many more there are than the ``known`` ones on record."""
        missing = self.of(self.completeness, label) - 1
        expected = (known + 0.5) * missing
        if self.likeliest:
            return np.asarray(np.floor(expected))
        stream = np.random.default_rng([SEED, zlib.crc32(f"unseen/{label}".encode())])
        rate = stream.gamma(known + 0.5, 1.0, self.draws)
        return np.asarray(stream.poisson(rate * missing), dtype=float)

    def of(self, name: str, label: str = "") -> Draws:
        """Draws of an assumption; with a label of its own stream."""
        if name in self.fixed:
            return np.full(self.draws, self._assumptions.central(name))
        return self._assumptions.draw(name, self.draws, label=label)

    def luck(self, label: str) -> Draws:
        """Numbers between 0 and 1, evenly drawn; in the likeliest case the middle."""
        if self.likeliest:
            return np.full(self.draws, 0.5)
        return spread(label, 0.0, 0.5, 1.0, "uniform", self.draws)

    def chance(self, label: str, successes: int, cases: int) -> Draws:
        """A share known from so many cases (beta distribution with Jeffreys' prior)."""
        a, b = successes + 0.5, cases - successes + 0.5
        if self.likeliest:
            return np.full(self.draws, a / (a + b))
        stream = np.random.default_rng([SEED, zlib.crc32(f"chance/{label}".encode())])
        return stream.beta(a, b, self.draws)

    def assumption(self, name: str) -> Assumption:
        """An assumption on record. Raises UnknownWord."""
        return self._assumptions[name]

    @cached_property
    def _assumptions(self) -> Assumptions:
        return Assumptions(self.evidence)
