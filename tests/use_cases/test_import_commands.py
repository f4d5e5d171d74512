"""`appraise import` of events, as a person types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from appraise.bootstrap import initialise
from appraise.cli import app
from appraise.settings import Settings

ORDERS = """event_id,order_id,occurred_at,customer_key,kind,amount,currency
1,1,2024-05-01T10:00:00Z,anna,purchase,1000,EUR
2,2,2024-05-02T10:00:00Z,bert,purchase,oops,EUR
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    initialise(Settings())
    return lambda *arguments: CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_a_machine_gets_the_report_of_events_as_json(run: Run) -> None:
    Path("orders.csv").write_text(ORDERS)

    ran = run("import", "csv", "orders.csv", "--json")

    told = json.loads(ran.stdout)
    assert ran.exit_code == 3
    assert (told["read"], told["counts"]["purchases"]["accepted"]) == (2, 1)
    assert told["rejected_by_reason"] == {"not a whole number": 1}
