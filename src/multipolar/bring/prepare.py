"""One file of a list against what is on record: resolved, checked, linked, ready to be stored.

Firms by name, then the schema and the corrections, then the plants: decided earlier, of our own
ids, or linked. Rows in = stored + refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from multipolar.bring.decisions import LINKAGE, REVIEW, asked_before, remembered, review
from multipolar.bring.firms import Firms
from multipolar.evidence.check import Known, check_rows
from multipolar.evidence.imports import Imported, alike, orphaned, spoilt
from multipolar.evidence.schemas import schema
from multipolar.evidence.sources import bibliography
from multipolar.evidence.store import Evidence
from multipolar.evidence.workspace import Import, More, Workspace
from multipolar.readers.reader import Read, Reader, Told
from multipolar.readers.releases import page
from multipolar.words.errors import Fault, FaultyInput

Step = Callable[[str], None]
#: So many kinds of refused rows are told where a whole file is refused.
TOLD = 20
#: A stage that stands in while a row is checked whose stage the list does not tell.
STAND_IN = "cell"
LINKED = {
    "incoming": pl.String,
    "plant": pl.String,
    "how": pl.String,
    "probability": pl.Float64,
    "reasons": pl.String,
}
#: What is told of a row that says what is on record.
REPEATED = "nothing is lost, since a statement counts once"
#: What makes two rows one statement, beside the id that the list gives it.
SAID = (
    "plant", "place", "stage", "capacity", "unit", "capacity_basis", "capacity_year", "status",
    "status_date", "page", "via", "date",
)  # fmt: skip
#: How a plant was recognised, the surest first.
HOW = ("identifier", "remembered", "evidence", "new")


@dataclass(frozen=True)
class File:
    """A file as its reader has it; ``read`` is None where it is in use already."""

    path: Path
    reader: Reader
    sha256: str
    map: str
    read: Read | None


@dataclass(frozen=True)
class Prepared:
    """A file that is ready to be stored; ``replaced`` is the import whose place it takes."""

    file: File
    replaced: Import | None
    rows: pl.DataFrame
    firms: pl.DataFrame
    refused: list[Fault]
    more: More

    def store(self, workspace: Workspace) -> Imported:
        """Store plants and firms as one import; a file that says nothing new leaves none."""
        file = self.file
        if self.rows.is_empty() and self.replaced is None:
            return Imported(file.path, None, False, tuple(self.refused))
        record = workspace.store(
            file.reader.format, "plants", file.path, file.sha256, self.rows, self.more
        )
        return Imported(file.path, record, True, tuple(self.refused))


class Preparation:
    """One file against what is on record."""

    def __init__(
        self,
        evidence: Evidence,
        workspace: Workspace,
        file: File,
        replaced: Import | None,
        earlier: list[Prepared],
        step: Step,
    ) -> None:
        self._evidence, self._workspace, self._file = evidence, workspace, file
        # A file that was in use when the command began may have been replaced meanwhile.
        self._read = file.read or file.reader.read(file.path)
        self._replaced, self._earlier, self._step = replaced, earlier, step
        self._refused = list(self._read.refused)
        # Rows that this command is about to take away, with this file or with one before it.
        going = [replaced, *(one.replaced for one in earlier)]
        self._going = [import_.id for import_ in going if import_]
        plants = evidence.table("plants").filter(~pl.col("origin").is_in(self._going))
        self._plants = pl.concat([plants.drop("origin"), *(one.rows for one in earlier)])
        firms = evidence.table("firms").drop("origin")
        self._on_record = pl.concat([firms, *(one.firms for one in earlier)])

    def result(self) -> Prepared:
        """The rows to be stored. Raises FaultyInput where none is left."""
        name = self._file.path.name
        self._step(f"looking up the firms of {name}")
        text, firms = self._resolved()
        self._step(f"checking {name}")
        rows = self._checked(text, firms)
        self._step(f"linking the plants of {name}")
        linked, pairs, before = self._linked(rows, pl.concat([self._on_record, firms]))
        linked_rows = self._placed(rows, linked, pairs)
        rows = self._not_said_before(linked_rows)
        if linked_rows.is_empty():
            raise FaultyInput([_counted(*kind) for kind in alike(self._refused)[:TOLD]])
        if self._replaced:
            gone = orphaned(self._evidence, "plants", self._file.path, rows, self._replaced)
            if gone:
                raise FaultyInput(gone)
        return self._packed(rows, linked_rows, firms, linked, pairs, before)

    def _resolved(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The statements as text with firms by their ids, and the firms that nobody knew."""
        known = Firms(self._on_record, self._plants)
        note = f"entered with {self._file.path.name}"
        ids: dict[tuple[str, str], str] = {}
        rows = []
        for number, row in enumerate(self._read.rows):
            cells, place = dict(row.cells), row.cells["place"]
            told = self._read.firms.get(cells["firm"], Told())
            key = (cells["firm"], place)
            if key not in ids:
                ids[key] = known.firm(*key, told, note)
            cells["firm"] = ids[key]
            if cells.get("owners"):
                cells["owners"] = known.owners(cells["owners"], place, note)
            rows.append(cells | {"row": number, "line": row.line})
        types = dict.fromkeys(schema("plants").columns, pl.String)
        frame = pl.DataFrame(rows, schema={**types, "row": pl.Int64, "line": pl.Int64})
        return frame.fill_null(""), pl.DataFrame(known.entered, schema=schema("firms").types)

    def _checked(self, text: pl.DataFrame, firms: pl.DataFrame) -> pl.DataFrame:
        """The statements that fit the table; ``stage`` stays null where the list is silent."""
        silent = text.filter(pl.col("stage") == "")["row"].implode()
        stand_in = pl.when(pl.col("stage") == "").then(pl.lit(STAND_IN)).otherwise("stage")
        ids = {id.casefold(): id for id in [*self._on_record["firm"], *firms["firm"]]}
        known = Known(frozenset(bibliography()), ids)
        frame = text.with_columns(stand_in.alias("stage"))
        lines = dict(text.select("row", "line").rows())
        name = self._file.path.name
        rows, faults = check_rows(frame.drop("line"), name, schema("plants"), known)
        mine = pl.col("record").is_in(self._own_records())
        taken = self._plants.filter(~mine)["record"].implode()
        for number, record in (
            rows.filter(pl.col("record").is_in(taken)).select("row", "record").rows()
        ):
            advice = "rename one of the two, or override the row by a correction"
            faults.append(Fault(name, number, None, f"{record!r} is already on record", advice))
        corrections = self._evidence.table("corrections")
        whole = rows.filter(~pl.col("row").is_in([fault.row for fault in faults]))
        faults += spoilt(corrections, "plants", self._file.path, whole, known)
        first: dict[int, Fault] = {}
        for fault in faults:
            first.setdefault(fault.row or 0, fault)
        self._refused += [
            Fault(name, lines[number], fault.column, fault.problem, fault.advice)
            for number, fault in first.items()
        ]
        fitting = rows.filter(~pl.col("row").is_in(list(first)))
        quiet = pl.when(~pl.col("row").is_in(silent)).then("stage")
        return fitting.with_columns(
            quiet.alias("stage"),
            pl.col("row").replace_strict(lines, return_dtype=pl.Int64).alias("line"),
            pl.col("plant").alias("incoming"),
        )

    def _own_records(self) -> list[str]:
        """Ids of rows on record that a file of this format may take the place of."""
        origins = [r.id for r in self._workspace.active() if r.format == self._file.reader.format]
        rows = self._evidence.layered("plants").filter(pl.col("origin").is_in(origins))
        return [*rows["record"], *(id for one in self._earlier for id in one.rows["record"])]

    def _linked(
        self, rows: pl.DataFrame, firms: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame, int]:
        """What each plant of the list is, uncertain pairs, and how many plants were on record."""
        from multipolar.industry.linkage import link

        ids = set(self._plants["plant"])
        format = self._file.reader.format
        decided = remembered(self._workspace, format, self._evidence)
        for one in self._earlier:
            decided |= dict(one.more.files[LINKAGE].select("incoming", "plant").rows())
        settled = []
        for incoming in rows["incoming"].unique(maintain_order=True):
            if incoming in decided:
                why = "decided with an earlier file of the list"
                settled.append((incoming, decided[incoming], "remembered", 1.0, why))
            elif self._file.reader.own_ids and incoming in ids:
                settled.append((incoming, incoming, "identifier", 1.0, "an id of our own"))
        known_now = pl.DataFrame(settled, schema=LINKED, orient="row")
        columns = schema("plants").columns
        told = rows.join(known_now.select("incoming", pl.col("plant").alias("is")), on="incoming")
        known = pl.concat(
            [self._plants, told.filter(pl.col("stage").is_not_null())
             .with_columns(pl.col("is").alias("plant")).select(columns)]
        )  # fmt: skip
        rest = rows.join(known_now, on="incoming", how="anti").select(columns)
        if rest.is_empty():
            return known_now, pl.DataFrame(), len(ids)
        found = link(rest, known, firms)
        plants = found.plants.select(*(pl.col(name).cast(type) for name, type in LINKED.items()))
        return pl.concat([known_now, plants]), found.review, len(ids)

    def _placed(
        self, rows: pl.DataFrame, linked: pl.DataFrame, pairs: pl.DataFrame
    ) -> pl.DataFrame:
        """Rows with their plants; a stage that the list keeps to itself is that of the plant.

        A row whose stage nobody tells is refused. A plant that may be one on record counts as a
        part of it, so that nothing counts twice until somebody decides.
        """
        plant_of = dict(linked.select("incoming", "plant").rows())
        stages = self._plants.group_by("plant").agg(pl.col("stage").unique().alias("stages"))
        only = pl.when(pl.col("stages").list.len() == 1).then(pl.col("stages").list.first())
        final = pl.col("plant").replace_strict(plant_of, return_dtype=pl.String)
        whole = pl.col("part_of").replace_strict(plant_of, default=None, return_dtype=pl.String)
        part: pl.Expr = pl.when(whole != final).then(whole)
        if not pairs.is_empty():
            likeliest = pairs.sort("probability", "candidate", descending=[True, False])
            perhaps = dict(
                likeliest.unique("incoming", keep="first").select("incoming", "candidate").rows()
            )
            own = pl.col("incoming").replace_strict(perhaps, default=None, return_dtype=pl.String)
            part = pl.coalesce(part, pl.when(own != final).then(own))
        placed = (
            rows.with_columns(final.alias("plant"), part.alias("part_of"))
            .join(stages.with_columns(only.alias("known")), on="plant", how="left",
                  maintain_order="left")
            .with_columns(pl.coalesce("stage", "known").alias("stage"))
        )  # fmt: skip
        name = self._file.path.name
        advice = "bring the row through a table of your own, with its stage"
        for line, note in placed.filter(pl.col("stage").is_null()).select("line", "note").rows():
            problem = f"the list does not tell what is made ({_listed(note)})"
            self._refused.append(Fault(name, line, None, problem, advice))
        return placed.filter(pl.col("stage").is_not_null())

    def _not_said_before(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows but for statements that are on record: those would count twice.

        The same source says the same of the same plant. Rows on record are held as their source has
        them, so that an error that was corrected does not come back.
        """
        layered = self._evidence.layered("plants").filter(~pl.col("origin").is_in(self._going))
        plant_of = self._plants.select("record", "plant")
        said = pl.concat(
            [
                layered.drop("origin", "plant").join(plant_of, on="record"),
                *(one.rows.select(pl.exclude("plant"), "plant") for one in self._earlier),
            ]
        )
        said = _with_pages(said).select(*SAID, "identifier", pl.col("record").alias("as"))
        said = said.unique([*SAID, "identifier"], keep="first", maintain_order=True)
        pairs = _with_pages(rows).join(said, on=list(SAID), nulls_equal=True, suffix="_before")
        same = pl.col("identifier") == pl.col("identifier_before")
        pairs = pairs.filter(same | pl.col("identifier_before").is_null() | same.is_null())
        pairs = pairs.unique("row", keep="first", maintain_order=True)
        name, advice = self._file.path.name, REPEATED
        for line, record in pairs.select("line", "as").rows():
            problem = f"says what is on record as {record}"
            self._refused.append(Fault(name, line, None, problem, advice))
        return rows.join(pairs.select("row"), on="row", how="anti")

    def _packed(
        self,
        rows: pl.DataFrame,
        linked_rows: pl.DataFrame,
        firms: pl.DataFrame,
        linked: pl.DataFrame,
        pairs: pl.DataFrame,
        before: int,
    ) -> Prepared:
        """Everything that the import holds."""
        refused = sorted(self._refused, key=lambda fault: fault.row or 0)
        stored = rows.select(schema("plants").columns)
        firms = self._needed(firms, stored)
        told = linked.filter(pl.col("incoming").is_in(linked_rows["incoming"].implode()))
        asked = self._asked(pairs, rows)
        table = linked_rows.select("record", "incoming").join(
            told, on="incoming", how="left", maintain_order="left"
        )
        files = {
            LINKAGE: table,
            "refused": pl.DataFrame(
                [(f.row, f.column, f.problem, f.advice) for f in refused],
                schema={"row": pl.Int64, "column": pl.String, "problem": pl.String,
                        "advice": pl.String},
                orient="row",
            ),
        }  # fmt: skip
        if not asked.is_empty():
            files[REVIEW] = asked
        fields = {
            "lines": self._read.lines,
            "statements": len(self._read.rows) + len(self._read.refused),
            "repeated": sum(fault.advice == REPEATED for fault in refused),
            "refused": _reasons(refused),
            "counts": _counts(told, asked, before, set(self._plants["plant"])),
            "remarks": list(self._read.remarks),
            "map": self._file.map,
        }
        more = More({"firms": firms}, files, fields)
        return Prepared(self._file, self._replaced, stored, firms, refused, more)

    def _asked(self, pairs: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """Uncertain pairs as corrections: those of this file, and those asked before and open."""
        columns = schema("corrections").columns
        asked = [pl.DataFrame(schema=schema("corrections").types)]
        if not pairs.is_empty():
            asked.append(review(pairs, rows).select(columns))
        if self._replaced:
            before = asked_before(self._workspace, self._replaced)
            asked.append(before.join(rows.select("record"), on="record", how="semi"))
        decided = self._evidence.table("corrections")
        lines = pl.concat(asked).unique(["table", "record", "field"], maintain_order=True)
        return lines.join(decided, on=["table", "record", "field"], how="anti")

    def _needed(self, firms: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """New firms that a stored row names, and those of the replaced import still named."""
        others = self._plants.select("firm", "owners")
        named = _named(pl.concat([rows.select("firm", "owners"), others]))
        mine = firms
        if self._replaced:
            before = self._evidence.layered("firms").filter(pl.col("origin") == self._replaced.id)
            corrected = self._evidence.table("corrections").filter(pl.col("table") == "firms")
            named |= set(corrected["record"])
            mine = pl.concat([before.drop("origin"), firms])
        everybody = dict(mine.select("firm", "owners").rows())
        partners = {id for firm in named for id in _owners_of(everybody.get(firm))}
        return mine.filter(pl.col("firm").is_in(list(named | partners)))


def _with_pages(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the page that their source stands for, since a page may be cited twice."""
    pages = {source: page(source) for source in rows["source"].unique()}
    return rows.with_columns(
        pl.col("source").replace_strict(pages, return_dtype=pl.String).alias("page")
    )


def _counted(fault: Fault, count: int) -> Fault:
    """The first refused row of a kind, with how many are like it."""
    if count == 1:
        return fault
    return replace(fault, problem=f"{fault.problem} ({count - 1:,} more rows like it)")


def _reasons(refused: list[Fault]) -> dict[str, int]:
    """Refused rows by kind, each told by its first."""
    found: Counter[str] = Counter()
    for fault, count in alike(refused):
        found[f"{fault.column or 'row'}: {fault.problem}; {fault.advice}"] += count
    return dict(found)


def _counts(
    told: pl.DataFrame, asked: pl.DataFrame, before: int, known: set[str]
) -> dict[str, int]:
    """Plants by how they were recognised, and how many were and are on record."""
    rank = pl.col("how").replace_strict({how: n for n, how in enumerate(HOW)}, return_dtype=pl.Int8)
    best = told.with_columns(rank.alias("rank")).sort("rank").unique("plant", maintain_order=True)
    steps = dict(best["how"].value_counts().rows())
    return {
        "in the list": told["incoming"].n_unique(),
        "merged": told["incoming"].n_unique() - best.height,
        **{how: steps.get(how, 0) for how in HOW},
        "uncertain": asked["record"].n_unique(),
        "on record before": before,
        "on record after": len(known | set(best["plant"])),
    }


def _listed(note: str | None) -> str:
    """What a list says of a row whose stage it does not tell."""
    parts = (note or "").split("; ")
    return next((part for part in parts if part.startswith("listed as")), "blank")


def _named(rows: pl.DataFrame) -> set[str]:
    """Every firm that plants name, as the one that runs them or as an owner."""
    owners = {id for text in rows["owners"].drop_nulls() for id in _owners_of(text)}
    return set(rows["firm"].drop_nulls()) | owners


def _owners_of(text: str | None) -> list[str]:
    return [part.rpartition(":")[0] or part for part in (text or "").split("|") if part]
