"""The canonical event tables as scoring reads them: whole, cut at the last day of data, with times as numbers."""

from collections.abc import Mapping
from datetime import date

import ibis
import pyarrow as pa

from appraise.domain.events import COLUMNS, Column, ColumnType, EventKind

SECONDS_PER_DAY = 86_400

_IBIS = {
    ColumnType.TEXT: "string",
    ColumnType.INTEGER: "int64",
    ColumnType.DECIMAL: "decimal(18, 6)",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.TIMESTAMP: "timestamp('UTC', 6)",
    ColumnType.MONEY: "int64",
}
_SOURCE = Column("source", ColumnType.TEXT, required=True)


def seconds_of(day: date) -> int:
    """Seconds from 1970-01-01 to the start of `day`, UTC."""
    return (day - date(1970, 1, 1)).days * SECONDS_PER_DAY


def surely(condition: ibis.Value) -> ibis.Value:
    """The condition, false where it is unknown."""
    return ibis.coalesce(condition, False)  # a value of the query


def readable(events: Mapping[EventKind, ibis.Table], kind: EventKind, *, data_as_of: date) -> ibis.Table:
    """The events of one kind before `data_as_of`; a kind or column that is not there reads as empty.

    `occurred_at` becomes `at`, and `ended_at` stays null unless it lies before `data_as_of`: both whole seconds since
    1970, UTC (the engine's session must think in UTC).
    """
    columns = (_SOURCE, *COLUMNS[kind])
    table = events[kind] if kind in events else _empty(events)
    chosen = table.select(
        **{
            column.name: table[column.name].cast(_IBIS[column.type])
            if column.name in table.columns
            else ibis.literal(None, type=_IBIS[column.type])
            for column in columns
        }
    )
    end = seconds_of(data_as_of)
    chosen = chosen.mutate(at=_seconds(chosen.occurred_at)).drop("occurred_at")
    if "ended_at" in chosen.columns:
        ended = _seconds(chosen.ended_at)
        chosen = chosen.mutate(ended_at=ibis.cases((ended < end, ended)))
    return chosen.filter(chosen["at"] < end)


def _seconds(time: ibis.Value) -> ibis.Value:
    # DuckDB gives fractions, whatever Ibis takes them for: cast alone they would round up, over midnight if need be.
    return time.epoch_seconds().floor().cast("int64")


def _empty(events: Mapping[EventKind, ibis.Table]) -> ibis.Table:
    """No rows and no canonical column, on the engine of the other tables."""
    for table in events.values():
        return table.select(nothing=ibis.literal(None, type="string")).limit(0)
    return ibis.memtable(pa.table({"nothing": pa.nulls(0, pa.string())}))
