"""Exports through the API: what is in the file, who gets it, and how it is fetched in parts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.conftest import codes

from appraise.adapters.contract import ImportOptions
from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Role
from appraise.domain.jobs import KEPT_FOR
from appraise.domain.progress import silent
from appraise.domain.sections import Refusal
from appraise.settings import Settings
from appraise.storage import audit
from appraise.use_cases.export_audit import exported_entries
from appraise.use_cases.export_links import LIFE
from appraise.use_cases.grant_role import grant_role
from appraise.use_cases.import_people import import_people
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.revoke_token import revoke_token
from appraise.use_cases.token_text import read_token
from appraise.use_cases.verify_audit import AuditVerdict, verdict_of
from appraise.use_cases.work import Worker
from appraise.web import create_app

CREATE = """mutation ($input: CreateExportInput!) { createExport(input: $input) {
  export { id state kind format filters { name value } } userErrors { code path message } } }"""
READ = """query ($id: ID!) { export(id: $id) { state done total rows bytes sha256 problem downloadUrl expiresAt }
  node(id: $id) { ... on Export { state } } exports(first: 10) { totalCount nodes { id state } } }"""


@dataclass(slots=True)
class Exporting:
    """The API and a worker, by one clock that the test moves."""

    company: Company
    client: TestClient
    clock: list[datetime]
    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, who: str) -> dict[str, str]:
        if who not in self.tokens:
            self.tokens[who] = self.company.token(who)
        return {"authorization": f"Bearer {self.tokens[who]}"}

    def ask(self, who: str, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        return self.client.post("/graphql", json=body, headers=self.headers(who)).json()

    def create(self, who: str, kind: str, format: str = "JSONL", **filters: Any) -> Any:  # noqa: A002
        wanted = {"kind": kind, "format": format, **filters}
        if kind in {"SECTIONS", "ESTIMATES"}:
            wanted.setdefault("cycle", to_global(Kind.CYCLE, self.company.cycle.id))
        return self.ask(who, CREATE, input=wanted)

    def made(self, who: str, kind: str, format: str = "JSONL", **filters: Any) -> str:  # noqa: A002
        """Asked for and written; its id."""
        key: str = self.create(who, kind, format, **filters)["data"]["createExport"]["export"]["id"]
        assert self.work() == 1
        return key

    def work(self) -> int:
        return Worker(self.company.deployment, lambda: self.clock[0]).run_once()

    def fetch(self, who: str | None, path: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=named | ({} if who is None else self.headers(who)))

    def lines(self, who: str, kind: str, **filters: Any) -> list[Any]:
        answer = self.fetch(who, f"/exports/{self.made(who, kind, **filters)}")
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
def exporting(company: Company) -> Iterator[Exporting]:
    clock = [AT]
    app = create_app(company.deployment, Settings(), lambda: clock[0])
    with TestClient(app, base_url="http://testserver", follow_redirects=False) as client:
        yield Exporting(company, client, clock)


def test_an_export_is_asked_for_followed_and_fetched(exporting: Exporting) -> None:
    created = exporting.create("Hal Novak", "SECTIONS", state="COLLECTING")["data"]["createExport"]
    export = created["export"]
    cycle = to_global(Kind.CYCLE, exporting.company.cycle.id)
    filters = [{"name": "cycle", "value": cycle}, {"name": "state", "value": "COLLECTING"}]
    assert created["userErrors"] == []
    assert (export["state"], export["filters"]) == ("WAITING", filters)
    early = exporting.fetch("Hal Novak", f"/exports/{export['id']}")
    assert (early.status_code, early.json()["errors"][0]["extensions"]["code"]) == (409, "CONFLICT")

    exporting.work()
    read = exporting.ask("Hal Novak", READ, id=export["id"])["data"]
    fetched = exporting.fetch("Hal Novak", f"/exports/{export['id']}")

    assert read["node"] == {"state": "DONE"}
    assert read["exports"] == {"totalCount": 1, "nodes": [{"id": export["id"], "state": "DONE"}]}
    told = read["export"]
    assert (told["done"], told["total"], told["rows"], told["bytes"]) == (5, 5, 5, str(len(fetched.content)))
    assert fetched.headers["etag"] == f'"{told["sha256"]}"'
    assert fetched.headers["content-disposition"] == 'attachment; filename="sections-2026-03-01.jsonl"'
    assert fetched.headers["content-type"] == "application/jsonl"


def test_figures_and_money_are_in_both_forms_what_the_database_holds(exporting: Exporting, tmp_path: Path) -> None:
    """PostgreSQL and SQLite give the stored digits by hand-written SQL, DuckDB reads the Parquet file."""
    columns = "value, lower_90, unshrunk, reliability, probability_better, money_amount"
    sql = f"""SELECT e.display_name, s.indicator, {columns} FROM scorecards s JOIN employees e ON e.id = s.employee_id
              WHERE s.value IS NOT NULL"""
    with exporting.company.deployment.database.reading() as session:
        stored = {(row[0], row[1]): [*map(Decimal, row[2:7]), row[7]] for row in session.execute(text(sql))}
    lines = exporting.lines("Hal Novak", "ESTIMATES")
    parquet = tmp_path / "estimates.parquet"
    parquet.write_bytes(
        exporting.fetch("Hal Novak", f"/exports/{exporting.made('Hal Novak', 'ESTIMATES', 'PARQUET')}").content
    )
    names = ["value", "lower90", "unshrunk", "reliability", "probabilityBetter", "moneyAmountMinor"]
    read = duckdb.execute(
        f"SELECT employeeName, indicator, {', '.join(names)} FROM read_parquet('{parquet}') WHERE absence IS NULL"
    ).fetchall()
    described = duckdb.execute(f"DESCRIBE SELECT * FROM read_parquet('{parquet}')").fetchall()
    types = {row[0]: row[1] for row in described}
    estimates = {(line["employeeName"], line["indicator"]): line for line in lines if line["absence"] is None}

    assert len(stored) == 13
    assert {(row[0], row[1]): list(row[2:]) for row in read} == stored
    assert {
        key: [*(Decimal(line[name]) for name in names[:5]), line["moneyAmountMinor"] and int(line["moneyAmountMinor"])]
        for key, line in estimates.items()
    } == stored
    assert (types["value"], types["moneyAmountMinor"]) == ("DECIMAL(38,18)", "BIGINT")
    assert list(lines[0]) == list(types)  # the same columns in the same order


def test_what_may_not_be_read_is_not_in_it(exporting: Exporting) -> None:
    (own,) = exporting.lines("Ann Archer", "SECTIONS")
    assert (own["employeeName"], own["ratingsVisible"], own["total"]) == ("Ann Archer", False, None)
    assert {line["employeeName"] for line in exporting.lines("Max Weber", "SECTIONS")} == {
        "Ann Archer",
        "Ben Castellanos",
        "Cem Yıldız",
        "Max Weber",
    }
    assert codes(exporting.create("Hal Novak", "AUDIT")) == ["FORBIDDEN"]
    assert codes(exporting.create("people service", "SECTIONS")) == ["FORBIDDEN"]
    sequences = [line["sequence"] for line in exporting.lines("Otto Brandt", "AUDIT")]
    assert sequences == list(range(1, sequences[-1] + 1))
    late = exporting.lines("Otto Brandt", "AUDIT", since=(AT + timedelta(days=1)).isoformat())
    assert late == []


def test_people_are_exported_as_they_are_imported_again(exporting: Exporting, tmp_path: Path) -> None:
    key = exporting.made("Hal Novak", "PEOPLE", source="hr")
    told = exporting.ask("Hal Novak", READ, id=key)["data"]["export"]
    file = tmp_path / "people.jsonl"
    file.write_bytes(exporting.fetch("Hal Novak", f"/exports/{key}").content)

    deployment, options = exporting.company.deployment, ImportOptions("hr", as_of=AT.date())
    report = import_people(deployment, "csv", file, options, at=AT, dry_run=True, progress=silent)

    assert (report.created, report.changed, report.rehired, report.ended, report.rejected) == (0, 0, 0, 0, ())
    assert (told["state"], told["done"], told["total"]) == ("DONE", report.unchanged, report.unchanged)
    assert codes(exporting.create("Vera Lund", "PEOPLE", source="hr")) == ["FORBIDDEN"]
    assert codes(exporting.create("Hal Novak", "PEOPLE", source="payroll")) == ["NOT_FOUND"]


def test_somebody_elses_export_is_not_there(exporting: Exporting) -> None:
    export = exporting.made("Hal Novak", "EMPLOYEES")

    for who in ["Otto Brandt", "Max Weber", "people service"]:
        assert exporting.fetch(who, f"/exports/{export}").status_code == 404
        answer = exporting.ask(who, READ, id=export)
        assert (answer["data"]["export"], answer["data"]["node"], codes(answer)) == (None, None, ["NOT_FOUND"])
    assert exporting.fetch(None, f"/exports/{export}").status_code == 401
    assert exporting.fetch("Hal Novak", "/exports/nonsense").status_code == 404


def test_a_download_goes_on_where_it_broke_off(exporting: Exporting) -> None:
    path = f"/exports/{exporting.made('Hal Novak', 'ESTIMATES')}"
    whole = exporting.fetch("Hal Novak", path)
    half = len(whole.content) // 2

    rest = exporting.fetch("Hal Novak", path, range=f"bytes={half}-", if_range=whole.headers["etag"])
    other = exporting.fetch("Hal Novak", path, range=f"bytes={half}-", if_range='"another"')
    known = exporting.fetch("Hal Novak", path, if_none_match=whole.headers["etag"])
    beyond = exporting.fetch("Hal Novak", path, range="bytes=99999999-")
    head = exporting.client.head(path, headers=exporting.headers("Hal Novak"))

    assert (rest.status_code, whole.content[:half] + rest.content) == (206, whole.content)
    assert rest.headers["content-range"] == f"bytes {half}-{len(whole.content) - 1}/{len(whole.content)}"
    assert (other.status_code, other.content) == (200, whole.content)
    assert (known.status_code, known.content) == (304, b"")
    assert beyond.status_code == 416
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(whole.content)))


def test_a_link_opens_one_export_for_ten_minutes(exporting: Exporting) -> None:
    export, another = exporting.made("Max Weber", "SECTIONS"), exporting.made("Max Weber", "EMPLOYEES")
    url = exporting.ask("Max Weber", READ, id=export)["data"]["export"]["downloadUrl"]

    assert exporting.fetch(None, url).status_code == 200
    assert exporting.fetch(None, url.replace(export, another)).status_code == 401
    assert exporting.fetch(None, url[:-1] + ("A" if url[-1] != "A" else "B")).status_code == 401
    exporting.clock[0] = AT + LIFE - timedelta(seconds=1)
    assert exporting.fetch(None, url).status_code == 200
    exporting.clock[0] = AT + LIFE
    assert exporting.fetch(None, url).status_code == 401
    exporting.clock[0] = AT
    token = read_token(exporting.tokens["Max Weber"]).id
    revoke_token(exporting.company.deployment, token, by="test", at=AT)
    assert exporting.fetch(None, url).status_code == 401


def test_what_is_no_longer_to_be_read_is_not_handed_out(exporting: Exporting) -> None:
    """Vera sees all as an executive until the role is taken from her."""
    company = exporting.company
    export = exporting.made("Vera Lund", "EMPLOYEES")
    url = exporting.ask("Vera Lund", READ, id=export)["data"]["export"]["downloadUrl"]
    assert exporting.fetch("Vera Lund", f"/exports/{export}").status_code == 200
    with company.deployment.database.transaction() as session:
        session.execute(text("DELETE FROM role_grants WHERE role = 'executive'"))
        session.execute(text("UPDATE access_tokens SET roles = '[]' WHERE name = 'Vera Lund'"))

    refused = exporting.fetch("Vera Lund", f"/exports/{export}")

    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert exporting.fetch(None, url).status_code == 403


def test_rights_count_as_they_are_when_the_file_is_written(exporting: Exporting) -> None:
    company = exporting.company
    exporting.create("Otto Brandt", "AUDIT")
    revoked = exporting.create("Hal Novak", "EMPLOYEES")["data"]["createExport"]["export"]["id"]
    with company.deployment.database.transaction() as session:
        session.execute(text("DELETE FROM role_grants WHERE role = 'auditor'"))
        session.execute(text("UPDATE access_tokens SET roles = '[]' WHERE name = 'Otto Brandt'"))
    revoke_token(company.deployment, read_token(exporting.tokens["Hal Novak"]).id, by="test", at=AT)
    del exporting.tokens["Hal Novak"]

    assert exporting.work() == 2
    answers = [
        exporting.ask("Hal Novak", READ, id=revoked),
        exporting.ask("Otto Brandt", "{ exports(first: 1) { nodes { state problem } } }"),
    ]

    assert answers[0]["data"]["export"]["state"] == "FAILED"
    assert "token of whoever asked has ended" in answers[0]["data"]["export"]["problem"]
    assert answers[1]["data"]["exports"]["nodes"] == [
        {"state": "FAILED", "problem": "whoever asked may export nothing of AUDIT any more"}
    ]


def test_wrong_questions_are_answered_with_what_is_wrong(exporting: Exporting) -> None:
    cycle = to_global(Kind.CYCLE, exporting.company.cycle.id)
    for wanted, path in [
        ({"kind": "EMPLOYEES", "state": "DRAFT"}, ["input", "state"]),
        ({"kind": "SECTIONS", "cycle": None}, ["input", "cycle"]),
        ({"kind": "EMPLOYEES", "cycle": cycle}, ["input", "cycle"]),
    ]:
        who = "Otto Brandt" if wanted["kind"] == "AUDIT" else "Hal Novak"
        (error,) = exporting.ask(who, CREATE, input={"format": "JSONL", **wanted})["data"]["createExport"]["userErrors"]
        assert (error["code"], error["path"]) == ("BAD_FILTER", path)
    assert codes(exporting.create("Hal Novak", "SECTIONS", cycle=to_global(Kind.CYCLE, "none"))) == ["NOT_FOUND"]


def test_a_key_begins_one_export_and_nobody_begins_many(exporting: Exporting) -> None:
    first = exporting.create("Hal Novak", "EMPLOYEES", idempotencyKey="nightly")
    again = exporting.create("Hal Novak", "EMPLOYEES", idempotencyKey="nightly")
    other = exporting.create("Hal Novak", "EMPLOYEES", "PARQUET", idempotencyKey="nightly")
    for _ in range(4):
        exporting.create("Hal Novak", "EMPLOYEES")
    sixth = exporting.create("Hal Novak", "EMPLOYEES")

    assert first == {**again, "extensions": first["extensions"]}
    assert codes(other) == ["CONFLICT"]
    assert [error["code"] for error in sixth["data"]["createExport"]["userErrors"]] == ["TOO_MANY"]
    assert exporting.work() == 5


def test_an_auditor_takes_away_no_more_of_how_they_are_rated_than_they_read(
    exporting: Exporting, tmp_path: Path
) -> None:
    """The places of the lines are there, so that the chain can be verified; the rating is not."""
    company = exporting.company
    grant_role(company.deployment, company.ids["Ann Archer"], Role.AUDITOR, at=AT, by="test")
    section = company.section("Ann Archer", seen_by="Max Weber").section
    item, max_ = section.items[0].id, company.principal("Max Weber")
    rated = rate_item(
        company.deployment, max_, section.id, item, rating=2, comment="slow", expected_version=section.version, at=AT
    )
    assert not isinstance(rated, Refusal)
    told = exporting.lines("Ann Archer", "AUDIT")
    parquet = exporting.fetch("Ann Archer", f"/exports/{exporting.made('Ann Archer', 'AUDIT', 'PARQUET')}")
    with company.deployment.database.reading() as session:
        lines = [(one.sequence, one.action) for one in audit.entries(session) if one.subject == f"section:{section.id}"]

    withheld = {line["sequence"] for line in told if line["isWithheld"]}
    assert {"section.rate", "section.read"} <= {action for _, action in lines}
    assert withheld == {sequence for sequence, action in lines if action != "section.read"}
    assert [line["details"] for line in told if line["isWithheld"]] == [None] * len(withheld)
    assert item not in json.dumps(told)
    assert [line for line in exporting.lines("Otto Brandt", "AUDIT") if line["isWithheld"]] == []
    (tmp_path / "audit.parquet").write_bytes(parquet.content)
    of_parquet = duckdb.sql(f"SELECT sequence, details FROM '{tmp_path / 'audit.parquet'}' WHERE isWithheld").fetchall()
    assert of_parquet == [(sequence, None) for sequence in sorted(withheld)]

    file = tmp_path / "audit.jsonl"

    def verdict(lines: list[Any]) -> AuditVerdict:
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        return verdict_of(exported_entries(file))

    whole = verdict(told)
    assert (whole.holds, whole.withheld, whole.entries) == (True, len(withheld), len(told))
    assert verdict([line for line in told if not line["isWithheld"]]).holds is False
    hidden = min(withheld) + 1
    other = [line if line["sequence"] != hidden else line | {"isWithheld": True, "hash": "0" * 64} for line in told]
    assert verdict(other).holds is False


def test_the_audit_log_tells_of_asking_writing_and_fetching(exporting: Exporting) -> None:
    export = exporting.made("Max Weber", "SECTIONS")
    exporting.fetch("Max Weber", f"/exports/{export}")
    exporting.fetch("Max Weber", f"/exports/{export}", range="bytes=5-9")
    exporting.fetch(None, exporting.ask("Max Weber", READ, id=export)["data"]["export"]["downloadUrl"])
    with exporting.company.deployment.database.reading() as session:
        lines = [entry for entry in audit.entries(session) if entry.action.startswith("export.")]

    who = f"employee:{exporting.company.ids['Max Weber']}"
    assert [(line.actor, line.action) for line in lines] == [
        (who, f"export.{what}") for what in ("ask", "write", "download", "download", "download")
    ]
    assert len({line.subject for line in lines}) == 1
    written, whole, part, link = (dict(line.details) for line in lines[1:])
    assert (written["kind"], written["count"]) == ("SECTIONS", "4")
    assert (whole["by"], "range" in whole, part["range"], link["by"]) == ("token", False, "bytes=5-9", "link")


def test_a_file_is_cleared_away_when_its_time_is_over(exporting: Exporting) -> None:
    export = exporting.made("Hal Novak", "EMPLOYEES")
    files = exporting.company.deployment.files
    assert len(list(files.iterdir())) == 1
    exporting.clock[0] = AT + KEPT_FOR

    gone = exporting.fetch("Hal Novak", f"/exports/{export}")  # also before a worker has cleared it away
    exporting.work()
    read = exporting.ask("Hal Novak", READ, id=export)["data"]["export"]
    exporting.clock[0] = AT + KEPT_FOR + timedelta(days=31)
    exporting.work()

    assert gone.status_code == 404
    assert (list(files.iterdir()), read["state"], read["downloadUrl"]) == ([], "EXPIRED", None)
    assert codes(exporting.ask("Hal Novak", READ, id=export)) == ["NOT_FOUND"]
