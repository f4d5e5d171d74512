"""Apache Spark as Ibis speaks to it, for events that outgrow one machine. Needs the extra `appraise[spark]`."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, Final

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkSchema
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.formats.pyarrow import PyArrowData
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from sqlglot.expressions import Expression

from appraise.domain.events import ColumnType
from appraise.errors import Retriable
from appraise.events.engine import name_of
from appraise.events.schema import stored_columns
from appraise.events.store import TableView

SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",
    # Division by zero and numbers that do not fit are errors, never nulls that read as "not observed".
    "spark.sql.ansi.enabled": "true",
}
_TYPES: Final[Mapping[ColumnType, str]] = {
    ColumnType.TEXT: "STRING",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DECIMAL: "DECIMAL(18,6)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.MONEY: "BIGINT",
}


def connect(location: str) -> "SparkEngine":
    """`spark://host:port` and `local[n]` are masters, `sc://host:port` a Spark Connect server.

    Raises `Retriable` where there is none, or no Java.
    """
    builder = SparkSession.builder.appName("appraise")
    if location.startswith("sc://"):
        builder = builder.remote(location)
    else:
        builder = builder.master(location).config("spark.ui.showConsoleProgress", "false")
    try:
        session = builder.getOrCreate()
        for name, value in SETTINGS.items():
            session.conf.set(name, value)
    except (PySparkException, Py4JError) as error:
        raise Retriable(
            f"Spark cannot be used at {location}: {str(error).splitlines()[0]}; "
            "see that it is up and can be reached from here, and that this machine has Java 17"
        ) from error
    engine: SparkEngine = SparkEngine().connect(session)
    return engine


class _Compiler(PySparkCompiler):  # type: ignore[misc]  # Ibis has no types
    """As Ibis' own, but for what would give other figures than elsewhere.

    Its hashes have 32 bits, the same for hundreds of two million texts. Its 86400.0 is a decimal to Spark, by which
    whole numbers are divided into decimals of some seven places.
    """

    def visit_Hash(self, _: ops.Hash, *, arg: Expression) -> Expression:  # noqa: N802  # Ibis' name
        return self.f.anon.xxhash64(arg)  # type: ignore[no-any-return]

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> Expression | None:  # noqa: N802  # Ibis' name
        written: Expression | None = super().visit_NonNullLiteral(op, value=value, dtype=dtype)
        return self.cast(written, dt.float64) if dtype.is_floating() else written


class SparkEngine(Backend):  # type: ignore[misc]  # Ibis has no types
    """As Ibis' own backend; rows go to and fro as Arrow, and what is kept forgets how it was computed.

    A plan that remembers doubles at every join of two tables that come from one, until planning takes longer than the
    work. The price: what an executor held that is lost cannot be computed again, and the run has to be repeated.
    """

    compiler = _Compiler()

    def events(self, view: TableView) -> ir.Table:
        """The files are read where they lie: every worker must reach them under the same name."""
        query = view.query()
        name = name_of(view, query)
        if view.files:
            columns = ", ".join(f"`{one.name}` {_TYPES[one.type]}" for one in stored_columns(view.kind))
            self._session.read.schema(columns).parquet(*view.files).createOrReplaceTempView(f"{name}_rows")
            query = view.query(rows=f"{name}_rows")
        [translated] = sqlglot.transpile(query, read="duckdb", write="spark")
        self._session.sql(translated).createOrReplaceTempView(name)
        return self.table(name)

    def one_of(self, text: ir.Value, _: Collection[str]) -> ir.Value:
        """As it is: what Spark keeps it compresses."""
        return text

    def to_pyarrow(self, expr: ir.Expr, /, **options: Any) -> pa.Table | pa.Array | pa.Scalar:
        """As Ibis does it, without a way through pandas, to which a whole number that is absent is a float."""
        table = expr.as_table()
        self._run_pre_execute_hooks(table)
        found = self._session.sql(self.compile(table, **options)).toArrow()
        return expr.__pyarrow_result__(PyArrowData.convert_table(found, table.schema()))

    def _create_cached_table(self, name: str, expr: ir.Table) -> ir.Table:
        self._run_pre_execute_hooks(expr)
        kept = self._session.sql(self.compile(expr)).localCheckpoint()
        kept.createOrReplaceTempView(name)
        return ops.DatabaseTable(name, schema=expr.schema(), source=self).to_expr()

    def _drop_cached_table(self, name: str) -> None:
        # As the process ends Spark Connect has no threads any more; the views go with the session.
        with suppress(RuntimeError):
            self._session.catalog.dropTempView(name)

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        rows = op.data.to_pyarrow(op.schema)
        schema = PySparkSchema.from_ibis(op.schema)  # Spark Connect finds none in a table without rows
        self._session.createDataFrame(rows, schema).createOrReplaceTempView(op.name)


SparkEngine.register_options()  # Ibis does so for the backends that it finds itself
