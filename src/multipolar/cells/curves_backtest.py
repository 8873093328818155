"""How often did what came lie inside the range that the curve would have given before?

At each year with enough history (*origin*) the curve is fitted to the prices up to it and forecasts
every later year on record, with the volumes that came, so that the curve is judged and not an
outlook of volumes. Prices are those known today, not those published at the time. Outcomes of one
year are judged from many origins and follow each other, so that the interval of the share counts
years and not judgements; it is the exact binomial one (Clopper and Pearson, Biometrika 26, 1934).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from multipolar.cells.curves_fit import FEWEST, fit, variance

#: Percentage of outcomes that a range is to hold, and of the interval of the share.
HELD, SURE = 80, 0.9


@dataclass(frozen=True)
class Backtest:
    """``inside`` of ``judged`` outcomes from ``origins`` origins lay in the 10-90 range.

    ``low`` and ``high``: interval of that share, from ``years`` years that were judged.
    """

    inside: int
    judged: int
    origins: int
    years: int
    low: float
    high: float

    def told(self) -> str:
        """One line, and no more than it shows."""
        return (
            f"backtest: {self.inside} of {self.judged} later prices lay inside the 10-90 range, "
            f"from {self.origins} origins; with {self.years} years to judge by, the share that it "
            f"holds is {100 * self.low:.0f} to {100 * self.high:.0f} % (90 % interval)"
        )


def backtest(
    price: np.ndarray, experience: np.ndarray, autocorrelation: float = 0.0
) -> Backtest | None:
    """The score of a series of prices by year; None with too few years to judge any."""
    from scipy.stats import binomtest

    hits = [
        inside
        for origin in range(FEWEST, len(price) - 1)
        for inside in held(price, experience, origin, autocorrelation)
    ]
    if not hits:
        return None
    years = len(price) - 1 - FEWEST
    inside = sum(hits)
    share = binomtest(round(inside / len(hits) * years), years).proportion_ci(SURE, "exact")
    return Backtest(int(inside), len(hits), years, years, float(share.low), float(share.high))


def held(
    price: np.ndarray, experience: np.ndarray, origin: int, autocorrelation: float = 0.0
) -> list[bool]:
    """Whether each price after an origin (an index) lay inside the range forecast at it."""
    low, high = forecast(price[: origin + 1], experience, autocorrelation)
    return [bool(a <= b <= c) for a, b, c in zip(low, price[origin + 1 :], high, strict=True)]


def forecast(
    known: np.ndarray, experience: np.ndarray, autocorrelation: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """The 10-90 range of the prices after the ones known, for experience that runs on."""
    from scipy.stats import t

    curve = fit(known, experience[: len(known)])
    ahead = np.diff(np.log(experience))[len(known) - 1 :]
    middle = np.log(known[-1]) + curve.exponent * np.cumsum(ahead)
    reach = t.ppf(0.5 + HELD / 200, curve.degrees) * np.sqrt(
        variance(curve, ahead, autocorrelation)
    )
    return np.exp(middle - reach), np.exp(middle + reach)
