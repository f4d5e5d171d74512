"""Lists that hand out figures of individuals leave one line for all of them, by whatever door."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.conftest import Ask, codes
from tests.use_cases.test_audit_commands import lines_of, tampered

from appraise.api.global_ids import Kind, to_global
from appraise.settings import Settings
from appraise.storage import audit, audit_lists
from appraise.use_cases.export_audit import exported_entries
from appraise.use_cases.verify_audit import verdict_of, verify_audit
from appraise.use_cases.work import Worker
from appraise.web import create_app

TEAM = ("Ann Archer", "Ben Castellanos", "Cem Yıldız")
PLANNED = "items { result { ... on EstimateResult { value } } }"
RESOLVED = "items { rating }"
LISTS = """query ($c: ID!) { sections(cycle: $c, first: 50) { nodes { %s } } }"""
PEOPLE = """query ($c: ID!) { employees(first: 50) { nodes { name section(cycle: $c) { %s } } } }"""
ONE = """query ($c: ID!, $id: ID!) { employee(by: {id: $id}) { section(cycle: $c) { %s } } }"""
BELOW = """query ($c: ID!) { viewer { employee { reports { employee { section(cycle: $c) { %s } } } } } }"""
ENTITIES = """query($c: ID!, $keys: [_Any!]!) { _entities(representations: $keys) { ... on Employee {
  customerServiceSection(cycle: $c) { %s } } } }"""
LOG = """query ($where: AuditWhere) { auditLog(first: 50, where: $where) {
  nodes { action actorName subject subjectId subjectIds(first: 100) details { name value } } } }"""
CREATE = "mutation ($input: CreateExportInput!) { createExport(input: $input) { userErrors { message } } }"


@pytest.fixture
def client(company: Company) -> Iterator[TestClient]:
    app = create_app(company.deployment, Settings(subgraph_source="hr:id"), lambda: AT)
    with TestClient(app, base_url="http://testserver") as opened:
        yield opened


def lists_read(company: Company) -> list[tuple[str, set[str]]]:
    """By whom, and whose sections."""
    names = {f"section:{company.section(name, name).section.id}": name for name in (*TEAM, "Max Weber", "Nia Okafor")}
    with company.deployment.database.reading() as session:
        lines = [entry for entry in audit.entries(session) if entry.action == "sections.read"]
        about = audit_lists.subjects_of(session, lines)
    return [
        (dict(line.details)["name"], {names[one] for one in subjects})
        for line, subjects in zip(lines, about, strict=True)
    ]


def test_each_door_leaves_one_line_for_all_whose_figures_it_handed_out(
    company: Company, client: TestClient, ask: Ask
) -> None:
    cycle, ann = to_global(Kind.CYCLE, company.cycle.id), to_global(Kind.EMPLOYEE, company.ids["Ann Archer"])
    queries = [LISTS % PLANNED, LISTS % RESOLVED, PEOPLE % PLANNED, PEOPLE % "total", PEOPLE % "hostTotal { value }"]
    for query in queries:
        assert "data" in ask("Max Weber", query, c=cycle)
    for inner in (PLANNED, RESOLVED):
        ask("Max Weber", ONE % inner, c=cycle, id=ann)
    keys = [{"__typename": "Employee", "id": f"E{row:04d}"} for row in (5, 6)]
    headers = {"authorization": f"Bearer {company.token('Max Weber')}"}
    asked = {"query": ENTITIES % RESOLVED, "variables": {"c": cycle, "keys": keys}}
    assert "errors" not in client.post("/subgraph", json=asked, headers=headers).json()
    for kind in ("SECTIONS", "EMPLOYEES"):
        ask(
            "Max Weber",
            CREATE,
            input={"kind": kind, "format": "JSONL"} | ({"cycle": cycle} if kind == "SECTIONS" else {}),
        )
    Worker(company.deployment, lambda: AT).run_once()

    team = set(TEAM)
    assert lists_read(company) == [
        ("Max Weber", members)
        for members in [*[team] * len(queries), {"Ann Archer"}, {"Ann Archer"}, {"Ann Archer", "Ben Castellanos"}, team]
    ]


def test_lists_of_names_and_states_and_ones_own_figures_leave_none(company: Company, ask: Ask) -> None:
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    for inner in ("state version itemsToRate person { name }", "manager { name } state"):
        for query in (LISTS % inner, PEOPLE % inner):
            assert "data" in ask("Max Weber", query, c=cycle)
    ask("Ann Archer", LISTS % PLANNED, c=cycle)
    ask("Ann Archer", PEOPLE % RESOLVED, c=cycle)
    ask("Vera Lund", LISTS % "totals: total", c=to_global(Kind.CYCLE, "none"))

    assert lists_read(company) == []


def test_whose_figures_were_read_finds_the_list_and_sees_themselves_in_it_alone(company: Company, ask: Ask) -> None:
    cycle = to_global(Kind.CYCLE, company.cycle.id)
    for _ in range(2):
        ask("Max Weber", LISTS % PLANNED, c=cycle)
    keys = {name: to_global(Kind.SECTION, company.section(name, name).section.id) for name in TEAM}
    ann = to_global(Kind.EMPLOYEE, company.ids["Ann Archer"])

    def lines(who: str, **where: Any) -> list[dict[str, Any]]:
        answer = ask(who, LOG, where={"action": "sections.read", **where})
        assert "errors" not in answer, answer
        found: list[dict[str, Any]] = answer["data"]["auditLog"]["nodes"]
        return found

    readers = ask("Ann Archer", f'{{ section(id: "{keys["Ann Archer"]}") {{ readers {{ name times }} }} }}')
    assert readers["data"]["section"]["readers"] == [{"name": "Max Weber", "times": 2}]
    for line in lines("Ann Archer"):
        assert line["subjectIds"] == [keys["Ann Archer"]]
        assert keys["Ben Castellanos"] not in repr(line)
    for about in (ann, keys["Ann Archer"], None):
        whole = lines("Otto Brandt", **({} if about is None else {"about": about}))
        assert [set(line["subjectIds"]) for line in whole] == [set(keys.values())] * 2
        assert {(line["subject"][:5], line["subjectId"]) for line in whole} == {("list:", None)}
    assert lines("Otto Brandt", about=to_global(Kind.EMPLOYEE, company.ids["Dora Lindqvist"])) == []
    few = ask("Otto Brandt", LOG.replace("first: 100", "first: 0"), where={"action": "sections.read"})
    assert codes(few) == ["BAD_USER_INPUT"]


def test_who_is_taken_out_of_a_list_shows_in_the_log_and_in_a_file_of_it(
    company: Company, ask: Ask, tmp_path: Path
) -> None:
    ask("Max Weber", LISTS % PLANNED, c=to_global(Kind.CYCLE, company.cycle.id))
    path = tmp_path / "audit.jsonl"
    text = "\n".join(lines_of(company.deployment, path))
    ben = f"section:{company.section('Ben Castellanos', 'Ben Castellanos').section.id}"
    assert (verdict_of(exported_entries(path)).holds, text.count(ben), verify_audit(company.deployment).holds) == (
        True,
        1,
        True,
    )

    path.write_text(text.replace(ben, "section:another"), encoding="utf-8")
    tampered(company.deployment, [f"DELETE FROM audit_lists WHERE subject = '{ben}'"])

    for verdict in (verdict_of(exported_entries(path)), verify_audit(company.deployment)):
        assert verdict.first_break is not None
        assert verdict.first_break.action == "sections.read"
