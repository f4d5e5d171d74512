"""`appraise reconcile` and `appraise coverage`, as somebody types them, over files that were imported the same way."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from appraise.bootstrap import initialise
from appraise.cli import app
from appraise.errors import InvalidInput, NotFound
from appraise.settings import Settings

FILES = {
    "purchases": (
        "event_id,occurred_at,customer_key,email,order_id,kind,amount,currency",
        "1,2025-06-30T21:59:59Z,a,ida@example.org,1,purchase,1050,EUR",
        "2,2025-06-30T22:00:00Z,a,ida@example.org,2,purchase,2000,EUR",
        "3,2025-07-02T10:00:00Z,b,,3,purchase,500,JPY",
        "4,2025-07-02T10:00:00Z,a,ida@example.org,2,reversal,-2000,EUR",
    ),
    "ratings": (
        "event_id,occurred_at,customer_key,email,scale,score,score_low,score_high,employee_namespace,employee_key",
        "1,2025-07-01T10:00:00Z,c,IDA@example.org,csat_1_5,4,1,5,email,ann@example.org",
        "2,2025-07-01T10:00:00Z,c,IDA@example.org,csat_1_5,5,1,5,,",
    ),
    "subscriptions": (
        "event_id,occurred_at,ended_at,end_reason,customer_key,amount,currency,interval",
        "1,2025-05-15T10:00:00Z,2025-07-15T10:00:00Z,voluntary,a,990,EUR,month",
    ),
}
# By hand: half past eleven in Berlin is still June, midnight there is July.
BERLIN = [
    ["shop", "2025-05", "subscriptions", "started", "1", "9.90", "EUR"],
    ["shop", "2025-06", "purchases", "purchases", "1", "10.50", "EUR"],
    ["shop", "2025-07", "purchases", "purchases", "1", "20.00", "EUR"],
    ["shop", "2025-07", "purchases", "purchases", "1", "500", "JPY"],
    ["shop", "2025-07", "purchases", "reversals", "1", "-20.00", "EUR"],
    ["shop", "2025-07", "ratings", "csat_1_5", "2", "9", "points"],
    ["shop", "2025-07", "subscriptions", "ended, voluntary", "1", "9.90", "EUR"],
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_imports_are_held_against_the_systems_own_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    initialise(Settings())
    with pytest.raises(NotFound, match="no events have been imported"):
        run("reconcile")
    paths = []
    for kind, lines in FILES.items():
        paths.append(tmp_path / f"{kind}.csv")
        paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("import", "csv", *map(str, paths), "--source", "shop").exit_code == 0

    written = run("reconcile", "--time-zone", "Europe/Berlin", "--to", str(tmp_path / "sums.csv"))
    assert written.output.startswith("7 lines written")
    with (tmp_path / "sums.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == ["source", "month", "kind", "what", "count", "sum", "unit"]
    assert lines == BERLIN

    shown = run("reconcile", "--source", "shop").output.splitlines()
    assert shown[2].split() == ["shop", "2025-06", "purchases", "purchases", "2", "30.50", "EUR"]  # as UTC has it
    with pytest.raises(NotFound, match="of the source 'till'"):
        run("reconcile", "--source", "till")
    with pytest.raises(InvalidInput, match="no time zone named 'Berlin'"):
        run("reconcile", "--time-zone", "Berlin")

    ratings = next(one for one in json.loads(run("coverage", "--json").output) if one["kind"] == "ratings")
    assert ratings == {
        "source": "shop",
        "kind": "ratings",
        "events": 2,
        "named": 1,
        "known": 0,
        "customers": 1,
        "linkable": 1,
        "linked": 0,
        "newest": "2025-07-01",
    }
    assert "50.0 %" in run("coverage").output
