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


def test_a_dry_run_shows_a_person_whose_what_changes_and_who_may_be_known(run: Run) -> None:
    head = "STATUS,USERID,FIRSTNAME,LASTNAME,EMAIL,MANAGER,TITLE,HIREDATE\n"
    mia = "active,07,Mia,Novak,mia@example.org,NO_MANAGER,{},2020-01-01\n"
    Path("users.csv").write_text(head + mia.format("Agent"))
    run("import", "successfactors", "users.csv", "--as-of", "2025-01-01")
    Path("users.csv").write_text(head + mia.format("Lead"))
    namesake = {"id": "9", "firstName": "Mia", "lastName": "Novak", "status": "Active"}
    Path("bamboo.json").write_text(json.dumps({"title": "Report", "fields": [], "employees": [namesake]}))

    table = run("import", "successfactors", "users.csv", "--as-of", "2025-07-01", "--dry-run").stdout
    told = json.loads(
        run("import", "successfactors", "users.csv", "--as-of", "2025-07-01", "--dry-run", "--json").stdout
    )
    other = run("import", "bamboohr", "bamboo.json", "--as-of", "2025-07-01", "--dry-run").stdout

    assert "changed  07  Mia Novak  job title: Agent → Lead (from 2025-07-01)" in table
    assert [(one["outcome"], one["key"]) for one in told["changes"]] == [("changed", "07")]
    assert "9 Mia Novak may be Mia Novak (successfactors:userid 07): the same name" in other


def test_a_customer_is_erased_by_the_address_and_the_audit_log_does_not_name_them(run: Run) -> None:
    header, row = "event_id,occurred_at,customer_key,email", "7,2024-05-01T10:00:00Z,anna-7341,Anna@Example.org"
    Path("contacts.csv").write_text(f"{header}\n{row}\n")
    run("import", "csv", "contacts.csv", "--set", "kind=contacts")

    dry = json.loads(run("erase", "customer", "anna@example.org", "--dry-run", "--json").stdout)
    ran = json.loads(run("erase", "customer", "anna@example.org", "--json").stdout)
    run("audit", "export", "--to", "audit.jsonl")

    assert dry == {"keys": [["csv", "anna-7341"]], "found": {"contacts": 1}, "rows": {}, "deleted": 0, "in_place": []}
    assert ran == {**dry, "rows": {"contacts": 1}, "deleted": 1}
    log = Path("audit.jsonl").read_text()
    assert (log.count('"customer.erase"'), log.count('"customer.erased"')) == (1, 1)
    assert not {"anna-7341", "anna@example.org"} & set(log.replace('"', " ").split())


def test_compaction_tells_files_and_bytes_before_and_after_and_stands_in_the_audit_log(run: Run) -> None:
    for number in range(3):
        Path(f"{number}.csv").write_text(ORDERS.replace("anna", f"anna-{number}").replace("\n1,", f"\n1{number},"))
        run("import", "csv", f"{number}.csv")

    read = json.loads(run("compact", "--json").stdout)
    told = run("compact")
    run("audit", "export", "--to", "audit.jsonl")

    found = read["tables"]["purchases"]
    assert (found["before"]["files"], found["after"]["files"], found["waiting"]["files"]) == (3, 1, 3)
    assert "3 replaced files, 0.0 MB, go with a compaction in a day" in told.stdout
    assert Path("audit.jsonl").read_text().count('"events.compact"') == 2
    assert "none left behind" in run("doctor").stdout
