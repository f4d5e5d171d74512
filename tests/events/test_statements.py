"""Remembered statements are those that Ibis itself writes, whatever was asked before."""

from collections.abc import Callable, Iterator

import ibis
import pyarrow as pa
import pytest

from appraise.events.engine import open_engine
from appraise.events.statements import Statements, shape_of

ROWS = pa.table({"k": ["a", "b", "b"], "n": pa.array([1, 2, 3], pa.int64()), "x": [0.5, 1.5, 2.5]})
Build = Callable[[ibis.Table, ibis.Table], ibis.Table]


@pytest.fixture
def engine() -> Iterator[ibis.BaseBackend]:
    opened = open_engine(threads=1)
    for name in ("one", "two", "three"):
        opened.con.register(name, ROWS)
    yield opened
    opened.disconnect()


def summed(left: ibis.Table, right: ibis.Table) -> ibis.Table:
    joined = left.filter(left.n > 1).inner_join(right, "k")
    ranked = joined.mutate(rank=ibis.row_number().over(ibis.window(group_by="k", order_by="n")))
    return ranked.group_by("k").agg(n=ranked.n.sum(), x=ranked.x.cast("decimal(18, 12)").sum().cast("float64"))


def twice(left: ibis.Table, right: ibis.Table) -> ibis.Table:
    return ibis.union(left, right, left).order_by("n")


def with_rows(left: ibis.Table, right: ibis.Table) -> ibis.Table:
    return left.inner_join(ibis.memtable(ROWS.select(["k"])), "k").left_join(right.select("k", y="x"), "k")


@pytest.mark.parametrize("build", [summed, twice, with_rows])
def test_a_statement_asked_before_of_other_tables_is_as_if_it_were_the_first(
    engine: ibis.BaseBackend, build: Build
) -> None:
    plain = ibis.duckdb.connect()
    engine.compile(build(engine.table("one"), engine.table("two")))
    for names in (("two", "three"), ("three", "three"), ("two", "one")):
        expression = build(*map(engine.table, names))

        assert engine.compile(expression) == plain.compile(expression)


@pytest.mark.parametrize(
    "others",
    [
        [lambda t: t.mutate(y=1), lambda t: t.mutate(y=1.0), lambda t: t.mutate(y=ibis.literal(True))],
        [lambda t: t.filter(t.n > 1), lambda t: t.filter(t.n > 2), lambda t: t.filter(t.n >= 1)],
        [lambda t: t.select("k", "n"), lambda t: t.select("n", "k"), lambda t: t.select(k="k", m="n")],
        [lambda t: t.limit(1), lambda t: t.limit(1, offset=1), lambda t: t.distinct()],
    ],
)
def test_what_differs_in_anything_but_a_name_has_a_shape_of_its_own(
    engine: ibis.BaseBackend, others: list[Callable[[ibis.Table], ibis.Table]]
) -> None:
    table = engine.table("one")

    assert len({shape_of(build(table).op()).key for build in others}) == len(others)


def test_names_that_are_exchanged_are_not_mixed_up() -> None:
    engine = ibis.duckdb.connect()
    for name in ("one", "two"):
        engine.con.register(name, ROWS.select(["n"]))
    one, two = engine.table("one"), engine.table("two")
    forwards, backwards = ibis.union(one, two), ibis.union(two, one)
    statements = Statements()
    statements.written(shape_of(forwards.op()), lambda: engine.compile(forwards))

    assert statements.written(shape_of(backwards.op()), lambda: "written anew") == engine.compile(backwards)


def test_what_is_kept_has_the_types_and_rows_that_ibis_keeps(engine: ibis.BaseBackend) -> None:
    """Sums of whole numbers are HUGEINT in DuckDB, int64 in Ibis."""
    plain = ibis.duckdb.connect()
    plain.con.register("one", ROWS)
    kept = [summed(one.table("one"), one.table("one")).cache() for one in (engine, plain)]

    assert kept[0].schema() == kept[1].schema()
    assert kept[0].order_by("k").to_pyarrow().equals(kept[1].order_by("k").to_pyarrow())
