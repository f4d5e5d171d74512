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
from appraise.domain.mapping import EventPlan, EventStage, FileShape, Parse, Rule, Skip

__all__ = [
    "Adapter",
    "Declaration",
    "EmployeeSource",
    "EventPlan",
    "EventSource",
    "EventStage",
    "ExampleCompany",
    "ExampleFile",
    "ExampleWriter",
    "FileShape",
    "ImportOptions",
    "MixedSource",
    "Parse",
    "ReadPeople",
    "Rule",
    "Skip",
    "Verification",
]


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
    name for times without offset. `as_of` is the day that a snapshot of people shows. `date_format` and
    `settings` are free for the adapter; `mapping` is a mapping file that overrides the adapter's own column names.
    """

    source: str
    time_zone: str | None = None
    date_format: str | None = None
    as_of: date | None = None
    mapping: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadPeople:
    """The outcome of reading an HRIS export: every row is in `records`, `rejected` or `skipped`; none is lost.

    `skipped` are rows left out on purpose, each with its reason: another job of somebody who is in `records`, a
    repetition. Unlike rejected ones they need nobody's attention.
    """

    records: tuple[PeopleRecord, ...]
    rejected: tuple[RejectedRow, ...]
    unmapped_columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    complete: bool = True
    """Whether the export claims to hold everybody: where that is declared, whoever is missing then has left."""
    skipped: tuple[RejectedRow, ...] = ()
    told: frozenset[str] | None = None
    """Of `job_title, department, managers, dotted_managers, status, termination_date, attribute.NAME` what the export
    has columns of; None for all. What it has none of stays as it is known."""


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


@runtime_checkable
class MixedSource(EmployeeSource, EventSource, Protocol):
    """An adapter whose files may hold people or events, e.g. because a mapping file says which."""

    def holds_people(self, path: Path, options: ImportOptions) -> bool:
        """By the mapping, or by what the file shows. False for a file that cannot be read."""
        ...

    def suggest_mapping(self, path: Path) -> str:
        """A first mapping file for this table, to be read and completed by a person."""
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
