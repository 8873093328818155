"""What can a government set, and what is in force on a day?

Levers are absolute: all at zero is no policy. Rates are fractions (0.3 for 30 %), money is real
2025 US$. The rates in force are read from the policy register; an instrument without a rate on
record, or whose base is on no record, is told in ``Policy.unread`` and counts as zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from multipolar.cells.works import Rules
from multipolar.evidence.store import Evidence
from multipolar.policy import register
from multipolar.words import places
from multipolar.words.errors import MultipolarError, UnitMismatch, UnknownWord

CELL = "850760"
#: Where customs values goods at the border of the exporter (19 U.S.C. 1401a; Canada's Customs Act);
#: elsewhere they are valued with freight and insurance.
FOB = ("USA", "CAN")
#: A rate above this is refused: it is rather a percentage than a fraction.
MOST = 5.0
#: Value added tax in China, of which an exporter gets back the rebate; a rebate of 13 % was all of
#: it (cn-rebate-13 of the register).
CHINESE_TAX = 0.13


@dataclass(frozen=True)
class Lever:
    """What a lever is, in which unit, and whether the gap is a straight line in it."""

    meaning: str
    unit: str
    straight: bool = True


#: Every lever by name; the fields of ``Levers`` are these.
LEVERS = {
    "duty_cell": Lever("duty on imported cells, on the customs value", "share"),
    "quota_share": Lever("share of imports inside a tariff-rate quota", "share"),
    "duty_in_quota": Lever("duty inside the quota", "share"),
    "duty_cathode": Lever("duty on imported cathode material", "share"),
    "duty_anode": Lever("duty on imported anode material and graphite", "share"),
    "credit_cell": Lever("credit for each kWh of cells sold", "US$/kWh"),
    "credit_module": Lever("credit for each kWh of modules sold", "US$/kWh"),
    "credit_material": Lever("credit on the cost of active material that is not from China",
                             "share"),
    "credit_content": Lever("least share of materials from outside China for a credit", "share",
                            False),
    "ramp_support": Lever("share of the early loss that the state bears", "share"),
    "capital_grant": Lever("share of the investment that the state pays", "share"),
    "tax_kept": Lever("value added tax that the exporter's state keeps, on the price before it",
                      "share"),
    "tax_kept_material": Lever("the same on cathode material with nickel", "share"),
    "local_content": Lever("least share of active material from outside China", "share", False),
    "local_premium": Lever("what buyers pay more for a cell made at home", "US$/kWh"),
    "carbon_price": Lever("charge on carbon dioxide from making the cell, home or imported",
                          "US$/t"),
    "transfer": Lever("how far a joint venture brings yield and ramp-up to an old hand's",
                      "share", False),
    "electricity_relief": Lever("what the state takes off the price of electricity", "US$/kWh"),
    "co_location": Lever("saving by suppliers at the same site", "US$/kWh"),
}  # fmt: skip


@dataclass(frozen=True)
class Levers:
    """One setting of all levers of a market; see LEVERS. Raises MultipolarError for a rate that
    cannot be meant."""

    duty_cell: float = 0.0
    quota_share: float = 0.0
    duty_in_quota: float = 0.0
    duty_cathode: float = 0.0
    duty_anode: float = 0.0
    credit_cell: float = 0.0
    credit_module: float = 0.0
    credit_material: float = 0.0
    credit_content: float = 0.0
    ramp_support: float = 0.0
    capital_grant: float = 0.0
    tax_kept: float = 0.0
    tax_kept_material: float = 0.0
    local_content: float = 0.0
    local_premium: float = 0.0
    carbon_price: float = 0.0
    transfer: float = 0.0
    electricity_relief: float = 0.0
    co_location: float = 0.0
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, lever in LEVERS.items():
            value = getattr(self, name)
            if value < 0:
                raise MultipolarError(f"{name} is {value:g}: a lever cannot be below zero")
            duty = name.startswith("duty")
            most = MOST if duty else 1.0
            if lever.unit == "share" and value > most:
                raise MultipolarError(
                    f"{name} is {value:g}, which is {value * 100:g} %: "
                    f"write {value / 100:g} for {value:g} %"
                )

    def values(self) -> dict[str, float]:
        """The levers as inputs of a calculation, by name."""
        return {key(name): float(getattr(self, name)) for name in LEVERS}


#: All levers at zero.
NO_POLICY = Levers()


@dataclass(frozen=True)
class Policy:
    """Levers in force, the rows of the register behind them, and those that are not counted."""

    levers: Levers
    records: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def key(name: str) -> str:
    """The input of a calculation that stands for a lever. Raises UnknownWord."""
    if name not in LEVERS:
        raise UnknownWord("lever", name, LEVERS)
    return f"lever.{name.replace('_', '-')}"


def rules(levers: Levers, market: str) -> Rules:
    """What of the policy of a market is no number."""
    fob = set(places.members(market)) <= set(FOB)
    return Rules(cif=not fob, excluded=levers.excluded)


def in_force(
    evidence: Evidence,
    market: str,
    exporter: str,
    day: date,
    use: str = "vehicles",
    boundary: str = "cell",
) -> Policy:
    """What a market and an exporter have in force on a day for batteries of one use.

    ``exporter`` is where imported cells come from; materials come from China whoever that is. No
    duty is paid inside a customs union, and partners of an agreement pay its duty.
    Rates that the law sets for later years count from their start. Not read into levers:
    instruments that are not paid to the maker of cells, subsidies on revenue, and at the boundary
    of cells what is paid for modules. Told in ``unread`` beside those without a rate: credits on
    material made at home, since how much of what is bought outside China is made there is on no
    record.
    Raises UnitMismatch for a rate in a unit that the lever has not.
    """
    rows = register.in_force(evidence, day, "adopted")
    rows = rows.filter(pl.col("use").is_null() | (pl.col("use") == use))
    found = Policy(NO_POLICY)
    owed = {
        name: set(register.owed(rows, code, origin(name, exporter))["record"])
        for code, name in PRODUCTS.items()
    }
    for row in rows.sort("record").iter_rows(named=True):
        if row["jurisdiction"] == market and row["instrument"] == "ownership rule":
            barred = (*found.levers.excluded, *places.members(row["target"]))
            levers = replace(found.levers, excluded=barred)
            found = replace(found, levers=levers, records=(*found.records, row["record"]))
        for name in levers_of(row, market, exporter):
            counts = name not in owed or row["record"] in owed[name]
            if counts and not (name == "credit_module" and boundary == "cell"):
                found = _take(found, name, row)
    return found


#: Where materials come from that are not bought elsewhere.
SOURCE = "CHN"
DUTIES = ("import duty", register.PREFERENCE, "countervailing duty", "anti-dumping duty")
#: Lever of a credit by the stage that it is paid to.
CREDITS = {
    "cell": "credit_cell",
    "pack": "credit_module",
    "cathode active material": "credit_material",
}
#: Lever of a duty by product. Anode material is synthetic or natural graphite: the duty on the
#: synthetic kind stands for it, and one on the natural kind alone does not bear on it.
PRODUCTS = {CELL: "duty_cell", "284190": "duty_cathode", "380110": "duty_anode"}
#: The unit of a rate by instrument.
RATES = {
    **dict.fromkeys(DUTIES, "% of customs value"),
    "export tax rebate": "% of export value",
    "local content": "% of direct material cost",
}
CREDIT_RATES = {"credit_material": "% of production cost"}


def levers_of(row: dict[str, Any], market: str, exporter: str) -> tuple[str, ...]:
    """Which levers a row of the register sets for a market and who exports cells to it, if any."""
    at_home, instrument = row["jurisdiction"] == market, row["instrument"]
    if instrument in DUTIES and at_home:
        # A duty that names no product bears on all.
        codes = (row["product"] or "|".join(PRODUCTS)).split("|")
        named = (PRODUCTS[code] for code in PRODUCTS if code in codes)
        return tuple(name for name in named if _pays(row["target"], market, origin(name, exporter)))
    if instrument == "production credit" and at_home and row["stage"] in CREDITS:
        return (CREDITS[row["stage"]],)
    if instrument == "local content" and at_home and row["stage"] == "cell":
        return ("credit_content",)
    if instrument == "export tax rebate":
        kept, whose = ("tax_kept", exporter) if row["stage"] == "cell" else (
            "tax_kept_material", SOURCE)  # fmt: skip
        return (kept,) if row["jurisdiction"] == whose != market else ()
    return ()


def origin(duty: str, exporter: str) -> str:
    """Where the goods come from that a duty is paid on."""
    return exporter if duty == "duty_cell" else SOURCE


def _pays(target: str | None, market: str, origin: str) -> bool:
    """Whether a duty of a market is paid on goods from a place: not inside a customs union."""
    if not origin or (inside := set(places.members(origin))) <= set(places.members(market)):
        return False
    return target is None or inside <= set(places.members(target))


def _take(found: Policy, name: str, row: dict[str, Any]) -> Policy:
    """Add a row's rate to a lever, or note that it has none or that its base is unknown."""
    if row["rate"] is None or name == "credit_material":
        if row["record"] in found.unread:
            return found
        return replace(found, unread=(*found.unread, row["record"]))
    wanted = RATES.get(row["instrument"]) or CREDIT_RATES.get(name, "US$/kWh")
    if row["unit"] != wanted:
        raise UnitMismatch(f"{row['record']}: rate in {row['unit']}, wanted {wanted}")
    rate = row["rate"] / (100 if wanted.startswith("%") else 1)
    if row["instrument"] == "export tax rebate":
        # Both rates are on the export value, which holds the tax that is kept.
        rate = (CHINESE_TAX - rate) / (1 - CHINESE_TAX + rate)
    levers = replace(found.levers, **{name: getattr(found.levers, name) + rate})
    records = tuple(dict.fromkeys((*found.records, row["record"])))
    return replace(found, levers=levers, records=records)
