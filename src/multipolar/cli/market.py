"""Options that say which plants, rival and policy are asked about, and how answers are told."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from multipolar.cli.options import Rows
from multipolar.cli.run import pairs, write
from multipolar.words.errors import MultipolarError

if TYPE_CHECKING:
    import polars as pl

    from multipolar.cells.asked import Asked, Own
    from multipolar.cells.levers import Policy
    from multipolar.cells.ranges import Range
    from multipolar.evidence.store import Evidence


class Use(StrEnum):
    """What batteries are for; duties may differ."""

    vehicles = "vehicles"
    storage = "storage"


class Base(StrEnum):
    """Which policy levers of one's own are set on top of."""

    in_force = "in-force"
    none = "none"


PLACE, CHEMISTRY, AGE = "EU27", "LFP", "3"
PlaceOption = Annotated[
    str, typer.Option("--place", metavar="PLACE,...", help="Where the plant stands")
]
ChemistryOption = Annotated[
    str, typer.Option("--chemistry", metavar="NAME,...", help="As LFP, NMC, Na-ion-layered")
]
DateOption = Annotated[
    str | None,
    typer.Option("--date", metavar="DATE", help="Of prices and policy [the newest price]"),
]
SizeOption = Annotated[float, typer.Option("--plant-gwh", metavar="GWH", help="A year, 5 to 100")]
AgeOption = Annotated[
    str, typer.Option("--age", metavar="A..B", help="Years after start; from 6 on it is ripe")
]
MakerOption = Annotated[
    str, typer.Option("--maker", help="incumbent or entrant [what the owner's home tells]")
]
OwnerOption = Annotated[str, typer.Option("--domicile", metavar="PLACE", help="Of the owner")]
DryOption = Annotated[float, typer.Option("--dry", metavar="SHARE", help="Dry coating, 0 to 1")]
AutomationOption = Annotated[
    float, typer.Option("--automation", metavar="SHARE", help="Further automation, 0 to 1")
]
BoundaryOption = Annotated[str, typer.Option("--boundary", help="cell or module")]
RivalOption = Annotated[
    str,
    typer.Option("--rival", metavar="PLACE", help="A ripe plant of 40 GWh/yr that exports there"),
]
PolicyOption = Annotated[Base, typer.Option("--policy", help="in-force on the date, or none")]
UseOption = Annotated[Use, typer.Option("--use", help="What the batteries are for")]
LeverOption = Annotated[
    list[str] | None,
    typer.Option("--lever", metavar="NAME=RATE", help="As duty_cell=0.3; repeatable"),
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="NAME=NUMBER",
        help="Your own, as wage=25 or scrap=0.1:0.2:0.3; rival.wage for the rival; repeatable",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="File to write (.csv or .json)")
]
FormatOption = Annotated[Rows, typer.Option("--format")]


@dataclass(frozen=True)
class Words:
    """The options as they were written."""

    place: str
    chemistry: str
    date: str | None
    plant_gwh: float
    age: str
    maker: str
    domicile: str
    dry: float
    automation: float
    boundary: str
    rival: str
    policy: Base
    use: Use
    lever: list[str] | None
    input: list[str] | None

    def asked(
        self, evidence: Evidence, day: Callable[[], datetime.date] | None = None
    ) -> list[Asked]:
        """A question for each place, chemistry and age; ``day`` is asked where none is named."""
        from multipolar.cells.asked import Asked, latest

        when = told_day(self.date) if self.date else day() if day else latest(evidence)
        levers = {name: numeral(text) for name, text in pairs(self.lever or []).items()}
        inputs = {name: _own(text) for name, text in pairs(self.input or []).items()}
        return [
            Asked(
                place, chemistry, when, self.plant_gwh, age, self.maker, self.domicile, self.dry,
                self.automation, self.boundary, self.rival, self.policy is Base.in_force,
                self.use.value, levers, inputs,
            )
            for place in listed(self.place)
            for chemistry in listed(self.chemistry)
            for age in whole(self.age)
        ]  # fmt: skip


def told_day(text: str) -> datetime.date:
    """A day, or the last day of a month or year. Raises MultipolarError."""
    from multipolar.evidence.dates import day_number, is_partial_date

    if not is_partial_date(text):
        raise MultipolarError(f"not a date: {text!r}; write it as YYYY-MM-DD or YYYY-MM")
    return datetime.date.fromordinal(day_number(text))


def whole(text: str) -> list[int]:
    """Whole numbers: 3, or 1,3,5, or 1..5. Raises BadParameter.

    >>> whole("1..3"), whole("1,5")
    ([1, 2, 3], [1, 5])
    """
    first, dots, last = text.partition("..")
    words = [first, last] if dots else listed(text)
    if not all(word.strip().isdigit() for word in words) or (dots and int(first) > int(last)):
        raise typer.BadParameter(f"{text!r}: write a whole number, 1,3,5 or 1..5")
    return list(range(int(first), int(last) + 1)) if dots else [int(word) for word in words]


def ends(text: str) -> tuple[float, float]:
    """Two numbers as 0.4..0.1. Raises BadParameter."""
    first, dots, last = text.partition("..")
    if not dots:
        raise typer.BadParameter(f"{text!r}: write two numbers, as 0.4..0.1")
    return numeral(first), numeral(last)


def numeral(text: str) -> float:
    """A number. Raises BadParameter."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise typer.BadParameter(f"{text!r} is not a number")
    return found


def listed(text: str) -> list[str]:
    """Words separated by commas. Raises BadParameter where there is none."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise typer.BadParameter(f"{text!r} names nothing")
    return list(dict.fromkeys(words))


def _own(text: str) -> Own:
    numbers = [numeral(part) for part in text.split(":")]
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) != 3:
        raise typer.BadParameter(f"{text!r}: write a number, or low:central:high")
    return numbers[0], numbers[1], numbers[2]


def head(asked: Asked, policy: Policy) -> str:
    """Which plants on which day under which policy, in words."""
    from multipolar.cells.plant import RIPE

    def aged(age: int) -> str:
        return "ripe" if age >= RIPE else f"year {age} after start"

    home, other = asked.plant(), asked.other()
    lines = [
        f"{home.chemistry} {home.boundary}s made in {home.place}: {home.gwh:g} GWh/yr, "
        f"{aged(home.age)}, {home.maker}; prices up to {home.day}"
    ]
    if other is not None:
        lines[0] += f"; rival: {other.place}, {other.gwh:g} GWh/yr, {aged(other.age)}"
    return "\n".join([*lines, standing(policy)])


def standing(policy: Policy) -> str:
    """The levers that are set, and the rows of the register behind them."""
    from multipolar.cells.levers import LEVERS

    at = [f"{n} {v:.4g}" for n in LEVERS if (v := getattr(policy.levers, n))]
    rows = f" (in force: {', '.join(policy.records)})" if policy.records else ""
    told = f"policy: {', '.join(at) or 'none'}{rows}"
    if policy.unread:
        told += f"; on record but not counted: {', '.join(policy.unread)}"
    return told


def ranges(told: Range, prefix: str = "", rate: float = 1.0) -> dict[str, float | None]:
    """Three columns; what is no number is empty."""
    names = ("low", "central", "high")
    return {
        f"{prefix}{name}": value * rate if math.isfinite(value) else None
        for name, value in zip(names, told, strict=True)
    }


def give(
    rows: pl.DataFrame, format: Rows, out: Path | None, also: Mapping[str, Any] | None = None
) -> None:
    """Rows as CSV or JSON (with ``also`` beside them), to standard output or a file."""
    import json

    from multipolar.words.spreadsheet import csv

    kind = out.suffix.removeprefix(".").lower() if out else format.value
    if kind not in ("csv", "json"):
        raise MultipolarError(f"{out} ends in neither .csv nor .json")
    if kind == "csv":
        text = csv(rows)
    else:
        found = {**also, "rows": rows.to_dicts()} if also else rows.to_dicts()
        text = json.dumps(found, ensure_ascii=False, indent=1, default=str) + "\n"
    write(text.encode(), out)


def told_apart(rows: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Without those of the columns that say the same in every row."""
    return rows.drop([name for name in names if rows[name].n_unique() == 1])
