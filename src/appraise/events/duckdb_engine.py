"""DuckDB as Ibis speaks to it, for runs of many small statements."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.rules as rlz
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.backends.duckdb.converter import DuckDBPyArrowData
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.expr.schema import Schema
from sqlglot.expressions import Expression

from appraise.events.engine import name_of, quoted
from appraise.events.statements import Statements, shape_of
from appraise.events.store import TableView

STATEMENTS: Final = Statements()
_ENUM: Final = "enum"


class _OneOf(ops.Value):  # type: ignore[misc]  # Ibis has no types
    """A text that is one of `values`, or null."""

    arg: ops.Value[dt.String]
    values: tuple[str, ...]

    dtype = dt.string
    shape = rlz.shape_like("arg")


class _Compiler(DuckDBCompiler):  # type: ignore[misc]  # Ibis has no types
    """As Ibis' own, but for what it has done in roundabout ways, half a microsecond for each row of each pass.

    Seconds since 1970 are read off a time as it is stored, not by a zone's calendar; a hash is halved to fit a whole
    number with a sign, not written out in bits.
    """

    def visit_ExtractEpochSeconds(self, _: ops.ExtractEpochSeconds, *, arg: Expression) -> Expression:  # noqa: N802  # Ibis' name
        return self.f.epoch(arg)  # type: ignore[no-any-return]

    def visit_Hash(self, _: ops.Hash, *, arg: Expression) -> Expression:  # noqa: N802  # Ibis' name
        halved = sge.BitwiseRightShift(this=self.f.hash(arg), expression=sge.convert(1))
        return self.cast(halved, dt.int64)  # type: ignore[no-any-return]

    def visit__OneOf(self, _: _OneOf, *, arg: Expression, values: tuple[str, ...]) -> Expression:  # noqa: N802  # Ibis' name
        known = [sge.convert(value) for value in values]
        return sge.Cast(this=arg, to=sge.DataType(this=sge.DataType.Type.ENUM, expressions=known))


class DuckDBEngine(Backend):  # type: ignore[misc]  # Ibis has no types
    """As Ibis' own backend, with its statements remembered; temporary tables are made without looking them up after."""

    compiler = _Compiler()

    def events(self, view: TableView) -> ir.Table:
        """As a view, because Ibis 12 cannot type a bare query on DuckDB 2."""
        query = view.query()
        name = name_of(view, query)
        self.raw_sql(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")
        return self.table(name)

    def one_of(self, text: ir.Value, values: Collection[str]) -> ir.Value:
        """The text, which is one of `values` or null, kept as a number: so are tables made from one that has it."""
        return _OneOf(text, tuple(sorted(values))).to_expr()

    def compile(self, expr: ir.Expr, /, **options: Any) -> str:
        """As Ibis writes it."""
        if any(options.values()):
            return str(super().compile(expr, **options))
        table = expr.as_table()
        return STATEMENTS.written(shape_of(table.op()), lambda: str(super(DuckDBEngine, self).compile(table)))

    def to_pyarrow(self, expr: ir.Expr, /, **options: Any) -> pa.Table | pa.Array | pa.Scalar:
        """As Ibis does it."""
        if any(options.values()):
            return super().to_pyarrow(expr, **options)
        found = self.con.sql(self._ready(expr.as_table())).to_arrow_table()
        return expr.__pyarrow_result__(found, data_mapper=DuckDBPyArrowData)

    def create_table(self, name: str, /, obj: Any = None, **options: Any) -> ir.Table:
        """As Ibis does it; a temporary table of an expression has that expression's types."""
        if not (isinstance(obj, ir.Table) and options.pop("temp", False)):
            return super().create_table(name, obj, **options)
        schema: Schema = options.pop("schema", None) or obj.schema()
        if any(options.values()) or schema.geospatial:
            return super().create_table(name, obj, schema=schema, temp=True, **options)
        sql = self._ready(obj)
        self.con.execute(f'CREATE TEMP TABLE "{name}" ({self._column_definitions(schema, sql)})')
        self.con.execute(f'INSERT INTO "{name}" {sql}')
        place = ops.Namespace(catalog="temp", database="main")
        return ops.DatabaseTable(name, schema=schema, source=self, namespace=place).to_expr()

    def _ready(self, table: ir.Table) -> str:
        """The table's SQL, once the rows that it brings along are at the engine."""
        shape = shape_of(table.op())
        if shape.holds_rows:
            self._run_pre_execute_hooks(table)
        return STATEMENTS.written(shape, lambda: str(super(DuckDBEngine, self).compile(table)))

    def _column_definitions(self, schema: Schema, sql: str) -> str:
        """Of the schema's types, and of those that stand for texts as numbers."""
        declared = list(_declared(schema))
        if dt.string in schema.types:
            for at, kept in enumerate(self.con.sql(sql).types):
                if kept.id == _ENUM:
                    declared[at] = f"{quoted(schema.names[at])} {kept}"
        return ", ".join(declared)


@lru_cache(maxsize=512)
def _declared(schema: Schema) -> tuple[str, ...]:
    return tuple(column.sql("duckdb") for column in schema.to_sqlglot_column_defs("duckdb"))
