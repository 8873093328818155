"""Dates of sources: a year, a month or a day, and what was on record when."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

import polars as pl

from multipolar.words.errors import MultipolarError

PATTERN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def parse_day(text: str) -> date:
    """A full date YYYY-MM-DD. Raises MultipolarError with the form that is wanted."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MultipolarError(f"not a date: {text!r}; write it as YYYY-MM-DD") from None


def parse_past_day(text: str) -> date:
    """A full date that is not in the future: nobody knows what will be on record then."""
    day = parse_day(text)
    if day > date.today():
        raise MultipolarError(f"{text} is in the future; name a day up to today")
    return day


def is_partial_date(text: str) -> bool:
    """Whether the text is YYYY, YYYY-MM or YYYY-MM-DD with a month and day that exist."""
    match = PATTERN.fullmatch(text)
    if not match:
        return False
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return False
    return True


def day_number(text: str | None) -> int:
    """The last day a partial date can mean, as a day count; 0 for no date."""
    match = PATTERN.fullmatch(text or "")
    if not match:
        return 0
    year, month = int(match[1]), int(match[2] or 12)
    day = int(match[3] or monthrange(year, month)[1])
    return date(year, month, day).toordinal()


def last_day(column: str) -> pl.Expr:
    """The last day that a partial date can mean: a row dated 2024 is on record from 2024-12-31."""
    text = pl.col(column)
    year_end = (text.str.slice(0, 4) + "-12-31").str.to_date("%Y-%m-%d", strict=False)
    month_end = (text.str.slice(0, 7) + "-01").str.to_date("%Y-%m-%d", strict=False).dt.month_end()
    day = text.str.to_date("%Y-%m-%d", strict=False)
    length = text.str.len_chars()
    return pl.when(length == 4).then(year_end).when(length == 7).then(month_end).otherwise(day)
