"""The page on events in place, run: what it prints is what is printed, and every reader reads through the file."""

import csv
import json
import re
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from appraise.bootstrap import initialise
from appraise.cli import app
from appraise.domain.in_place import Form
from appraise.errors import InvalidInput
from appraise.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "events-in-place.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(sql|toml|text)[^\n]*\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    initialise(Settings())
    with duckdb.connect() as connection:
        connection.execute(BLOCKS["sql"])
    Path("warehouse.toml").write_text(BLOCKS["toml"], encoding="utf-8")
    return tmp_path


def test_the_example_prints_what_the_page_says(warehouse: Path) -> None:
    size = (warehouse / "sales.parquet").stat().st_size
    command, _, expected = BLOCKS["text"].partition("\n")

    checked = run(*command.split()[2:])

    assert checked.exit_code == 3
    assert checked.output == expected.replace("DIRECTORY", str(warehouse)).replace("SIZE", f"{size:,}")
    [told] = json.loads(run("events", "check", "warehouse.toml", "--json").output)
    assert (told["taken"], told["state"]["files"][0]["size"], len(told["sample"])) == (2, size, 2)


def test_every_reader_reads_through_the_file(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="no file names tables"):
        run("events", "check")
    monkeypatch.setenv("APPRAISE_EVENTS_IN_PLACE", "warehouse.toml")
    assert run("reconcile", "--time-zone", "Europe/Berlin", "--to", "sums.csv").exit_code == 0
    with Path("sums.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == [["warehouse", "2025-03", "purchases", "purchases", "2", "188.90", "EUR"]]
    [covered] = json.loads(run("coverage", "--json").output)
    assert (covered["events"], covered["named"], covered["known"]) == (2, 2, 0)
    health = {one["name"]: one for one in json.loads(run("doctor", "--json").output)}
    assert health["in place: purchases of warehouse"]["well"] is True

    (warehouse / "sales.parquet").unlink()
    health = {one["name"]: one for one in json.loads(run("doctor", "--json").output)}
    assert "there is no Parquet file" in health["in place: purchases of warehouse"]["found"]


def test_a_source_that_was_imported_too_is_refused(warehouse: Path) -> None:
    (warehouse / "purchases.csv").write_text(
        "event_id,occurred_at,customer_key,order_id,kind,amount,currency\n"
        "1,2025-06-30T21:59:59Z,a,1,purchase,1050,EUR\n",
        encoding="utf-8",
    )
    assert run("import", "csv", "purchases.csv", "--source", "warehouse").exit_code == 0

    with pytest.raises(InvalidInput, match="source 'warehouse' are read in place and were imported too"):
        run("events", "check", "warehouse.toml")


def test_erasing_says_that_tables_in_place_are_their_owners(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (warehouse / "customers.csv").write_text(
        "event_id,occurred_at,customer_key,email\n1,2025-01-01T00:00:00Z,a,ida@example.org\n", encoding="utf-8"
    )
    assert run("import", "csv", "customers.csv", "--source", "shop").exit_code == 0
    monkeypatch.setenv("APPRAISE_EVENTS_IN_PLACE", "warehouse.toml")

    said = run("erase", "customer", "ida@example.org", "--dry-run").output

    assert "Not looked at, as they are read in place: purchases of warehouse" in said.replace("\n", " ")


def test_the_page_names_every_key_of_a_place() -> None:
    told = set(re.findall(r"`([a-z_\[\]]+)`", PAGE))

    assert {*Form, "source", "[postgresql]", "url_file"} <= told
