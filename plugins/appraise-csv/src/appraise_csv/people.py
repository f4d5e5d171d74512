"""People out of a table, by a mapping."""

from dataclasses import replace
from pathlib import Path

from appraise.adapters.contract import FileShape, ImportOptions, ReadPeople
from appraise.adapters.files import detect, read_rows
from appraise.adapters.header_rows import as_said
from appraise.adapters.overrides import Overrides, read_overrides, refuse_sensitive
from appraise.adapters.people import NAMES, ManagerColumn, PeopleFormat, Rows, people_of, table_rows
from appraise.adapters.spreadsheets import cell_text
from appraise.domain.employees import EmploymentStatus, ReportingKind
from appraise.errors import InvalidInput
from appraise_csv.mapping import NAME_ORDERS, PEOPLE_COLUMNS, ManagerMapping, PeopleMapping, TableMapping

_KEY, _LAST_FIRST = "key", NAME_ORDERS[1]


def canonical_people(columns: tuple[str, ...]) -> PeopleMapping:
    """The mapping of a table whose columns have our own names; `reference.<namespace>` columns are references.

    One that says of each key what it is (`key_namespace`) was written by `appraise export-people`.
    """
    folded = {column.casefold(): column for column in columns}
    needed = {_KEY} | (set() if folded.keys() & set(NAMES) else {"display_name"})
    is_ours = "key_namespace" in folded
    manager = ManagerMapping("reference" if is_ours else "id")
    return PeopleMapping(
        columns={field: folded.get(field, field) for field in PEOPLE_COLUMNS if field in folded or field in needed},
        references={
            column.partition(".")[2]: column for column in columns if column.casefold().startswith("reference.")
        },
        attributes={
            column.partition(".")[2]: column for column in columns if column.casefold().startswith("attribute.")
        },
        is_ours=is_ours,
        manager=manager,
        dotted_manager=manager,
    )


def shows_people(path: Path, options: ImportOptions) -> bool:
    """Whether the columns are our own of people. JSON documents are not looked at: they would be read whole for it."""
    try:
        shape = detect(path, as_said(FileShape(), options.settings))
        if shape.format not in {"csv", "jsonl", "xlsx"}:
            return False
        _, first = next(iter(read_rows(path, shape, on_reject=lambda _: None)), (0, {}))
    except InvalidInput:
        return False
    columns = {column.casefold() for column in first}
    return "key" in columns and not columns.isdisjoint({"display_name", "given_name", "family_name"})


def read_people(path: Path, mapping: TableMapping, options: ImportOptions) -> ReadPeople:
    shape = detect(path, as_said(mapping.shape, options.settings))
    rows = table_rows(path, options, shape=shape)
    people = mapping.people or canonical_people(tuple(rows.header))
    mapped = [*people.columns.values(), *people.references.values()] if mapping.people else []
    for column in (*mapped, *people.attributes.values()):
        refuse_sensitive(column)
    if people.is_ours and shape.format == "csv":
        rows = _unquoted(rows)
    rows = replace(rows, complete=people.complete)
    options = replace(options, mapping=None, date_format=options.date_format or people.date_format)
    overrides = _overrides(people, options)
    people = replace(people, columns=overrides.columns)
    return people_of(rows, _format(people, options), options, path, overrides)


def _unquoted(rows: Rows) -> Rows:
    """As it was before it was made safe for spreadsheets."""
    plain = [replace(row, cells={name: cell_text(text) or "" for name, text in row.cells.items()}) for row in rows.rows]
    return replace(rows, rows=plain)


def _format(people: PeopleMapping, options: ImportOptions) -> PeopleFormat:
    key = people.key_namespace or f"{options.source}:{people.columns[_KEY].casefold()}"
    managers = (
        ("manager", people.manager, ReportingKind.SOLID),
        ("dotted_manager", people.dotted_manager, ReportingKind.DOTTED),
    )
    return PeopleFormat(
        title="table of people as mapped",
        columns={field: (column,) for field, column in people.columns.items()},
        ids={_KEY: _KEY},
        statuses={} if people.words else {status.value: status for status in EmploymentStatus},
        managers=[_manager(*one) for one in managers if one[0] in people.columns],
        namespaces={_KEY: key} | {space: space for _, one, _ in managers if (space := one.namespace)},
        last_first=people.name_order == _LAST_FIRST,
        effective_to_is_last_day=people.effective_to_is_last_day,
        is_ours=people.is_ours,
    )


def _manager(field: str, mapping: ManagerMapping, kind: ReportingKind) -> ManagerColumn:
    names = (mapping.namespace or _KEY) if mapping.kind == "id" else mapping.kind
    return ManagerColumn(field, names, kind, mapping.absent, last_first=mapping.name_order == _LAST_FIRST)


def _overrides(people: PeopleMapping, options: ImportOptions) -> Overrides:
    """What the mapping says, with what the settings of the import say of it."""
    said = read_overrides(options, PEOPLE_COLUMNS)
    return Overrides(
        {**people.columns, **said.columns},
        {**{word.casefold(): EmploymentStatus(one) for word, one in people.words.items()}, **said.statuses},
        {**people.references, **said.references},
        {**people.attributes, **said.attributes},
    )
