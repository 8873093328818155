"""What the tests of seasons, forecasts, effects and diversion share: series made of known parts."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from industry_fixtures import own_evidence
from multipolar.evidence.store import Evidence
from multipolar.readers.geography import country
from multipolar.trade.forecast import Forecast, forecast
from multipolar.trade.series import Series, month, number

FIRST = number("2018-01")
#: A product of which nothing is bundled.
PRODUCT = "250410"


@cache
def bundled() -> Forecast:
    """The forecast of everything that is bundled."""
    return forecast(Evidence())


def seasonal(months: int, growth: float = 0.01, noise: float = 0.0, seed: int = 1) -> np.ndarray:
    """A series with a log-linear trend, a fixed season and noise."""
    stream = np.random.default_rng(seed)
    season = np.array([0.1, -0.4, 0.0, 0.05, 0.1, 0.1, 0.05, 0.0, 0.05, 0.0, 0.05, -0.1])
    logs = 20 + growth * np.arange(months) + season[np.arange(months) % 12]
    return np.asarray(np.exp(logs + noise * stream.standard_normal(months)))


def series(values: np.ndarray, place: str = "World") -> Series:
    """Values as the series of a place."""
    return Series(place, FIRST, tuple(map(float, values)), ("row",) * len(values))


def rows(
    values: np.ndarray, importer: str, weight: float = 0.0, product: str = PRODUCT
) -> list[dict[str, str]]:
    """Monthly exports of China to a place as rows of the table trade; ``weight`` kg for a US$."""
    return [
        {
            "record": f"test-{product}-{importer.lower()}-{month(FIRST + at)}", "product": product,
            "month": month(FIRST + at), "months": "1", "exporter": "CHN", "importer": importer,
            "told_by": "exporter", "value": f"{value:.2f}", "basis": "FOB",
            "weight": f"{value * weight:.2f}" if weight else "",
            "source": "https://example.org/customs", "date": "2026-01", "confidence": "high",
        }
        for at, value in enumerate(values)
    ]  # fmt: skip


def own(folder: Path, *parts: list[dict[str, str]], as_of: date | None = None) -> Evidence:
    """Evidence with monthly rows of one's own beside what is bundled."""
    return own_evidence(folder, {"trade": [row for part in parts for row in part]}, as_of)


def graphite(folder: Path, shared: Callable[..., Path]) -> Evidence:
    """China's monthly exports of natural graphite, from the extract of a research repository."""
    file = shared("data", "un-comtrade-china-graphite-monthly", "deep_dive_hs6_monthly.csv")
    told = []
    with file.open(encoding="utf-8") as stream:
        for line in csv.DictReader(stream):
            if line["hs6"] == PRODUCT:
                when, place = line["period_dt"][:7], country("partner", line["partner_name"])
                told.append(
                    {
                        "record": f"graphite-{place.lower()}-{when}", "product": PRODUCT,
                        "month": when, "months": "1", "exporter": "CHN", "importer": place,
                        "told_by": "exporter", "value": line["val"], "basis": "FOB",
                        "weight": line["qty"], "source": "https://example.org/customs",
                        "date": "2025-06", "confidence": "medium",
                    }
                )  # fmt: skip
    return own(folder, told)
