"""Event tables in a bucket, on moto's server: an object store of its own process that honours conditional puts."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from deltalake._internal import DeltaFileSystemHandler
from tests.events.conftest import OPTIONS, plan
from tests.events.conftest import orders as rows_of_shop

from appraise.bootstrap import utc_now
from appraise.domain.events import EventKind
from appraise.errors import Retriable
from appraise.events.compacting import compact
from appraise.events.erasing import count_customer, erase_customer, find_customer
from appraise.events.health import count_abandoned, count_rows
from appraise.events.ingest import import_events
from appraise.events.retained import gone
from appraise.events.store import EventStore, Snapshot

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("moto_server") is None, reason="not installed: moto_server (moto[server])"),
]
HEADER = "event_id,order_id,occurred_at,customer_key,kind,amount,currency"
ROWS = 500
PURCHASES = EventKind.PURCHASES
DAY = timedelta(days=1)


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data directory of a deployment whose events lie in a new bucket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{probe.getsockname()[1]}"
    given = {"AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1"}
    keys = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"}
    ours = {"APPRAISE_DATA": str(tmp_path / "data"), "APPRAISE_EVENTS_URL": "s3://bucket/events", "NO_COLOR": "1"}
    for name, value in {**given, **keys, **ours}.items():
        monkeypatch.setenv(name, value)
    command = ["moto_server", "-p", endpoint.rpartition(":")[2]]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(300):
            try:
                urllib.request.urlopen(urllib.request.Request(f"{endpoint}/bucket", method="PUT"), timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield tmp_path / "data"
        server.terminate()


def began(*command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "appraise", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ran(*command: str, code: int = 0) -> str:
    process = began(*command)
    told = process.communicate(timeout=300)[0]
    assert process.returncode == code, told
    return told


def orders(path: Path, amount: int) -> str:
    """Every row of a customer and an hour of its own."""
    rows = (f"{path.stem}-{n},{n},2025-03-{1 + n % 28:02}T10:00:00Z,c{n},purchase,{amount},EUR" for n in range(ROWS))
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return str(path)


def test_two_import_into_a_bucket_at_once_and_all_is_read_by_a_machine_without_copies(
    bucket: Path, tmp_path: Path
) -> None:
    ran("init")
    both = [began("import", "csv", orders(tmp_path / f"{name}.csv", 1_00)) for name in ("one", "two")]
    loads = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], loads
    assert not (bucket / "events").exists()
    assert len(list((bucket / "events-copies" / "purchases").glob("*.parquet"))) <= 2

    shutil.rmtree(bucket / "events-copies", ignore_errors=True)
    assert "1,000" in (told := ran("reconcile"))
    assert "1000.00" in told
    ran("score", "2025", "--from", "2025-01-01", "--to", "2026-01-01")
    ran("score", "--again", "2025")
    ran("doctor")

    load = loads[0].partition("(load ")[2].partition(")")[0]
    assert "500 events" in ran("undo", load)
    assert "500.00" in ran("reconcile")
    ran("import", "csv", orders(tmp_path / "three.csv", 3_00))
    ran("compact")
    ran("erase", "customer", "c1", "--source", "csv")
    assert "1996.00" in ran("reconcile")
    ran("doctor")


def test_in_a_bucket_files_are_compacted_customers_erased_and_what_was_left_behind_goes_a_day_later(
    bucket: Path, tmp_path: Path
) -> None:
    store = EventStore(bucket / "here", bucket="s3://bucket/events")
    store.initialise()
    elsewhere = EventStore(bucket / "elsewhere", bucket="s3://bucket/events")
    for number in range(3):
        shop = tmp_path / f"{number}.csv"
        shop.write_text(rows_of_shop(f"{number},c{number},c{number}@x.org,2024-05-01,{number + 1},EUR,,,"))
        import_events(store, plan(), shop, options=OPTIONS)
    assert (run := seen(elsewhere.snapshot())) == [("0", 100), ("1", 200), ("2", 300)]
    then = store.snapshot().versions
    whose = "SELECT parse_filename(filename) FROM read_parquet($1, filename = true) WHERE customer_key = 'c0'"
    [(first,)] = duckdb.execute(whose, [list(store.snapshot().files(PURCHASES))]).fetchall()
    left = DeltaFileSystemHandler("s3://bucket/events/purchases").open_output_stream("left-behind.parquet")
    left.write((bucket / "here" / "purchases" / first).read_bytes())
    left.close()
    now = utc_now()

    def compacted(at: datetime) -> int:
        found = compact(store, runs=[then], scratch=tmp_path, at=at, progress=lambda *_: None)
        return found[PURCHASES].lying_after.files

    assert [count_abandoned(store, at=at) for at in (now, now + 2 * DAY)] == [0, 1]
    customer = find_customer(store, keys=[("corner-shop", "c0")], links=[])
    with pytest.raises(Retriable, match=r"left-behind\.parquet of purchases holds the customer"):
        erase_customer(store, customer, scratch=tmp_path, at=now)
    assert compacted(now) == 4  # two of before, the new one, and what was left behind
    assert seen(store.snapshot()) == seen(elsewhere.snapshot()) == run[1:]
    assert gone(store, then) != {}
    assert compacted(now + 2 * DAY) == 1
    erase_customer(store, customer, scratch=tmp_path, at=now + 2 * DAY)

    assert sum(count_customer(store, customer).values()) == 0
    assert count_abandoned(store, at=now + 9 * DAY) == 0
    assert seen(store.snapshot()) == seen(elsewhere.snapshot()) == run[1:]
    assert not (bucket / "elsewhere" / "purchases" / first).exists()  # the copy of another machine
    assert count_rows(store.snapshot(), PURCHASES) == 2


def seen(snapshot: Snapshot) -> list[tuple[str, int]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT event_id, amount FROM ({snapshot.query(PURCHASES)}) ORDER BY ALL").fetchall()
