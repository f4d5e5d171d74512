"""The same events imported and read where they are: as files, as a Delta table, and on a server."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake
from tests.conftest import Postgres
from tests.use_cases.conftest import AT, Company

from appraise.adapters.contract import ImportOptions
from appraise.domain.in_place import Form, InPlace
from appraise.domain.indicators import REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.progress import silent
from appraise.domain.reading import ScoringRun
from appraise.events.report import ImportReport
from appraise.events.store import EventStore
from appraise.storage import digits
from appraise.storage.database import Database
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_events import import_events
from appraise.use_cases.read_evidence import read_evidence
from appraise.use_cases.read_sections import section_of
from appraise.use_cases.score_again import Verdict, score_again
from appraise.use_cases.score_cycle import score_cycle
from appraise.use_cases.undo_load import undo_load

EITHER = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TEAM = ("ann", "ben", "dora", "hal", "max", "otto", "vera")
POLICY = replace(
    DEFAULT_POLICY,
    indicators=tuple((key, replace(DEFAULT_POLICY.of(key), weight=0.5)) for key in (SATISFACTION, REPEAT_PURCHASE)),
    publish_reliability=0.5,
)
COMMON = """time_zone = "Europe/Berlin"
{more}
[{table}employee]
namespace = "hr:id"
column = "Agent"
[{table}columns]
event_id = "No"
customer_key = "Customer"
link_key = "Mail"
occurred_at = "Moment"
"""
ANSWERS = COMMON + 'score = "Answer"\nchannel = "Channel"\n[{table}scale]\nname = "csat_1_5"\nlow = 1\nhigh = 5\n'
SALES = COMMON + (
    'order_id = "No"\namount = "Total"\nkind = "State"\n[{table}words.kind]\npaid = "purchase"\nback = "reversal"\n'
    '[{table}constants]\ncurrency = "EUR"\n'
)
KINDS = {"desk": ("ratings", ANSWERS), "shop": ("purchases", SALES)}
EXPECTED = {
    "desk": {"a required value is missing": 2, "outside the scale of the rating": 1},
    "shop": {"a purchase must not be negative": 1, "in the future": 1},
}


def berlin(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001  # the zone is declared by the mapping


def answers() -> pa.Table:
    """With one row that names no customer, one that is off the scale, and one that is there twice."""
    rows: list[dict[str, Any]] = [
        {
            "No": 1000 * who + i,
            "Customer": f"d{who}-{i}",
            "Mail": f"{i}@example.org",
            "Moment": berlin(date(2025, 1 + i % 8, 1 + i % 27), i % 24),
            "Agent": agent,
            "Answer": 1 + (i * i + who * (2 + i % 3)) % 5,
            "Channel": ("chat", "phone, or 'video'\r\n\"both\"")[i % 2],
        }
        for who, agent in enumerate(TEAM)
        for i in range(40)
    ]
    rows += [{**rows[0], "No": 90_001, "Customer": None}, {**rows[1], "No": None}, {**rows[2], "No": 3, "Answer": 9}]
    return pa.Table.from_pylist([*rows, rows[5]])


def sales() -> pa.Table:
    """Every ninth is a reversal; one purchase is negative, one lies in the future."""
    rows: list[dict[str, Any]] = [
        {
            "No": f"{i:05}",
            "Customer": f"s{i % 63}",
            "Mail": f"{i % 63}@EXAMPLE.org" if i % 3 else None,
            "Moment": berlin(date(2024, 12, 1) + timedelta(days=(i * (9 - i % 7)) % 270), 23),
            "Agent": TEAM[i % 7],
            "Total": Decimal(100 + i if i % 9 else -7).scaleb(-2 if i % 2 else 0).quantize(Decimal("0.01")),
            "State": "paid" if i % 9 else "back",
        }
        for i in range(1200)
    ]
    rows += [
        {**rows[1], "No": "x", "Total": Decimal("-0.01")},
        {**rows[2], "No": "y", "Moment": berlin(date(2099, 1, 1), 0)},
    ]
    return pa.Table.from_pylist(rows)


TABLES = {"desk": answers(), "shop": sales()}


@pytest.fixture
def deployment(database: Database, tmp_path: Path) -> Deployment:
    """In the place of the one without event tables."""
    events = EventStore(str(tmp_path / "events"))
    events.initialise()
    return Deployment(database=database, events=events, secret=b"key of the tests", code_version="test")


def imported(company: Company, directory: Path) -> dict[str, ImportReport]:
    found = {}
    for source, table in TABLES.items():
        kind, mapping = KINDS[source]
        (directory / f"{source}.toml").write_text(f'kind = "{kind}"\n' + mapping.format(table="", more=""), "utf-8")
        with (directory / f"{source}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.column_names)
            writer.writerows(row.values() for row in table.to_pylist())
        found[source] = import_events(
            company.deployment, "csv", directory / f"{source}.csv",
            ImportOptions(source, mapping=directory / f"{source}.toml"),
            at=AT, dry_run=False, error_policy="reject-rows", rejected_to=None, progress=silent,
        )  # fmt: skip
    return found


def lying(form: Form, directory: Path, postgres: Postgres | None = None) -> Path:
    """The tables where the file says that they are; the file."""
    text = ""
    for source, table in TABLES.items():
        kind, mapping = KINDS[source]
        address = put(form, table, directory / source, source, postgres)
        text += f'[[events]]\nsource = "{source}"\nkind = "{kind}"\n{form} = "{address}"\n'
        text += mapping.format(table="events.", more="")
    if postgres is not None:
        (directory / "url").write_text(postgres.url("warehouse"), encoding="utf-8")
        text = f'[postgresql]\nurl_file = "url"\n{text}'
    file = directory / "in-place.toml"
    file.write_text(text, encoding="utf-8")
    return file


def put(form: Form, table: pa.Table, directory: Path, name: str, postgres: Postgres | None) -> str:
    if form is Form.PARQUET:
        (directory / "year=2025").mkdir(parents=True)
        for part, start in enumerate(range(0, table.num_rows, 150)):
            pq.write_table(table.slice(start, 150), directory / "year=2025" / f"part-{part}.parquet")
    elif form is Form.DELTA:
        write_deltalake(directory, table.slice(0, 7))
        write_deltalake(directory, table, mode="overwrite")
    else:
        assert postgres is not None
        on_server(postgres, table, name)
        return f"sales & co.{name}"
    return str(directory)


def on_server(postgres: Postgres, table: pa.Table, name: str) -> None:
    types = {"Answer": "smallint", "Moment": "timestamp", "Total": "numeric(12, 4)", "Agent": "varchar(20)"}
    columns = ", ".join(f'"{column}" {types.get(column, "text")}' for column in table.column_names)
    with psycopg.connect(postgres.url("warehouse")) as connection:
        connection.execute('CREATE SCHEMA IF NOT EXISTS "sales & co"')
        connection.execute(f'CREATE TABLE "sales & co".{name} ({columns})')
        with connection.cursor().copy(f'COPY "sales & co".{name} FROM STDIN') as copy:
            for row in table.to_pylist():
                copy.write_row([None if value is None else str(value) for value in row.values()])


def scored(company: Company, *, in_place: Path | None = None, hour: int = 0) -> ScoringRun:
    deployment = replace(company.deployment, in_place=in_place)
    return score_cycle(
        deployment, company.cycle.id, POLICY, memory_limit=None, clock=lambda: AT + timedelta(hours=hour),
        data_as_of=date(2025, 9, 1), progress=silent,
    )  # fmt: skip


def figures(company: Company, run: ScoringRun) -> digits.Digits:
    with company.deployment.database.reading() as session:
        return digits.stored(session, run.id)


def told(run: ScoringRun) -> Sequence[InPlace]:
    assert run.manifest is not None
    return run.manifest.in_place


@EITHER
def test_events_read_in_place_give_the_figures_that_they_gave_when_they_were_imported(
    company: Company, tmp_path: Path, postgres: Postgres
) -> None:
    reports = imported(company, tmp_path)
    first = scored(company)
    before = figures(company, first)
    assert sum(map(len, before.values())) > 400
    assert {source: dict(one.rejected_by_reason) for source, one in reports.items()} == EXPECTED
    for load in company.deployment.events.loads():
        undo_load(company.deployment, load.id, at=AT)
    postgres.administer("CREATE DATABASE warehouse")
    runs = {}
    for hour, form in enumerate(Form, start=1):
        directory = tmp_path / form
        directory.mkdir()
        file = lying(form, directory, postgres if form is Form.POSTGRESQL else None)
        runs[form] = scored(company, in_place=file, hour=hour)

        assert figures(company, runs[form]) == before
        for one in told(runs[form]):
            assert (one.location.form, one.rows) == (form, TABLES[one.source].num_rows)
            assert one.taken == reports[one.source].accepted
            counted = dict(one.left_out)
            assert counted.pop("the same event again", 0) == reports[one.source].duplicates
            assert counted == EXPECTED[one.source]
    served = replace(company.deployment, in_place=file)
    again = score_again(served, company.principal("hal"), runs[form].id, memory_limit=None, progress=silent)
    assert (again.verdict, again.differences) == (Verdict.SAME, ())
    assert len({one.checksum for run in runs.values() for one in told(run)}) == 2  # of either table, in any form
    assert [*(tmp_path / "events" / "reading").iterdir()] == []
    the_state_of_each_is_told(runs)
    changes_are_noticed(company, runs, tmp_path, postgres)


def the_state_of_each_is_told(runs: dict[Form, ScoringRun]) -> None:
    [desk, _] = told(runs[Form.PARQUET])
    assert [Path(file.path).name for file in desk.state.files] == ["part-0.parquet", "part-1.parquet"]
    assert {one.state.version for one in told(runs[Form.DELTA])} == {1}
    assert len({one.state.snapshot for one in told(runs[Form.POSTGRESQL])}) == 1


def changes_are_noticed(company: Company, runs: dict[Form, ScoringRun], directory: Path, postgres: Postgres) -> None:
    """More files and later versions are not those of then; of a server nothing can be had back."""
    pq.write_table(TABLES["desk"], directory / Form.PARQUET / "desk" / "later.parquet")
    write_deltalake(directory / Form.DELTA / "desk", TABLES["desk"].slice(0, 3), mode="overwrite")
    for form in (Form.PARQUET, Form.DELTA):
        deployment = replace(company.deployment, in_place=directory / form / "in-place.toml")
        found = score_again(deployment, company.principal("hal"), runs[form].id, memory_limit=None, progress=silent)
        assert found.verdict is Verdict.SAME
    section = section_of(deployment, company.principal("max"), company.ids["ann"], company.cycle.id, at=AT)
    assert section is not None
    assert section.section.run == runs[Form.POSTGRESQL].id
    served = replace(company.deployment, in_place=directory / Form.POSTGRESQL / "in-place.toml")
    assert len(read_evidence(served, section)) > 40

    part = directory / Form.PARQUET / "desk" / "year=2025" / "part-1.parquet"
    pq.write_table(TABLES["desk"].slice(0, 150), part)
    shutil.rmtree(directory / Form.DELTA / "desk" / "_delta_log")
    with psycopg.connect(postgres.url("warehouse")) as connection:
        connection.execute('UPDATE "sales & co".desk SET "Answer" = 6 - "Answer" WHERE "No" = \'1001\'')
    says = {
        Form.PARQUET: f"1 of 2 files are not as then: {part}",
        Form.DELTA: "the Delta table at version 1 cannot be read",
        Form.POSTGRESQL: "280 events that are not the 280 of then",
    }
    for form, why in says.items():
        deployment = replace(company.deployment, in_place=directory / form / "in-place.toml")
        found = score_again(deployment, company.principal("hal"), runs[form].id, memory_limit=None, progress=silent)
        assert found.verdict is Verdict.NOT_COMPUTED
        assert why in found.inputs[0].says
        assert found.inputs[0].says.startswith("ratings of desk, ")
