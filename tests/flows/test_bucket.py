"""Event tables in a bucket, on moto's server: an object store of its own process that honours conditional puts."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("moto_server") is None, reason="not installed: moto_server (moto[server])"),
]
HEADER = "event_id,order_id,occurred_at,customer_key,kind,amount,currency"
ROWS = 500


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
    assert "copy the bucket to a directory" in ran("compact", code=1)
    assert "copy the bucket to a directory" in ran("erase", "customer", "c1", "--source", "csv", code=1)
