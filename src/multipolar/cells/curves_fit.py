"""How fast does a price fall with experience, and how far off may a forecast be?

The logarithm of the price moves with that of the volume ever made, and noise comes back in part in
the next year: y_t - y_(t-1) = w (x_t - x_(t-1)) + n_t, with n_t = v_t + r v_(t-1). The exponent w
and the size of the noise come from the differences (ordinary least squares through the origin); the
forecast error has three sources: future noise, the error of w, and what both share. After Lafond,
Bailey, Bakker, Rebois, Zadourian, McSharry and Farmer, "How well do experience curves predict
technological progress? A method for making distributional forecasts", Technological Forecasting and
Social Change 128 (2018). Since the size of the noise is itself estimated, errors follow Student's
distribution with one degree of freedom less than there are differences.

Logarithms are natural; arrays may have draws in front.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from multipolar.evidence.assumptions import SEED

#: Differences that a fit needs at least, as in the publication.
FEWEST = 5


@dataclass(frozen=True)
class Fit:
    """An experience curve: the exponent, the noise of a year, and the steps behind them.

    ``steps``: differences of the logarithm of experience, shape (..., years - 1).
    """

    exponent: np.ndarray
    noise: np.ndarray
    steps: np.ndarray

    @property
    def rate(self) -> np.ndarray:
        """Fall of the price at each doubling of experience, per cent."""
        return np.asarray(100 * (1 - 2.0**self.exponent))

    @property
    def degrees(self) -> int:
        """Degrees of freedom of the noise."""
        return int(self.steps.shape[-1]) - 1


def fit(price: np.ndarray, experience: np.ndarray) -> Fit:
    """The curve through prices, shape (years,), and volumes ever made, shape (..., years).

    Raises ValueError where there are fewer than six years.
    """
    if price.shape[-1] <= FEWEST:
        raise ValueError(f"an experience curve needs {FEWEST + 1} years, not {price.shape[-1]}")
    steps, falls = np.diff(np.log(experience)), np.diff(np.log(price))
    exponent = (steps * falls).sum(axis=-1) / (steps**2).sum(axis=-1)
    left = falls - exponent[..., None] * steps
    noise = np.sqrt((left**2).sum(axis=-1) / (steps.shape[-1] - 1))
    return Fit(exponent, noise, steps)


def variance(fit: Fit, ahead: np.ndarray, autocorrelation: float = 0.0) -> np.ndarray:
    """Variance of the error of the logarithm forecast after each step ahead, shape (steps ahead,).

    ``ahead``: differences of the logarithm of experience to come. For one curve, without draws.
    """
    r, past, reach = autocorrelation, fit.steps, np.cumsum(ahead)
    after = np.arange(len(ahead))
    weight = reach / (past**2).sum()
    of_past = (past[:-1] + r * past[1:]) ** 2
    in_units = (
        1
        + after * (1 + r) ** 2
        + (r - weight * past[-1]) ** 2
        + weight**2 * (of_past.sum() + (r * past[0]) ** 2)
    )
    return np.asarray(fit.noise**2 / (1 + r**2) * in_units)


@dataclass(frozen=True)
class Surprises:
    """Draws of what an experience curve leaves open, by the names of the streams.

    ``shared`` decides the error of the exponent (one for all that borrow it), ``own`` the noise to
    come.
    """

    shared: str
    own: str
    draws: int

    def errors(
        self,
        fit: Fit,
        ahead: np.ndarray,
        autocorrelation: np.ndarray,
        widened: np.ndarray | float = 1.0,
    ) -> np.ndarray:
        """Errors of the logarithm forecast, shape (draws, steps ahead).

        ``widened``: noise of a borrower over that of the curve; ``ahead`` has shape (draws, steps
        ahead).
        """
        past = np.broadcast_to(fit.steps, (self.draws, fit.steps.shape[-1]))
        before = _stream(self.shared)
        told = before.standard_normal((self.draws, past.shape[1] + 1))
        scale = np.sqrt(fit.degrees / before.chisquare(fit.degrees, self.draws))
        later = _stream(self.own).standard_normal(ahead.shape)
        r = np.broadcast_to(np.asarray(autocorrelation, dtype=float), (self.draws,))[:, None]
        of_past = told[:, 1:] + r * told[:, :-1]
        of_later = later + r * np.concatenate([told[:, -1:], later[:, :-1]], axis=1)
        of_exponent = (past * of_past).sum(axis=1) / (past**2).sum(axis=1)
        reach = np.cumsum(ahead, axis=1)
        size = (widened * fit.noise * scale / np.sqrt(1 + r[:, 0] ** 2))[:, None]
        return np.asarray(size * (np.cumsum(of_later, axis=1) - of_exponent[:, None] * reach))


def _stream(name: str) -> np.random.Generator:
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])
