"""Two processes import while a third scores and a fourth serves: nobody meets a lock, and everybody sees whole loads."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from appraise.bootstrap import initialise, utc_now
from appraise.domain.events import EventKind
from appraise.domain.indicators import REPEAT_PURCHASE
from appraise.events.store import EventStore
from appraise.settings import Settings
from appraise.storage import cycles
from appraise.storage.database import Database
from appraise.use_cases.check_health import check_health

pytestmark = pytest.mark.long

FILES = 5
ROWS = {"north": 1_000, "south": 1_700}
"""By importing process: sums of whole loads of both are told apart from all others."""
WHOLE = {north * ROWS["north"] + south * ROWS["south"] for north in range(FILES + 1) for south in range(FILES + 1)}
MAPPING = """
[[events]]
kind = "purchases"
time_zone = "UTC"
formats = ["%Y-%m-%d"]
[events.columns]
event_id = "id"
order_id = "id"
occurred_at = "at"
customer_key = "customer"
amount = "amount"
[events.constants]
kind = "purchase"
currency = "EUR"

[[events]]
kind = "contacts"
time_zone = "UTC"
formats = ["%Y-%m-%d"]
[events.columns]
event_id = "id"
occurred_at = "at"
customer_key = "customer"
"""


def write_files(directory: Path) -> dict[str, list[str]]:
    """Every row is an order of ten euros, and a contact."""
    (directory / "mapping.toml").write_text(MAPPING)
    found: dict[str, list[str]] = {}
    for name, rows in ROWS.items():
        for number in range(FILES):
            path = directory / f"{name}-{number}.csv"
            days = (date(2025, 1, 1) + timedelta(days=row % 365) for row in range(rows))
            lines = (f"{name}-{number}-{row},{day},c{row},10.00" for row, day in enumerate(days))
            path.write_text("\n".join(["id,at,customer,amount", *lines]) + "\n")
            found.setdefault(name, []).append(str(path))
    return found


@dataclass
class Side:
    """Processes side by side; those that still run at the end are killed."""

    running: list["subprocess.Popen[str]"] = field(default_factory=list)

    def begin(self, *command: str) -> "subprocess.Popen[str]":
        self.running.append(
            subprocess.Popen(
                [sys.executable, "-m", "appraise", *command],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return self.running[-1]

    def serve(self) -> int:
        """The port at which it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        self.begin("serve", "--port", str(port))
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.1)
        raise TimeoutError("the server does not answer within a minute")


def ended_well(process: "subprocess.Popen[str]") -> None:
    told = process.communicate(timeout=300)[0]
    assert process.returncode == 0, told


@pytest.fixture
def side() -> Iterator[Side]:
    found = Side()
    yield found
    for process in found.running:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def asked(port: int, token: str) -> None:
    """The server answers, and without an error."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": "{ cycles { name state } }"}).encode(),
        headers={"content-type": "application/json", "authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        told = json.load(answer)
    assert "errors" not in told, told


def scored_orders(database: Database) -> set[int]:
    """Orders of the year that the latest run was made of."""
    with database.reading() as session:
        cycle = cycles.named(session, "2025")
        run = None if cycle is None else cycles.latest_run(session, cycle.id)
    coverage = () if run is None else run.coverage
    return {int(one.total) for one in coverage if one.indicator == REPEAT_PURCHASE}


def seen(store: EventStore) -> tuple[int, int]:
    """Orders and contacts; fails where the sum of the orders is not that of their number."""
    snapshot = store.snapshot()
    with duckdb.connect() as connection:
        orders, money = connection.execute(
            f"SELECT count(*), coalesce(sum(amount), 0) FROM ({snapshot.query(EventKind.PURCHASES)})"
        ).fetchall()[0]
        contacts = connection.execute(f"SELECT count(*) FROM ({snapshot.query(EventKind.CONTACTS)})").fetchall()[0][0]
    assert money == 1_000 * orders
    return int(orders), int(contacts)


def test_two_import_one_scores_one_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: Side) -> None:
    """Both import from one source, so that each has to compare its rows with what the other has just written."""
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    deployment = initialise(Settings())
    token = side.begin("token", "create", "watch", "--scope", "read:sections", "--json").communicate()[0]
    port, mapping = side.serve(), str(tmp_path / "mapping.toml")
    importing = [
        side.begin("import", "csv", *paths, "--mapping", mapping, "--source", "shop")
        for paths in write_files(tmp_path).values()
    ]
    looks, told, scored = [], set(), 0
    scoring: subprocess.Popen[str] | None = None
    while any(process.poll() is None for process in importing):
        looks.append(seen(deployment.events))
        if looks[-1][0] and (scoring is None or scoring.poll() is not None):
            if scoring is not None:
                ended_well(scoring)
            scoring = side.begin("score", "2025", "--from", "2025-01-01", "--to", "2026-01-01")
            scored += 1
        asked(port, json.loads(token)["token"])
        told |= scored_orders(deployment.database)
    for process in [*importing, *([] if scoring is None else [scoring])]:
        ended_well(process)
    told |= scored_orders(deployment.database)
    assert [look for look in looks if look[0] not in WHOLE or look[0] != look[1]] == []
    assert told <= WHOLE
    assert (len(set(looks)) > 2, bool(told), scored > 0) == (True, True, True), (looks, told, scored)
    everything = FILES * sum(ROWS.values())
    assert seen(deployment.events) == (everything, everything)
    assert [check for check in check_health(deployment, at=utc_now()) if not check.well] == []
