"""The same organisation scored on DuckDB and then again on Apache Spark: of its own, of a cluster, and by Connect."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib.util import find_spec
from math import isclose
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.events.conftest import AT, OPTIONS, orders, plan
from tests.events.test_in_place import wanted
from tests.scoring.spark_cluster import cluster, configured, connect_server

from appraise.domain.events import EventKind
from appraise.events.compacting import compact
from appraise.events.engine import Engine, open_engine, scoring_engine
from appraise.events.in_place import beside, read
from appraise.events.ingest import import_events
from appraise.events.store import EventStore, Snapshot

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

RELATIVE = 1e-9
"""Of what is not rounded yet."""
ABSENT = [
    what
    for what, there in (("Java", shutil.which("java")), ("PySpark (the extra `spark`)", find_spec("pyspark")))
    if not there
]
pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)}")]
Served = Callable[[Path, Mapping[str, str]], AbstractContextManager[str]]


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        check=False,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from scale.company import generate

    directory = tmp_path_factory.mktemp("scale")
    generate(directory, 0.001)
    return directory


def test_spark_gives_the_figures_that_duckdb_gave(data: Path, tmp_path: Path) -> None:
    """All six indicators, as they are stored."""
    given = {"APPRAISE_DATA": str(data), **configured(tmp_path / "conf")}
    run("-m", "appraise", "score", "2025", "--policy", str(data / "policy.toml"), **given)
    told = json.loads(run("-m", "appraise", "score", "--again", "2025", "--json", APPRAISE_ENGINE="local[2]", **given))
    told = told["again"]
    software = next(one for one in told["inputs"] if one["name"] == "software")

    assert "pyspark not recorded, now" in software["says"]
    assert told["figures"] > 2_000
    assert told["differences"] == []


@pytest.mark.parametrize("served", [cluster, connect_server])
def test_a_cluster_and_a_connect_server_measure_what_duckdb_measures(
    data: Path, tmp_path: Path, served: Served, record_property: Callable[[str, Any], None]
) -> None:
    """Before anything is rounded: how far everybody is from the average, its variance, and the spread of employees."""
    environment = configured(tmp_path / "conf")
    here = measured(data, "duckdb", environment)
    with served(tmp_path, environment) as address:
        there = measured(data, address, environment)

    assert {key: len(one) for key, one in there.items()} == {key: len(one) for key, one in here.items()}
    for key, (spread, *figures) in here.items():
        others = there[key]
        assert isclose(spread, others[0], rel_tol=RELATIVE)
        differing = [
            (one, other)
            for one, other in zip(figures, others[1:], strict=True)
            if not isclose(one, other, rel_tol=RELATIVE)
        ]
        assert differing == []
    compared = sum(map(len, here.values()))
    record_property("figures compared", compared)
    assert compared > 300


def measured(data: Path, engine: str, environment: Mapping[str, str]) -> dict[str, list[float]]:
    told = json.loads(run("benchmarks/scale/measured.py", str(data), engine, **environment))
    found: dict[str, list[float]] = told["figures"]
    return found


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support:FutureWarning")
def test_what_was_superseded_withdrawn_undone_or_is_read_in_place_is_seen_as_by_duckdb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EventStore(tmp_path / "events")
    store.initialise()
    now, (undone, then) = history(store, tmp_path)
    (tmp_path / "sales").mkdir()
    duckdb.execute(f"COPY ({SALES}) TO '{tmp_path / 'sales' / 'a.parquet'}'")
    (tmp_path / "places.toml").write_text(PLACES, encoding="utf-8")
    one = wanted(tmp_path / "places.toml")
    in_place = read(one, at=AT, link_secret=b"key", into=tmp_path)
    for name, value in configured(tmp_path / "conf").items():
        monkeypatch.setenv(name, value)
    spark = scoring_engine("local[2]")

    for snapshot, events in ((now, {"2", "3", "5"}), (undone, {"1", "2", "3", "5"}), (then, {"1", "2"})):
        both = beside(snapshot, [in_place])
        here, there = (seen(both, engine) for engine in (open_engine(), spark))
        assert here == there
        assert {row["event_id"] for row in here[EventKind.PURCHASES]} == {*events, "in place"}
        assert len(here[EventKind.CUSTOMERS]) == len({row["event_id"] for row in here[EventKind.CUSTOMERS]}) > 1


SALES = "SELECT 'in place' AS no, TIMESTAMPTZ '2024-03-03 09:00:00Z' AS at, 'c1' AS who, 12.5::DECIMAL(9, 2) AS sum"
PLACES = """
source = "warehouse"
[[events]]
kind = "purchases"
parquet = "sales"
[events.columns]
event_id = "no"
order_id = "no"
occurred_at = "at"
customer_key = "who"
amount = "sum"
[events.constants]
kind = "purchase"
currency = "EUR"
"""


def history(store: EventStore, directory: Path) -> tuple[Snapshot, tuple[Snapshot, Snapshot]]:
    """The store with an event superseded and one withdrawn; with that undone again; and as it was at first, compacted."""

    def load(name: str, *rows: str) -> str:
        path = directory / name
        path.write_text(orders(*rows), encoding="utf-8")
        return import_events(store, plan(), path, options=OPTIONS).load_id

    load("first.csv", "1,anna,a@x.org,2024-05-01,10,EUR,k1,,", "2,bert,b@x.org,2024-05-02,20,EUR,k2,,")
    then = store.snapshot().versions
    load(
        "later.csv",
        "2,bert,b@x.org,2024-05-02,25,EUR,k1,,",
        "3,cleo,,2024-05-03,30,JPY,,,",
        "5,eve,,2024-05-05,5,EUR,,,",
    )
    withdrawing = load("taken-back.csv", "1,anna,a@x.org,2024-05-01,10,EUR,k1,test,")
    now = store.snapshot()
    store.undo(withdrawing, at=AT)
    undone = store.snapshot()
    later = AT + timedelta(days=9)
    for _ in range(2):  # what was replaced goes a day later
        runs = [now.versions, undone.versions, then]
        compact(store, runs=runs, scratch=directory, at=later, progress=lambda *_: None)
        later += timedelta(days=9)
    return store.snapshot(now.versions), (store.snapshot(undone.versions), store.snapshot(then))


def seen(snapshot: Snapshot, engine: Engine) -> dict[EventKind, list[dict[str, Any]]]:
    """Times as scoring reads them: Spark's own have no zone."""
    found = {}
    for kind, table in snapshot.tables(engine).items():
        times = [name for name, type_ in table.schema().items() if type_.is_timestamp()]
        told = table.mutate(**{name: table[name].epoch_seconds() for name in times})
        found[kind] = sorted(told.to_pyarrow().to_pylist(), key=lambda row: row["event_id"])
    return found
