"""Rules by which a table's columns become events, made of its mapping."""

import re
from collections.abc import Mapping, Sequence

from appraise.adapters.contract import ImportOptions, Parse, Rule
from appraise.adapters.event_mapping import EventMapping
from appraise.domain.events import COLUMNS, Column, ColumnType
from appraise.errors import InvalidInput, Place

_PARSES = {
    ColumnType.TEXT: Parse.TEXT,
    ColumnType.INTEGER: Parse.INTEGER,
    ColumnType.DECIMAL: Parse.DECIMAL,
    ColumnType.BOOLEAN: Parse.BOOLEAN,
    ColumnType.TIMESTAMP: Parse.TIMESTAMP,
    ColumnType.MONEY: Parse.MONEY,
}
SUGGEST = "`appraise import csv FILE --suggest-mapping > mapping.toml` writes a first mapping to correct"


def check_required(event: EventMapping, file: str) -> None:
    given = event.columns.keys() | event.constants.keys() | event.sql.keys()
    missing = [column.name for column in COLUMNS[event.kind] if column.required and column.name not in given]
    if missing and event.is_canonical:
        raise InvalidInput(
            f"the table is no plain event file of {event.kind}: it has no {', '.join(missing)}",
            place=Place(file),
            expected=f"the columns of schema/events/{event.kind}.json, or a mapping file",
            hint=SUGGEST,
        )
    if missing:
        raise InvalidInput(
            f"nothing says where {', '.join(missing)} of the {event.kind} come from",
            place=Place(file),
            expected="a column, a constant or an SQL expression for each",
            hint="a rating needs the scale it was given on: [scale] name, low, high"
            if "scale" in missing
            else f'under [columns] {missing[0]} = "its column", or under [constants] {missing[0]} = "its value"',
        )


def rules_of(event: EventMapping, found: Mapping[str, str], options: ImportOptions) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    formats = event.formats or ((options.date_format,) if options.date_format else ())
    for column in COLUMNS[event.kind]:
        name = column.name
        if name not in event.columns and name not in event.constants and name not in event.sql:
            continue
        is_time = column.type is ColumnType.TIMESTAMP
        rules[name] = Rule(
            parse=_parse(event, column),
            column=found.get(name) if name not in event.sql else None,
            sql=event.sql.get(name),
            constant=event.constants.get(name) if name not in event.sql and name not in found else None,
            blame=found.get(name) if name in event.sql else None,
            formats=formats if is_time else (),
            time_zone=(event.time_zone or options.time_zone) if is_time else None,
            words=event.words.get(name, {}),
            decimal_comma=event.decimal_comma and column.type in {ColumnType.MONEY, ColumnType.DECIMAL},
        )
    return rules


def _parse(event: EventMapping, column: Column) -> Parse:
    if column.name in event.hashed:
        return Parse.LINK
    if column.name == "link_key":
        is_key = event.is_canonical and event.columns.get("link_key", "").casefold() == "link_key"
        return Parse.TEXT if is_key else Parse.LINK
    if (event.is_canonical or event.minor_units) and column.type is ColumnType.MONEY:
        return Parse.INTEGER
    return _PARSES[column.type]


def mentioned(event: EventMapping, columns: Sequence[str]) -> list[str]:
    """The raw columns that the mapping's SQL names, quoted or bare; SQL compares names without regard to case."""
    texts = [*event.sql.values(), event.only or "", event.prepare or "", *(skip.where for skip in event.skips)]
    names = {
        (quoted_name.replace('""', '"') or bare).casefold()
        for text in texts
        for quoted_name, bare in re.findall(r'"((?:[^"]|"")+)"|([^\W\d]\w*)', text)
    }
    return [column for column in columns if column.casefold() in names]
