"""The adapter contract: what a plugin declares, and the two shapes of source.

A plugin registers one object per system under the entry-point group `appraise.adapters`. The object has a
`declaration` and satisfies `EmployeeSource`, `EventSource` or both (and, for demonstrations and its own conformance
test, `ExampleWriter`). It maps; it does not retry, commit, score or log policy.

Employees are few: they are read as records, row by row. Events are many: an adapter *describes* how raw text columns
become canonical ones (`EventStage`), and the event store carries that out set-wise.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from appraise.adapters.records import PeopleRecord, RejectedRow
from appraise.domain.events import EventKind


class Verification(StrEnum):
    """How far the vendor's format was checked: against a real file or document, second-hand, or not at all."""

    VERIFIED = "verified"
    SECOND_HAND = "second-hand"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an adapter can do; `appraise adapters` prints it.

    `format_version` names the vendor's format and what it was checked against; `files` are the kinds of file read,
    e.g. "user data file (csv)"; `reads` the record and event kinds; `quirks` one sentence per quirk handled;
    `unknowable` one sentence per thing that the export cannot tell.
    """

    name: str
    title: str
    format_version: str
    verification: Verification
    files: tuple[str, ...]
    reads: tuple[str, ...]
    quirks: tuple[str, ...] = ()
    unknowable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a person says about a file; adapters refuse what they need and do not get.

    `source` names whose data it is (the adapter's name by default): two shops are two sources. `time_zone` is an IANA
    name for times without offset. `as_of` is the day that a snapshot of people shows. `date_format` and `settings` are free for the adapter; `mapping` is a mapping
    file that overrides the adapter's own column names.
    """

    source: str
    time_zone: str | None = None
    date_format: str | None = None
    as_of: date | None = None
    mapping: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileShape:
    """How to cut a file into rows of text. None means: detect, and report what was found.

    `header_row` is the 1-based row of the column names and `first_data_row` that of the first record; `records_path`
    the dotted path to the list of records in a JSON document; `sheet` a worksheet's name (first one by default);
    `columns` names the cells of a file without a header row (then `header_row` is 0 and `first_data_row` 1).
    """

    format: str | None = None  # csv, json, jsonl, xlsx, parquet
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int = 1
    first_data_row: int = 2
    records_path: str | None = None
    sheet: str | None = None
    columns: tuple[str, ...] = ()


class Parse(StrEnum):
    """How a text becomes a value of its canonical column.

    TEXT trims and treats empty as null. TIMESTAMP reads `formats` (strptime) or ISO 8601; without an offset the
    rule's `time_zone`. MONEY reads a decimal number in major units and multiplies by 10^minor digits of the row's
    currency. DECIMAL and INTEGER refuse anything else than a number. BOOLEAN reads true/false/1/0/yes/no.
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
    """Rows left out on purpose: counted under `reason`, not rejected. `where` is DuckDB SQL over the raw columns."""

    where: str
    reason: str


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
class ReadPeople:
    """The outcome of reading an HRIS export: all rows are in `records` or in `rejected`; none is lost."""

    records: tuple[PeopleRecord, ...]
    rejected: tuple[RejectedRow, ...]
    unmapped_columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    complete: bool = True
    """Whether the export claims to hold everybody, so that whoever is missing may have left."""


@runtime_checkable
class Adapter(Protocol):
    declaration: ClassVar[Declaration]


@runtime_checkable
class EmployeeSource(Adapter, Protocol):
    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        """All people of an export. Raises `InvalidInput` when the file as a whole is not of this format."""
        ...


@runtime_checkable
class EventSource(Adapter, Protocol):
    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        """How the rows of a file with these columns become events.

        `columns` are the raw header names as found (empty when the shape must be known first: see `shape`).
        Raises `InvalidInput` when compulsory columns are missing, naming the nearest ones found.
        """
        ...

    def shape(self, path: Path, options: ImportOptions) -> FileShape:
        """How to cut the file into rows; asked before `plan_events`."""
        ...


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """One file of a generated company; `options` are those that an import of it needs."""

    path: Path
    adapter: str
    options: ImportOptions


@runtime_checkable
class ExampleWriter(Adapter, Protocol):
    def write_example(self, company: "ExampleCompany", directory: Path) -> Iterator[ExampleFile]:
        """Write the part of a generated company that this system would hold, in its own export format and quirks.

        Same company, same bytes. Used by the demonstration and, as a round trip, by the conformance suite.
        """
        ...


class ExampleCompany(Protocol):
    """A generated company as columns; see `appraise.testing.company` for the tables and their columns.

    `table(name)` gives a mapping column → list of Python values, all of equal length.
    """

    def table(self, name: str) -> Mapping[str, Sequence[object]]: ...
