"""Query results as NumPy arrays, and sums as tables of employees by profiles."""

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def fetched(table: ibis.Table, *, order_by: list[str]) -> pa.Table:
    """The rows in a fixed order, so that sums over them always give the same digits."""
    return (table.order_by(order_by) if order_by else table).to_pyarrow()


def how_many(table: ibis.Table, *, where: ibis.expr.types.BooleanValue | None = None) -> int:
    """Number of rows. Named, as Ibis names it by the table, so that each temporary one made another statement."""
    return int(table.count(where=where).name("n").to_pyarrow().as_py() or 0)  # Spark gives null for no rows


def floats(table: pa.Table, name: str) -> FloatArray:
    values: FloatArray = table[name].cast(pa.float64()).to_numpy().astype(np.float64)
    return values


def whole(table: pa.Table, name: str) -> IntArray:
    values: IntArray = table[name].to_numpy().astype(np.int64)
    return values


def cross_table(row: IntArray, column: IntArray, values: FloatArray, *, shape: tuple[int, int]) -> FloatArray:
    flat = np.bincount(row * shape[1] + column, weights=values, minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float64)
