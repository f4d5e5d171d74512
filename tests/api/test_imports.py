"""Imports through the API: sent, planned, applied and taken back, with the report of the command line."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.api.builder import AT
from tests.api.conftest import codes
from tests.api.importing import APPLY, LIST, MAPPING, PEOPLE, PEOPLE_MAPPING, RATINGS, READ, UNDO, Importing

from appraise.adapters.contract import ImportOptions
from appraise.api.global_ids import Kind, to_global
from appraise.domain.jobs import KEPT_FOR, JobKind
from appraise.domain.progress import silent
from appraise.events.report import ImportReport
from appraise.storage import audit, jobs
from appraise.use_cases.carry_out_import import carry_out_import
from appraise.use_cases.import_events import import_events
from appraise.use_cases.import_reports import document_of
from appraise.use_cases.read_people import count_people


def test_a_file_is_planned_applied_and_taken_back(importing: Importing, tmp_path: Path) -> None:
    plan = importing.planned()
    assert (plan["state"], plan["applied"], plan["canBeUndone"], importing.rows()) == ("PLANNED", None, False, 0)
    told = plan["plan"]
    assert (told["read"], told["rejected"], told["unmappedColumns"], told["unknown"]) == (4, 2, ["shoe size"], 1)
    assert told["unknownEmployees"] == [{"namespace": "hr:id", "key": "NOBODY", "rows": 1}]
    assert [(row["file"], row["row"], row["column"], row["value"]) for row in told["rejectedRows"]] == [
        ("ratings.csv", 3, "answer", "9"),
        ("ratings.csv", 5, "at", "=cmd()"),
    ]
    rejected = importing.client.get(plan["rejectedUrl"], headers=importing.headers("Hal Novak"))
    assert rejected.text.splitlines()[0] == "file,row,column,value,reason"
    assert "'=cmd()" in rejected.text  # no spreadsheet runs it

    applying = importing.ask("Hal Novak", APPLY, id=plan["id"])["data"]["applyImport"]
    assert (applying["import"]["state"], applying["userErrors"]) == ("APPLYING", [])
    importing.work()
    applied = importing.ask("Hal Novak", READ, id=plan["id"])["data"]["import"]
    assert (applied["state"], applied["canBeUndone"], importing.rows()) == ("APPLIED", True, 2)
    assert applied["applied"]["kinds"] == told["kinds"]
    again = importing.ask("Hal Novak", APPLY, id=plan["id"])["data"]["applyImport"]
    assert again["userErrors"] == [{"code": "WRONG_STATE"}]

    assert importing.ask("Hal Novak", UNDO, id=plan["id"])["data"]["undoImport"]["import"]["state"] == "UNDOING"
    importing.work()
    undone = importing.ask("Hal Novak", READ, id=plan["id"])["data"]["import"]
    assert (undone["state"], undone["undoneRows"], undone["canBeUndone"], importing.rows()) == ("UNDONE", 2, False, 0)


LOOK = """query ($id: ID!, $encoding: String) { uploadedFile(id: $id, encoding: $encoding) {
  name columns { name values } suggestedMapping readings { word encodings }
  fits { adapter recognised needsTimeZone } } }"""
STRIPE = b"""id,Customer ID,Status,Created (UTC),Start Date (UTC),Ended At (UTC),Cancellation Reason,Product
sub_1,cus_1,active,2025-01-01 00:00:00,2025-01-01 00:00:00,,,basic
"""
ZENDESK = b"""Id,Requester id,Assignee,Status,Created at,Via
T1,C1,Ann Archer,Closed,2024-01-06 17:51,Chat
"""


def test_a_file_that_was_sent_is_looked_at_by_its_sender_alone_and_a_vendors_is_recognised(
    importing: Importing,
) -> None:
    exports = {"table": RATINGS, "stripe": STRIPE, "zendesk": ZENDESK, "pdf": b"%PDF-1.7"}
    sent = {name: importing.send("Hal Novak", content).json()["id"] for name, content in exports.items()}
    of_the_shop = importing.send("shop", RATINGS).json()["id"]
    told = {name: importing.ask("Hal Novak", LOOK, id=one) for name, one in sent.items()}
    seen = {name: one["data"]["uploadedFile"] for name, one in told.items()}

    assert (seen["table"]["name"], seen["table"]["fits"]) == ("ratings.csv", [])
    assert seen["table"]["columns"][3] == {"name": "answer", "values": ["5", "9", "4", "3"]}
    assert 'event_id = "id"' in seen["table"]["suggestedMapping"]
    assert seen["stripe"]["fits"] == [{"adapter": "stripe", "recognised": 5, "needsTimeZone": False}]
    assert seen["zendesk"]["fits"] == [{"adapter": "zendesk", "recognised": 4, "needsTimeZone": True}]
    assert codes(told["pdf"]) == ["BAD_USER_INPUT"]
    assert codes(importing.ask("Hal Novak", LOOK, id=of_the_shop)) == ["NOT_FOUND"]
    assert codes(importing.ask("reader", LOOK, id=sent["table"])) == ["FORBIDDEN"]


def test_a_text_that_does_not_tell_its_encoding_is_looked_at_once_it_is_declared(importing: Importing) -> None:
    """As ftp.unicode.org has it, E9 is é in Windows' pages of Latin letters, and ť in Apple's of Central Europe."""

    def look(sent: Any, encoding: str | None) -> Any:
        answer = importing.ask("Hal Novak", LOOK, id=sent.json()["id"], encoding=encoding)
        return answer["data"]["uploadedFile"] or answer["errors"][0]["message"]

    sent = importing.send("Hal Novak", RATINGS + "5,2025-03-01,Renéé,3,44\n".encode("cp1252"))
    unread, read = look(sent, None), look(sent, "cp1252")
    lines = "\n".join(["id,at,agent,answer", *(f"{row},2025-03-01,Renéé,4" for row in range(20_000))])
    large = importing.send("Hal Novak", lines.encode("utf-16-le"), "large.csv")

    assert (unread["columns"], unread["suggestedMapping"], unread["fits"], read["readings"]) == ([], None, [], None)
    assert {one["word"]: one["encodings"][0] for one in unread["readings"]} == {
        "Renéé": "cp1252",
        "Renťť": "mac_latin2",
    }
    assert read["columns"][2] == {"name": "agent", "values": ["E0005", "E0005", "NOBODY", "E0006", "Renéé"]}
    assert 'event_id = "id"' in read["suggestedMapping"]
    assert look(large, "utf-16-le")["columns"][2]["values"] == ["Renéé"] * 5
    assert "there is no encoding named 'latin-17'" in look(sent, "latin-17")


def test_the_plan_is_the_report_of_the_command_line(importing: Importing, tmp_path: Path) -> None:
    plan = importing.planned()["plan"]
    (tmp_path / "ratings.csv").write_bytes(RATINGS)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    report = import_events(
        importing.company.deployment,
        "csv",
        tmp_path / "ratings.csv",
        ImportOptions("desk", mapping=tmp_path / "mapping.toml"),
        at=AT,
        dry_run=True,
        error_policy="reject-rows",
        rejected_to=None,
        progress=silent,
    )
    assert isinstance(report, ImportReport)
    expected = document_of(report)["events"]

    moments = [{**kind, "first": None, "last": None} for kind in plan["kinds"]]
    assert moments == [
        {name: None if name in {"first", "last"} else kind[name] for name in moments[0]} for kind in expected["kinds"]
    ]
    same = set(plan) - {"kinds", "__typename"}
    assert {name: plan[name] for name in same} == {name: expected[name] for name in same}


def test_people_are_imported_by_whoever_may(importing: Importing) -> None:
    sent = importing.send("hris", PEOPLE, "people.csv").json()
    options = {"mapping": PEOPLE_MAPPING, "source": "hr", "asOf": "2026-03-01"}
    key = importing.create("hris", sent["id"], **options)["data"]["createImport"]["import"]["id"]
    importing.work()
    plan = importing.ask("hris", READ, id=key)["data"]["import"]
    assert (plan["state"], plan["problem"]) == ("PLANNED", None)
    assert (plan["plan"]["__typename"], plan["plan"]["created"], plan["plan"]["rejected"]) == (
        "PeopleImportReport",
        1,
        1,
    )
    (row,) = plan["plan"]["rejectedRows"]
    assert row["row"] == 4
    changes = [(one["outcome"], one["key"], len(one["facts"])) for one in plan["plan"]["changes"]]
    assert (changes, plan["plan"]["conflicting"]) == ([("CHANGED", "E0005", 1), ("NEW", "X1", 0)], 0)
    hal = importing.company.principal("Hal Novak")
    before = count_people(importing.company.deployment, hal, at=AT)
    importing.ask("hris", APPLY, id=key)
    importing.work()

    assert count_people(importing.company.deployment, hal, at=AT) == before + 1
    assert codes(importing.ask("hris", UNDO, id=key)) == ["FORBIDDEN"]
    refused = importing.ask("Hal Novak", UNDO, id=key)["data"]["undoImport"]
    assert refused["userErrors"] == [{"code": "WRONG_STATE"}]
    with importing.company.deployment.database.reading() as session:
        actors = {entry.actor for entry in audit.entries(session) if entry.action in {"import.apply", "upload.take"}}
        imported = [entry.actor for entry in audit.entries(session) if entry.action == "people.import"][-1]
    assert (actors, imported) == ({"hris"}, "hris")


def test_nobody_else_gets_in(importing: Importing) -> None:
    for who in ["Max Weber", "Vera Lund", "Otto Brandt", "reader"]:
        assert importing.send(who, RATINGS).status_code == 403
        assert codes(importing.ask(who, LIST)) == ["FORBIDDEN"]
    assert importing.client.post("/uploads?name=a.csv", content=RATINGS).status_code == 401
    plan = importing.planned("shop")
    for who in ["Max Weber", "reader"]:
        answer = importing.ask(who, READ, id=plan["id"])
        assert (answer["data"]["import"], codes(answer)) == (None, ["FORBIDDEN", "FORBIDDEN"])
        assert importing.client.get(plan["rejectedUrl"], headers=importing.headers(who)).status_code == 403
    assert codes(importing.ask("hris", READ, id=plan["id"])) == ["NOT_FOUND"]
    assert importing.client.get(plan["rejectedUrl"], headers=importing.headers("hris")).status_code == 404
    assert importing.ask("hris", LIST)["data"]["imports"]["nodes"] == []
    assert importing.ask("Hal Novak", LIST)["data"]["imports"]["nodes"] == [{"id": plan["id"]}]
    upload = importing.send("shop", PEOPLE, "people.csv").json()["id"]
    others = importing.create("Hal Novak", upload)["data"]["createImport"]
    assert [error["code"] for error in others["userErrors"]] == ["NOT_FOUND"]  # uploads are their sender's


def test_the_shop_imports_no_people(importing: Importing) -> None:
    upload = importing.send("shop", PEOPLE, "people.csv").json()["id"]
    key = importing.create("shop", upload, mapping=PEOPLE_MAPPING)["data"]["createImport"]["import"]["id"]
    importing.work()
    failed = importing.ask("shop", READ, id=key)["data"]["import"]

    assert (failed["state"], failed["problem"].splitlines()[0]) == ("FAILED", "shop may not import people")


@pytest.mark.parametrize(
    "key",
    ['only = "answer > 3"', '[[skip]]\nwhere = "true"\nreason = "x"', '[sql]\nscore = "1"', 'prepare = "SELECT 1"'],
)
def test_mappings_that_run_sql_are_for_the_command_line(importing: Importing, key: str) -> None:
    upload = importing.send("Hal Novak", RATINGS).json()["id"]
    lines = f"{key}\n{MAPPING}" if key[0] != "[" else f"{MAPPING}\n{key}\n"
    (error,) = importing.create("Hal Novak", upload, mapping=lines)["data"]["createImport"]["userErrors"]

    assert (error["code"], "runs SQL" in error["message"]) == ("BAD_INPUT", True)


def test_bad_options_are_told_at_once_or_by_the_plan(importing: Importing) -> None:
    upload = importing.send("Hal Novak", RATINGS).json()["id"]
    for options, code in [
        ({"adapter": "nobody"}, "NOT_FOUND"),
        ({"timeZone": "Mars/Olympus"}, "BAD_INPUT"),
        ({"mapping": "= ="}, "BAD_INPUT"),
        ({"uploadId": to_global(Kind.UPLOAD, "none")}, "NOT_FOUND"),
    ]:
        (error,) = importing.create("Hal Novak", upload, **options)["data"]["createImport"]["userErrors"]
        assert error["code"] == code, error
    key = importing.create("Hal Novak", upload, mapping=None)["data"]["createImport"]["import"]["id"]
    importing.work()
    failed = importing.ask("Hal Novak", READ, id=key)["data"]["import"]
    assert (failed["state"], "mapping" in failed["problem"]) == ("FAILED", True)
    refused = importing.ask("Hal Novak", APPLY, id=key)["data"]["applyImport"]
    assert refused["userErrors"] == [{"code": "WRONG_STATE"}]


def test_one_bad_row_refuses_the_file_where_that_is_wanted(importing: Importing) -> None:
    plan = importing.planned(onError="REJECT_FILE")
    assert plan["plan"]["refused"] is True
    importing.ask("Hal Novak", APPLY, id=plan["id"])
    importing.work()
    applied = importing.ask("Hal Novak", READ, id=plan["id"])["data"]["import"]

    assert (applied["applied"]["refused"], applied["canBeUndone"], importing.rows()) == (True, False, 0)


def test_a_key_plans_once_and_a_second_apply_of_the_same_file_changes_nothing(importing: Importing) -> None:
    upload = importing.send("shop", RATINGS).json()["id"]
    first = importing.create("shop", upload, idempotencyKey="k")["data"]["createImport"]["import"]["id"]
    again = importing.create("shop", upload, idempotencyKey="k")["data"]["createImport"]["import"]["id"]
    other = importing.create("shop", upload)["data"]["createImport"]["import"]["id"]
    assert (first == again, codes(importing.create("shop", upload, source="x", idempotencyKey="k"))) == (
        True,
        ["CONFLICT"],
    )
    importing.work()
    for key in (first, other):
        importing.ask("shop", APPLY, id=key)
        importing.work()
    repeated = importing.ask("shop", READ, id=other)["data"]["import"]

    assert (repeated["state"], repeated["applied"]["repeated"], importing.rows()) == ("APPLIED", True, 2)


def test_a_plan_that_was_left_expires(importing: Importing) -> None:
    plan = importing.planned()
    importing.clock[0] = AT + KEPT_FOR + timedelta(seconds=1)
    importing.work()
    left = importing.ask("Hal Novak", READ, id=plan["id"])["data"]["import"]

    assert (left["state"], left["rejectedUrl"]) == ("EXPIRED", None)
    assert importing.client.get(plan["rejectedUrl"], headers=importing.headers("Hal Novak")).status_code == 404


def test_a_load_whose_worker_was_killed_before_it_could_say_so_is_not_loaded_twice(importing: Importing) -> None:
    deployment = importing.company.deployment
    plan = importing.planned()
    importing.ask("Hal Novak", APPLY, id=plan["id"])
    with deployment.database.transaction() as session:
        job = jobs.claim(session, JobKind, claim="a worker that is killed", at=AT)
    assert job is not None
    carry_out_import(deployment, job, at=AT, progress=silent)
    assert importing.ask("Hal Novak", READ, id=plan["id"])["data"]["import"]["state"] == "APPLYING"
    importing.clock[0] = AT + jobs.CLAIMED_FOR
    importing.work()
    applied = importing.ask("Hal Novak", READ, id=plan["id"])["data"]["import"]

    assert (applied["state"], applied["applied"]["repeated"], importing.rows()) == ("APPLIED", True, 2)
