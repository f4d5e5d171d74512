from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from appraise.adapters.code_pages import SETTING
from appraise.adapters.contract import (
    Declaration,
    EventPlan,
    ExampleCompany,
    ExampleFile,
    FileShape,
    ImportOptions,
    ReadPeople,
    Verification,
)
from appraise.adapters.files import detect
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput, Place
from appraise_csv.examples import write_account_owners
from appraise_csv.mapping import TableMapping, read_mapping
from appraise_csv.people import read_people, shows_people
from appraise_csv.plans import plan
from appraise_csv.suggestions import suggest_mapping


class CsvAdapter:
    """Any table of people or events, by a mapping file; or by our own column names without one."""

    declaration: ClassVar[Declaration] = Declaration(
        name="csv",
        title="Plain event files, and any table with a mapping (CSV, TSV, XLSX, JSON, JSON lines, Parquet)",
        format_version="schema/events; any other table by a mapping file that says what its columns mean",
        verification=Verification.VERIFIED,
        files=(
            "events as schema/events describes them (csv, jsonl, parquet)",
            "a table (csv, tsv, xlsx, json, jsonl; events also parquet) and its mapping (toml)",
        ),
        reads=("people", *EventKind),
        quirks=(
            "Ids are text: leading zeros and 19 digits survive.",
            "Sentinel days (0000-00-00, 1900-01-01, 2099-12-31, 4712-12-31, 9999-12-31) mean that there is none.",
            "Files without a header row take their column names from the mapping.",
            "A rating without a declared scale is refused.",
            "In plain event files money is in minor units; tables with a mapping have major units.",
            "Rows of a plain event file that name another source are left out.",
            "A table of people with our own column names, as `appraise export-people` writes it, needs no mapping.",
            "Of several rows of one person the current one counts; where nothing tells which holds, all are rejected.",
        ),
        unknowable=("Whatever the table does not hold: the mapping cannot invent it.",),
    )

    def holds_people(self, path: Path, options: ImportOptions) -> bool:
        return shows_people(path, options) if options.mapping is None else self._mapping(options).people is not None

    def suggest_mapping(self, path: Path) -> str:
        return suggest_mapping(path)

    def read_people(self, path: Path, options: ImportOptions) -> ReadPeople:
        mapping = self._mapping(options)
        if mapping.events:
            raise _of_another_kind(options, found=mapping.events[0].kind, wanted="people")
        return read_people(path, mapping, options)

    def shape(self, path: Path, options: ImportOptions) -> FileShape:
        return detect(path, self._mapping(options).shape)

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        mapping = self._mapping(options)
        if mapping.people is not None:
            raise _of_another_kind(options, found="people", wanted="events")
        return plan(columns, path, detect(path, mapping.shape), mapping, options)

    def write_example(self, company: ExampleCompany, directory: Path) -> Iterator[ExampleFile]:
        yield write_account_owners(company, directory)

    def _mapping(self, options: ImportOptions) -> TableMapping:
        mapping = TableMapping() if options.mapping is None else read_mapping(options.mapping)
        if mapping.shape.encoding is not None and SETTING in options.settings:
            raise InvalidInput(
                f"the mapping declares the encoding {mapping.shape.encoding}, and so does a setting of the import",
                expected="one of them",
            )
        return mapping


def _of_another_kind(options: ImportOptions, *, found: str, wanted: str) -> InvalidInput:
    return InvalidInput(
        f"the mapping is one of {found}",
        place=Place(options.mapping.name if options.mapping else None),
        expected=f"a mapping of {wanted}",
        hint="import people and events by their own commands",
    )


adapter = CsvAdapter()
