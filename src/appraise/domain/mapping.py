"""How raw text columns of a file become canonical ones: described by adapters, carried out by the event store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from appraise.domain.events import EventKind


@dataclass(frozen=True, slots=True)
class FileShape:
    """How to cut a file into rows of text. None means: detect, and report what was found.

    `header_row` is the 1-based row of the column names and `first_data_row` that of the first record; `records_path`
    the dotted path to the list of records in a JSON document; `sheet` a worksheet's name (first one by default);
    `columns` names the cells of a file without a header row (then `header_row` is 0 and `first_data_row` 1).
    `short_rows` fills up rows that end early, which are otherwise rejected: some exports close with a line of text.
    """

    format: str | None = None  # csv, json, jsonl, xlsx, parquet
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int = 1
    first_data_row: int = 2
    records_path: str | None = None
    sheet: str | None = None
    columns: tuple[str, ...] = ()
    short_rows: bool = False


class Parse(StrEnum):
    """How a text becomes a value of its canonical column.

    TEXT trims and treats empty as null. TIMESTAMP reads `formats` (strptime) or ISO 8601; without an offset the
    rule's `time_zone`. MONEY reads a decimal number in major units and multiplies by 10^minor digits of the row's
    currency; money that is in minor units already is an INTEGER. DECIMAL and INTEGER refuse anything else than a
    number. BOOLEAN reads true/false/1/0/yes/no.
    LINK makes a customer's link key from an e-mail address: normalised, then hashed with the deployment's key.
    """

    TEXT = "text"
    TIMESTAMP = "timestamp"
    MONEY = "money"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one canonical column is made.

    Exactly one of `column` (a raw column), `sql` (a DuckDB scalar expression over the raw columns, all VARCHAR, giving
    VARCHAR) and `constant` (a fixed text) says where the text comes from.
    `blame` names the raw column to show in a report of rejected rows when `sql` is used. `words` maps the source's
    vocabulary to ours; a word that is not in it rejects the row. `decimal_comma` reads `1.234,56`.
    """

    parse: Parse = Parse.TEXT
    column: str | None = None
    sql: str | None = None
    constant: str | None = None
    blame: str | None = None
    formats: tuple[str, ...] = ()
    time_zone: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    decimal_comma: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows left out on purpose: counted under `reason`, not rejected. `where` is DuckDB SQL over the raw columns.

    The row says that its event is no more: where an earlier load of the source counts it under the same id, it is
    withdrawn. `withdraws` is false of rows that speak of no event, or share another one's id. Without a `reason` the
    rows are not counted, because another stage tells of them.
    """

    where: str
    reason: str | None
    withdraws: bool = True


@dataclass(frozen=True, slots=True)
class EventStage:
    """How a file's rows become events of one kind.

    `rules` maps canonical column → Rule; a canonical column without a rule is null. `only` keeps the raw rows that
    speak of this kind (SQL; the others are none of its business and are not counted). `prepare` may reshape the raw
    rows first: a SELECT over `raw` that must carry `_row` (the row number to report) and whatever the rules name; None
    means the raw rows as they are.
    """

    kind: EventKind
    rules: Mapping[str, Rule]
    only: str | None = None
    skips: tuple[Skip, ...] = ()
    prepare: str | None = None


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What an adapter makes of one file: its shape, its stages, the columns it knows, and warnings for the person.

    `used` are the raw columns that the stages read; the store lists the others as unmapped. `warnings` say what the
    file cannot tell.
    """

    shape: FileShape
    stages: tuple[EventStage, ...]
    used: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken, with what is needed to find and mend it."""

    file: str
    row: int
    column: str | None
    value: str | None
    reason: str
