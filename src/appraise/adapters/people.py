"""People out of an export: what a reader of HR exports has to survive, whatever system wrote them.

A plugin says which columns its system exports (`PeopleFormat`) and, where the file is no table, cuts it into rows.
Whatever is read is a record, a rejected row with its reason, or a row left out with its reason; no other column is
looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from appraise.adapters.columns import find_columns
from appraise.adapters.contract import FileShape, ImportOptions, ReadPeople
from appraise.adapters.days import check_time_zone
from appraise.adapters.files import detect, read_header, read_rows
from appraise.adapters.header_rows import OF_TABLES, as_said, below_titles, folded
from appraise.adapters.named_managers import Mentioned, with_managers
from appraise.adapters.overrides import Overrides, read_overrides
from appraise.adapters.people_format import NAMES, ManagerColumn, PeopleFormat, Row, Rows
from appraise.adapters.people_reader import PersonReader, Refused
from appraise.adapters.records import RejectedRow
from appraise.adapters.several_rows import one_row_each, without_untold
from appraise.errors import InvalidInput, Place

__all__ = [
    "NAMES",
    "ManagerColumn",
    "PeopleFormat",
    "Row",
    "Rows",
    "flat",
    "folded",
    "object_rows",
    "people_of",
    "table_rows",
]


def table_rows(
    path: Path, options: ImportOptions, people: PeopleFormat | None = None, shape: FileShape | None = None
) -> Rows:
    """The rows of a CSV file, a worksheet, JSON lines or a JSON document that is one list of records.

    The settings `header_row` and `sheet` say where the table is, and win over `shape`. Where the columns of `people`
    are known, the header may stand below some rows of titles all the same. Rows that repeat the header are left out.
    """
    said = as_said(shape or FileShape(), options.settings)
    if people is not None:
        named = read_overrides(options, people.columns).columns
        people = replace(people, columns={**people.columns, **{name: (column,) for name, column in named.items()}})
    shape = detect(path, said if "header_row" in options.settings else below_titles(path, said, people))
    heeded = {"header_row": shape.format in {"csv", "xlsx"}, "sheet": shape.format == "xlsx"}
    header_row = shape.header_row if shape.header_row > 1 else None
    rejected: list[RejectedRow] = []
    found = read_rows(path, shape, on_reject=rejected.append)
    # Most columns of an export are blank on most rows: without them all rows of a large one fit into memory.
    rows = [Row(number, {name: text for name, text in cells.items() if text}) for number, cells in found]
    again = {row.number for row in rows if len(row.cells) > 1 and all(n == t.strip() for n, t in row.cells.items())}
    return Rows(
        read_header(path, shape),
        [row for row in rows if row.number not in again],
        tuple(rejected),
        tuple(RejectedRow(path.name, number, None, None, "repeats the header") for number in sorted(again)),
        (f"the header was found in row {header_row}, below other text",) if shape.header_row > said.header_row else (),
        header_row=header_row,
        heeded=frozenset(name for name in options.settings if heeded.get(name)),
    )


def object_rows(records: Iterable[object]) -> Rows:
    """Rows from objects of a JSON or XML document, numbered from 1: nested objects by dotted keys, lists left out.

    What is no object is rejected by `people_of`, as a row without an id.
    """
    rows = [Row(number, flat(record)) for number, record in enumerate(records, start=1)]
    return Rows(tuple(dict.fromkeys(name for row in rows for name in row.cells)), rows)


def flat(record: object, prefix: str = "") -> dict[str, str]:
    """The texts of an object by dotted keys; keys that are null are left out, and so are lists."""
    cells: dict[str, str] = {}
    for key, value in record.items() if isinstance(record, Mapping) else ():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            cells |= flat(value, f"{name}.")
        elif isinstance(value, bool):
            cells[name] = "true" if value else "false"
        elif value is not None and not isinstance(value, list):
            cells[name] = str(value)
    return cells


def people_of(
    rows: Rows, people: PeopleFormat, options: ImportOptions, path: Path, overrides: Overrides | None = None
) -> ReadPeople:
    """Raises `InvalidInput` where the columns are not of this format or an override is not known.

    `overrides` are those of the options and their mapping file where not given.
    """
    if options.time_zone is not None:
        check_time_zone(options.time_zone)
    overrides = overrides or read_overrides(options, people.columns)
    _refuse_unheeded(rows, options, path)
    found = _matched(rows, people, overrides, path)
    reader = PersonReader(people, overrides, found, options)
    reader.look_over(rows.rows)
    records, rejected, skipped = [], list(rows.rejected), list(rows.skipped)
    for row in rows.rows:
        if people.has_child_rows and reader.is_child(row):
            skipped.append(RejectedRow(path.name, row.number, None, None, "continues a list of the person above"))
            continue
        reader.note(row)
        try:
            records.append(reader.record(row))
        except Refused as refused:
            column, value = reader.blamed(row, refused.field)
            rejected.append(RejectedRow(path.name, row.number, column, value, refused.reason))
    records, untold = without_untold(records, rejected, reader.key_of_row, path.name)
    kept, left_out, contradicting = one_row_each(records, reader.primary, path.name, side_by_side=people.is_ours)
    kept, refusals = with_managers(kept, Mentioned(reader.mentioned, reader.posts), path.name)
    return ReadPeople(
        records=tuple(sorted(kept, key=lambda record: record.row)),
        rejected=tuple(sorted([*rejected, *untold, *refusals, *contradicting], key=lambda row: row.row)),
        unmapped_columns=tuple(column for column in rows.header if column not in reader.used()),
        warnings=(*rows.warnings, *reader.warnings()),
        complete=rows.complete,
        skipped=tuple(sorted([*skipped, *left_out], key=lambda row: row.row)),
        told=reader.told(),
    )


def _refuse_unheeded(rows: Rows, options: ImportOptions, path: Path) -> None:
    for name in OF_TABLES:
        if name in options.settings and name not in rows.heeded:
            raise InvalidInput(
                f"the setting {name}={options.settings[name]} does not go with this file",
                place=Place(path.name),
                expected="a workbook" if name == "sheet" else "a CSV file or a workbook",
                hint="leave the setting out",
            )


def _matched(rows: Rows, people: PeopleFormat, overrides: Overrides, path: Path) -> dict[str, tuple[str, ...]]:
    """Field → the file's columns, the preferred ones first. Columns that a person named must be there."""
    named = {f"column.{name}": column for name, column in overrides.columns.items()}
    named |= {f"reference.{name}": column for name, column in overrides.references.items()}
    named |= {f"attribute.{name}": column for name, column in overrides.attributes.items()}
    by_fold: dict[str, list[str]] = {}
    for column in rows.header:
        by_fold.setdefault(folded(column), []).append(column)
    aliases = {name: (column,) for name, column in named.items()} | {
        name: (overrides.columns[name],) if name in overrides.columns else names
        for name, names in people.columns.items()
    }
    exact = set(named.values()) & set(rows.header)  # a person may tell two columns apart that we do not
    found = {
        name: tuple(
            dict.fromkeys(
                column for alias in names for column in ([alias] if alias in exact else by_fold.get(folded(alias), ()))
            )
        )
        for name, names in aliases.items()
    }
    found = {name: columns for name, columns in found.items() if columns}
    missing = [name for name in named if name not in found]
    if not found.keys() & set(people.ids):
        missing.append(next(iter(people.ids)))
    if not found.keys() & set(NAMES):
        missing.append(next(name for name in NAMES if name in people.columns))
    if missing:
        wanted = {name: aliases[name] for name in missing}
        title, row = people.title, rows.header_row
        find_columns(rows.header, wanted, required=missing, path=path, title=title, row=row)
        raise InvalidInput(f"the file is no {people.title}", place=Place(path.name))
    return found
