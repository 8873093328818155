"""How does a monthly series run when its season is taken out?

Logs of a positive series are divided into a season and the rest (STL, robust; Cleveland, Cleveland,
McRae and Terpenning, Journal of Official Statistics 6, 1990). China's lunar new year falls between
21 January and 20 February and moves trade between these two months. They are therefore taken
together, as China's own statistics do: both enter with their mean, and what divides them belongs to
the season. A regressor on the date was left aside: a handful of new years, one of them that of
2020, do not settle its slope.
Units: natural logs of the series' own unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from multipolar.words.errors import MultipolarError

YEAR = 12
#: Months from which a season can be told from a trend.
FEWEST = 2 * YEAR
#: Months from which an outlier can be told from the season: with two of a month, both are met
#: exactly, and robust weights rest on rounding.
ROBUST = 3 * YEAR
JANUARY, FEBRUARY = 0, 1


@dataclass(frozen=True)
class Season:
    """A series of logs in two parts that add up to it; arrays of shape (months,).

    ``ahead``: the season of each of the next twelve months, shape (12,).
    """

    adjusted: np.ndarray
    seasonal: np.ndarray
    ahead: np.ndarray


def adjust(values: np.ndarray, first: int) -> Season:
    """Take the season out of monthly values, shape (months,).

    ``first``: number of the first month (see ``series.number``); a multiple of twelve is a January.
    Raises MultipolarError for fewer than 24 months or values that have no log.
    """
    from statsmodels.tsa.seasonal import STL

    if len(values) < FEWEST:
        raise MultipolarError(f"a season needs {FEWEST} months; there are {len(values)}")
    if not np.all(np.isfinite(values)) or np.min(values) <= 0:
        raise MultipolarError("a month without trade has no season: the series must be above zero")
    logs = np.log(values)
    calendar = (first + np.arange(len(values) + YEAR)) % YEAR
    known, coming = calendar[: len(values)], calendar[len(values) :]
    split, usual = _split(values, known)
    robust = len(values) >= ROBUST
    seasonal = np.asarray(STL(logs - split, period=YEAR, robust=robust).fit().seasonal)
    ahead = seasonal[-YEAR:] + usual[coming]
    return Season(logs - split - seasonal, seasonal + split, ahead)


def _split(values: np.ndarray, calendar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What parts January and February from their mean: of each month, and usually by month.

    A month whose partner is not on record yet (or lies before the first) gets the usual part.
    """
    split, usual = np.zeros(len(values)), np.zeros(YEAR)
    januaries = np.flatnonzero((calendar[:-1] == JANUARY) & (calendar[1:] == FEBRUARY))
    mean = (values[januaries] + values[januaries + 1]) / 2
    for month in (JANUARY, FEBRUARY):
        parts = np.log(values[januaries + month] / mean)
        usual[month] = np.median(parts)
        split[calendar == month] = usual[month]
        split[januaries + month] = parts
    return split, usual
