"""Kill -9 at any moment of an import leaves the store whole, and the repetition finishes the work."""

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.events.conftest import OPTIONS, orders, plan

from appraise.domain.events import EventKind
from appraise.events.engine import open_engine
from appraise.events.ingest import import_events
from appraise.events.store import EventStore

ROOT = Path(__file__).parents[2]
ROWS = 5_000
# Steps of the import after which to kill, a little later; the last one stands between the commits of two tables.
MOMENTS = ["read", "check", *["write purchases"] * 2, *["write customers"] * 3]


def test_an_import_killed_at_any_moment_is_seen_whole_or_not_at_all(store: EventStore, tmp_path: Path) -> None:
    chance = random.Random(20250101)  # noqa: S311  # moments, not secrets
    version = interrupted = 0
    for moment in MOMENTS:
        path = _file(tmp_path, version + 1)
        _kill_importing(store, path, after=moment, delay=chance.uniform(0, 0.02))
        seen = _version_seen(store)
        assert seen in {version, version + 1}
        interrupted += any(not load.complete for load in store.loads())
        version = seen

    assert interrupted > 0, "no kill fell between the commits of two tables: the moments are badly chosen"
    report = import_events(store, plan(), _file(tmp_path, version + 1), options=OPTIONS)

    assert report.written
    assert _version_seen(store) == version + 1
    assert all(load.complete for load in store.loads())
    assert not any(path.name.startswith("appraise-import-") for path in Path(store.root).iterdir())


def _file(directory: Path, version: int) -> Path:
    path = directory / f"version-{version}.csv"
    path.write_text(orders(*(f"{row},c{row},,2024-05-{version:02},{version},EUR,,," for row in range(ROWS))))
    return path


def _kill_importing(store: EventStore, path: Path, *, after: str, delay: float) -> None:
    command = [sys.executable, "-m", "tests.events.importing", store.root, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.strip() == after:
                time.sleep(delay)
                child.kill()
                break


def _version_seen(store: EventStore) -> int:
    """Which file's rows are seen; fails where they are mixed, missing or double."""
    tables = store.snapshot().tables(open_engine())
    purchases = tables[EventKind.PURCHASES]
    found = purchases.aggregate(
        rows=purchases.count(),
        events=purchases.event_id.nunique(),
        low=purchases.amount.min(),
        high=purchases.amount.max(),
    )
    (counted,) = found.to_pyarrow().to_pylist()
    customers = tables[EventKind.CUSTOMERS]
    days = customers.occurred_at.date().value_counts().to_pyarrow().to_pylist()
    if counted["rows"] == 0:
        assert days == []
        return 0
    version = counted["low"] // 100
    assert counted == {"rows": ROWS, "events": ROWS, "low": version * 100, "high": version * 100}
    assert [list(day.values())[1] for day in days] == [ROWS]
    return int(version)
