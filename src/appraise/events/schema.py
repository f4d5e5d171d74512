"""The stored form of the canonical columns: Arrow for the tables, DuckDB for queries, JSON Schema for readers."""

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from appraise.domain.events import COLUMNS, Column, ColumnType, EventKind

ARROW: Mapping[ColumnType, pa.DataType] = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.DECIMAL: pa.decimal128(18, 6),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.TIMESTAMP: pa.timestamp("us", "UTC"),
    ColumnType.MONEY: pa.int64(),
}

DUCKDB: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DECIMAL: "DECIMAL(18,6)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
    ColumnType.MONEY: "BIGINT",
}

PROVENANCE: tuple[Column, ...] = (
    Column("source", ColumnType.TEXT, required=True, description="whose event it is; event_id is unique within it"),
    Column("load_id", ColumnType.TEXT, required=True, description="the load that brought the row"),
    Column("file", ColumnType.TEXT, required=True, description="name of the file that the row stood in"),
    Column("row", ColumnType.INTEGER, required=True, description="its row there, as a spreadsheet counts"),
)
"""What the store adds to every event and hands out with it."""

EMAIL = "the customer's address, only in a file to be read: link_key is made of it, and it is not kept"

BOOKKEEPING: tuple[Column, ...] = (
    Column("sequence", ColumnType.INTEGER, required=True, description="ordinal of the load within its source"),
    Column("supersedes", ColumnType.BOOLEAN, required=True, description="an earlier load holds the same event"),
    Column(
        "withdrawn",
        ColumnType.BOOLEAN,
        required=True,
        description="the load says that the event is no more: the row stands for no event, the earlier ones neither",
    ),
)
"""What the store needs to tell which row of an event is the latest; never handed out."""


def stored_columns(kind: EventKind) -> tuple[Column, ...]:
    return (*COLUMNS[kind], *PROVENANCE, *BOOKKEEPING)


def visible_columns(kind: EventKind) -> tuple[Column, ...]:
    return (*COLUMNS[kind], *PROVENANCE)


def arrow_schema(kind: EventKind) -> pa.Schema:
    return pa.schema([pa.field(column.name, ARROW[column.type]) for column in stored_columns(kind)])


def json_schema(kind: EventKind) -> dict[str, object]:
    """JSON Schema of an event: as handed out, and as a file may bring it (then without the load's columns).

    Times are RFC 3339, decimals are strings, money is in minor units.
    """
    columns = visible_columns(kind)
    properties = {column.name: _property(column) for column in columns}
    properties["email"] = {"type": ["string", "null"], "description": EMAIL}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"appraise:events/{kind.value}",
        "title": kind.value,
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in COLUMNS[kind] if column.required],
        "properties": properties,
    }


def write_json_schemas(directory: Path) -> None:
    """One file per event kind, for whoever reads or fills the tables from outside."""
    for kind in EventKind:
        text = json.dumps(json_schema(kind), indent=2, ensure_ascii=False)
        (directory / f"{kind.value}.json").write_text(f"{text}\n", encoding="utf-8")


def _property(column: Column) -> dict[str, object]:
    shapes: dict[ColumnType, dict[str, object]] = {
        ColumnType.TEXT: {"type": "string"},
        ColumnType.INTEGER: {"type": "integer"},
        ColumnType.DECIMAL: {"type": "string", "pattern": r"^-?\d{1,12}(\.\d{1,6})?$"},
        ColumnType.BOOLEAN: {"type": "boolean"},
        ColumnType.TIMESTAMP: {"type": "string", "format": "date-time"},
        ColumnType.MONEY: {"type": "integer"},
    }
    shape = dict(shapes[column.type])
    if column.vocabulary:
        shape["enum"] = list(column.vocabulary) if column.required else [*column.vocabulary, None]
    if not column.required:
        shape["type"] = [shape["type"], "null"]
    if column.description:
        shape["description"] = column.description
    return shape
