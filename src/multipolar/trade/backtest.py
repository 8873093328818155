"""How well would a forecast have done, and how wide must its range be?

The procedure: at each month (*origin*) five models forecast the next twelve months from the data up
to then, and the one whose earlier forecasts had erred least by then is taken (mean absolute scaled
error, Hyndman and Koehler, International Journal of Forecasting 22, 2006). Everything here judges
that procedure, and nothing at an origin rests on a later month.

Models, on logs: seasonal naive; seasonal naive with drift; exponential smoothing with a damped
trend (Gardner and McKenzie, Management Science 31, 1985); Theta (Assimakopoulos and Nikolopoulos,
International Journal of Forecasting 16, 2000); the median of these four. The last two of the four
work on the series without its season and get the season of the last year back.

The range of a month reaches as far up as down, in logs: the 80 % quantile of the size of the errors
that the procedure had made by then at the same distance. That of a sum rests on the same errors,
taken together as they came, and is never wider than those of its months. Signs are left aside,
since they stay the same for years and turn when growth does. Quantiles with signs held 48 to 79 %
of China's months by region; that was seen before the choice, so that the coverage told is a little
too kind.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from multipolar.trade.season import FEWEST, YEAR, adjust
from multipolar.trade.series import Series

HORIZON = 12
NAIVE, DRIFT, DAMPED, THETA = "seasonal naive", "seasonal naive with drift", "damped trend", "Theta"
MODELS = (NAIVE, DRIFT, DAMPED, THETA, "median of four")
#: Errors below which there is no range, and origins before the first that is judged.
FEWEST_ERRORS, LEARNING = 8, 24
#: Percentage of outcomes that a range is to hold, and ends of the interval of a score.
HELD, SCORED = 80, (5, 95)
BLOCK, RESAMPLES, SEED = 12, 2000, 2026


@dataclass(frozen=True)
class Backtest:
    """What the procedure forecast for one series at every origin.

    ``actual``: values, shape (months,). ``points``: its forecasts, shape (origins, 12); the first
    origin is month FEWEST of the series, the last its end. ``models``: the model taken at each.
    """

    actual: np.ndarray
    points: np.ndarray
    models: tuple[str, ...]

    def range(self, origin: int, months: int) -> np.ndarray | None:
        """Low, central and high of the sum of so many months from an origin on.

        Ends are the 10 and 90 percentiles over the courses that errors took at earlier origins,
        each up and down, each month drawn as wide as its own range: months that erred together do
        so again. Never wider than the months' ranges end to end. ``origin``: months known then.
        Shape (3,); None where too few errors were known.
        """
        path = self.path(origin, months)
        if path is None:
            return None
        central, wide = path[:, 1], np.log(path[:, 2] / path[:, 1])
        courses = np.column_stack(
            [self.errors(origin, ahead, months) for ahead in range(1, months + 1)]
        )
        usual = np.percentile(np.abs(courses), HELD, axis=0)
        drawn = wide * np.divide(courses, usual, out=np.zeros_like(courses), where=usual > 0)
        sums = np.exp(np.concatenate([drawn, -drawn])) @ central
        low, high = np.percentile(sums, (50 - HELD / 2, 50 + HELD / 2))
        least, middle, most = path.sum(axis=0)
        return np.array([min(max(low, least), middle), middle, max(min(high, most), middle)])

    def path(self, origin: int, months: int = HORIZON) -> np.ndarray | None:
        """Ranges of the months after an origin, shape (months, 3); a later one is no surer."""
        errors = [self.errors(origin, ahead, ahead) for ahead in range(1, months + 1)]
        if len(errors[-1]) < FEWEST_ERRORS:
            return None
        width = [
            np.percentile(np.abs(known), HELD) * widening(len(known), ahead)
            for ahead, known in enumerate(errors, 1)
        ]
        factor = np.exp(np.maximum.accumulate(width))
        central = self.points[origin - FEWEST, :months]
        return np.column_stack([central / factor, central, central * factor])

    def errors(self, origin: int, ahead: int, run: int) -> np.ndarray:
        """Logs of what came over what was forecast so many months ahead, by all earlier origins of
        which at least ``run`` months had come."""
        earlier = np.arange(FEWEST, origin - run + 1)
        said = self.points[earlier - FEWEST, ahead - 1]
        return np.asarray(np.log(self.actual[earlier + ahead - 1] / said))


@dataclass(frozen=True)
class Score:
    """What the procedure is worth on one series.

    ``skill``: 1 less the ratio of its mean absolute error to that of the seasonal naive forecast,
    with the 5 to 95 interval of a block bootstrap over origins. ``inside`` of ``judged`` outcomes
    lay in the range that is to hold 80 % of them, with a binomial interval in which the twelve
    overlapping forecasts of an origin count as one.
    """

    skill: float
    low: float
    high: float
    mase: float
    origins: int
    inside: int
    judged: int
    inside_low: float
    inside_high: float

    @property
    def shown(self) -> bool:
        """Whether the interval of the skill leaves out zero."""
        return self.low > 0 or self.high < 0


def backtest(series: Series) -> Backtest:
    """The procedure at every origin of a series. Raises MultipolarError as ``season.adjust``."""
    values = np.array(series.values)
    paths = _paths(series.first, series.values)
    taken = [_choice(values[:origin], paths) for origin in range(FEWEST, len(values) + 1)]
    points = np.exp(paths[np.arange(len(taken)), taken])
    return Backtest(values, points, tuple(MODELS[index] for index in taken))


def score(found: Backtest) -> Score | None:
    """What the procedure is worth; None where fewer than 24 origins can be judged."""
    from scipy.stats import binomtest

    months = len(found.actual)
    origins = np.arange(FEWEST + LEARNING, months)
    if len(origins) < LEARNING:
        return None
    ours, naive, inside = np.zeros((3, len(origins), HORIZON))
    known = origins[:, None] + np.arange(HORIZON) < months
    scale = np.empty(len(origins))
    for row, origin in enumerate(origins):
        came = found.actual[origin : origin + HORIZON]
        count = len(came)
        said = found.points[origin - FEWEST, :count]
        before = found.actual[origin - YEAR : origin][:count]
        ours[row, :count], naive[row, :count] = np.abs(came - said), np.abs(came - before)
        path = found.path(int(origin))
        if path is None:
            known[row] = False
            continue
        inside[row, :count] = (path[:count, 0] <= came) & (came <= path[:count, 2])
        scale[row] = _scale(found.actual[:origin])
    rows = _blocks(len(origins))
    skills = 1 - ours.sum(axis=1)[rows].sum(axis=1) / naive.sum(axis=1)[rows].sum(axis=1)
    low, high = np.percentile(skills, SCORED)
    judged, hits = int(known.sum()), int(inside[known].sum())
    whole = judged / HORIZON
    binomial = binomtest(round(hits / HORIZON), round(whole)).proportion_ci(0.9, "exact")
    return Score(
        skill=float(1 - ours.sum() / naive.sum()),
        low=float(low),
        high=float(high),
        mase=float((ours / scale[:, None])[known].mean()),
        origins=len(origins),
        inside=hits,
        judged=judged,
        inside_low=float(binomial.low),
        inside_high=float(binomial.high),
    )


def widening(errors: int, overlap: int) -> float:
    """By how much a quantile of few errors is too small for the next one.

    As of a normal sample of unknown mean and spread: t over normal quantile, times the root of
    1 + 1/n. Errors over so many months overlap, so that n is their number over the months, but at
    least 3.
    """
    from scipy.stats import norm, t

    count = max(errors / overlap, 3.0)
    level = 0.5 + HELD / 200
    return float(t.ppf(level, count - 1) / norm.ppf(level) * np.sqrt(1 + 1 / count))


@lru_cache(maxsize=64)
def _paths(first: int, values: tuple[float, ...]) -> np.ndarray:
    """Logs forecast by each model at each origin, shape (origins, models, 12)."""
    series = np.array(values)
    return np.stack(
        [forecasts(series[:origin], first) for origin in range(FEWEST, len(values) + 1)]
    )


def forecasts(values: np.ndarray, first: int) -> np.ndarray:
    """Logs that each model forecasts for the next twelve months, shape (models, 12)."""
    logs, season = np.log(values), adjust(values, first)
    last, drift = logs[-YEAR:], np.mean(logs[YEAR:] - logs[:-YEAR])
    smooth = [model(season.adjusted) + season.ahead for model in (damped, theta)]
    four = np.stack([last, last + drift, *smooth])
    return np.vstack([four, np.median(four, axis=0)])


def damped(level: np.ndarray) -> np.ndarray:
    """Exponential smoothing with a damped trend, shape (12,)."""
    from statsmodels.tsa.holtwinters import Holt

    model = Holt(level, damped_trend=True, initialization_method="estimated")
    return _fitted(model)


def theta(level: np.ndarray) -> np.ndarray:
    """Theta: exponential smoothing with half the slope of the straight trend, shape (12,).

    As in Hyndman and Billah, International Journal of Forecasting 19, 2003.
    """
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    slope = float(np.polyfit(np.arange(len(level)), level, 1)[0])
    model = SimpleExpSmoothing(level, initialization_method="estimated")
    flat = _fitted(model)
    weight = float(model.params["smoothing_level"])
    lag = (1 - (1 - weight) ** len(level)) / weight
    return np.asarray(flat + slope / 2 * (np.arange(HORIZON) + lag))


def _fitted(model: Any) -> np.ndarray:
    """The forecast of a model of statsmodels, fitted."""
    with warnings.catch_warnings():
        # That a smoothing weight ends at its bound, or a search early, is no news to a user.
        warnings.simplefilter("ignore")
        # Other methods start threads of linear algebra that cost more than the fit.
        return np.asarray(model.fit(method="SLSQP").forecast(HORIZON))


def _choice(values: np.ndarray, paths: np.ndarray) -> int:
    """The model with the least mean absolute scaled error by now; the naive one at the start."""
    errors = []
    for origin in range(FEWEST, len(values)):
        came = values[origin : origin + HORIZON]
        said = np.exp(paths[origin - FEWEST, :, : len(came)])
        errors.append(np.abs(said - came) / _scale(values[:origin]))
    if not errors:
        return 0
    return int(np.argmin(np.concatenate(errors, axis=1).mean(axis=1)))


def _scale(values: np.ndarray) -> float:
    """Mean absolute error of the seasonal naive forecast of the data themselves."""
    return float(np.mean(np.abs(values[YEAR:] - values[:-YEAR])))


def _blocks(origins: int) -> np.ndarray:
    """Rows of a circular block bootstrap, shape (resamples, origins)."""
    stream = np.random.default_rng(SEED)
    starts = stream.integers(0, origins, (RESAMPLES, -(-origins // BLOCK)))
    rows = (starts[:, :, None] + np.arange(BLOCK)) % origins
    return np.asarray(rows.reshape(RESAMPLES, -1)[:, :origins])
