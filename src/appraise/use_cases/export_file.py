"""An export's file: JSON lines, or Parquet. Decimals and money are exact in both."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, BinaryIO, Final, Protocol

import orjson

from appraise.domain.exports import ExportFormat, ExportKind
from appraise.use_cases.export_rows import Row

MEDIA: Final = {ExportFormat.JSONL: "application/jsonl", ExportFormat.PARQUET: "application/vnd.apache.parquet"}
ENDING: Final = {ExportFormat.JSONL: "jsonl", ExportFormat.PARQUET: "parquet"}
ROW_GROUP: Final = 5_000
"""Lines; held in memory until they are written together."""
MONEY: Final = frozenset({"moneyAmountMinor", "moneyLowerMinor", "moneyUpperMinor"})


class ExportFile(Protocol):
    def write(self, rows: Iterable[Row]) -> None: ...

    def close(self) -> None:
        """Write what is held back; the file that was given stays open."""
        ...


def export_file(format: ExportFormat, kind: ExportKind, file: BinaryIO) -> ExportFile:  # noqa: A002  # the file's format
    return JsonLines(file) if format is ExportFormat.JSONL else Parquet(file, kind)


class JsonLines:
    """An object on each line, in UTF-8. Decimals and money are texts, as in the API; times are RFC 3339 in UTC."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, rows: Iterable[Row]) -> None:
        lines = (
            orjson.dumps(_as_text(row), default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)
            for row in rows
        )
        self._file.write(b"".join(lines))

    def close(self) -> None:
        self._file.flush()


def _as_text(row: Row) -> Row:
    """Whole minor units beyond 2^53 would lose digits in readers that know binary floats alone."""
    return {name: str(value) if name in MONEY and value is not None else value for name, value in row.items()}


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError


class Parquet:
    """Decimals are decimal128(38, 18): a figure of more than 18 places raises `ValueError` and is never rounded."""

    def __init__(self, file: BinaryIO, kind: ExportKind) -> None:
        import pyarrow as pa  # noqa: PLC0415  # takes a moment, and only workers need it
        import pyarrow.parquet as pq  # noqa: PLC0415

        self._schema = schema_of(kind)
        self._table: Callable[[list[Row]], Any] = lambda rows: pa.Table.from_pylist(rows, schema=self._schema)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")
        self._held: list[Row] = []

    def write(self, rows: Iterable[Row]) -> None:
        self._held += rows
        if len(self._held) >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        if self._held:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._table(self._held))
        self._held = []


def schema_of(kind: ExportKind) -> Any:
    """The columns of a kind, in their order, as Parquet has them."""
    import pyarrow as pa  # noqa: PLC0415  # takes a moment, and only workers need it

    text, whole, exact, yes_or_no = pa.string(), pa.int64(), pa.decimal128(38, 18), pa.bool_()

    def rows(**parts: Any) -> Any:
        return pa.list_(pa.struct(list(parts.items())))

    section = {
        **dict.fromkeys(["section", "employee", "employeeName", "managerName", "job", "department"], text),
        **dict.fromkeys(["cycle", "cycleName", "state"], text),
        **dict.fromkeys(["version", "revision"], whole),
        "manifestHash": text,
        "ratingsVisible": yes_or_no,
    }
    figures = ["value", "lower", "upper", "lower90", "upper90", "expected", "unshrunk", "standardError"]
    columns: dict[ExportKind, dict[str, Any]] = {
        ExportKind.SECTIONS: section
        | {"submittedAt": pa.timestamp("us", "UTC"), "observedWeight": exact, "itemsToRate": whole, "total": exact},
        ExportKind.ESTIMATES: section
        | {"item": text, "indicator": text, "weight": exact}
        | dict.fromkeys([*figures, "reliability", "probabilityBetter"], exact)
        | {"isBetter": yes_or_no, "consequence": yes_or_no, "level": whole, "flagged": yes_or_no}
        | {"raw": exact, "caseMix": rows(factor=text, effect=exact), "shrinkage": exact, "attributableShare": exact}
        | {**dict.fromkeys(["moneyAmountMinor", "moneyLowerMinor", "moneyUpperMinor"], whole), "currency": text}
        | {"absence": text, "absenceReason": text, "events": whole, "customers": whole, "effective": exact}
        | {"expectedEvents": exact, "leftOut": rows(reason=text, count=whole), "rating": whole, "comment": text},
        ExportKind.EMPLOYEES: {
            **dict.fromkeys(["employee", "name", "job", "department", "departmentName", "status"], text),
            "since": pa.date32(),
            "manager": text,
            "managerName": text,
            "externalReferences": rows(namespace=text, value=text),
        },
        ExportKind.AUDIT: {
            "sequence": whole,
            "at": pa.timestamp("us", "UTC"),
            **dict.fromkeys(["actor", "action", "subject"], text),
            "subjects": pa.list_(text),
            "details": rows(name=text, value=text),
            "previousHash": text,
            "hash": text,
            "isWithheld": yes_or_no,
        },
    }
    return pa.schema(list(columns[kind].items()))
