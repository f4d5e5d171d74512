"""People as of a day, and who reports to whom: the same doors as everything else, whatever day is looked at."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, update
from tests.api.builder import MANAGERS, Company
from tests.api.conftest import Ask, codes
from tests.api.test_doors import PRINCIPALS, managers_above

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import people_scope, reaches
from appraise.storage.tables import DEPARTMENTS, EMPLOYMENTS, REPORTING_LINES

MOVED = date(2025, 7, 1)
LISTED = """query ($asOf: Date) { employees(first: 50, asOf: $asOf) { totalCount nodes {
  name job department { code } manager { name job } } } }"""


def by_id(company: Company, name: str) -> str:
    return f'by: {{id: "{to_global(Kind.EMPLOYEE, company.ids[name])}"}}'


@pytest.fixture
def moved(company: Company) -> Company:
    """On 1 July 2025 Ann became an expert in sales, and went from Nia to Max; she has a dotted line to Dora."""
    ids = company.ids
    with company.deployment.database.transaction() as session:
        jobs, lines = EMPLOYMENTS.c, REPORTING_LINES.c
        (job,) = session.execute(EMPLOYMENTS.select().where(jobs.employee_id == ids["Ann Archer"])).mappings()
        (line,) = session.execute(REPORTING_LINES.select().where(lines.employee_id == ids["Ann Archer"])).mappings()
        session.execute(update(EMPLOYMENTS).where(jobs.id == job["id"]).values(ends_on=MOVED))
        new_job = {"id": "new job", "starts_on": MOVED, "job_title": "Expert", "department": "SA"}
        session.execute(insert(EMPLOYMENTS), {**job, **new_job})
        session.execute(update(REPORTING_LINES).where(lines.id == line["id"]).values(starts_on=MOVED))
        before = {"id": "line before", "starts_on": date(2025, 1, 1), "ends_on": MOVED, "manager_id": ids["Nia Okafor"]}
        dotted = {"id": "dotted", "kind": "dotted", "manager_id": ids["Dora Lindqvist"], "starts_on": date(2025, 9, 1)}
        session.execute(insert(REPORTING_LINES), [{**line, **before}, {**line, "ends_on": None, **dotted}])
        sales = {"id": "sales", "source": "hr", "code": "SA", "name": "Sales", "starts_on": MOVED}
        session.execute(insert(DEPARTMENTS), {**sales, "parent": None, "ends_on": None})
    return company


def test_people_and_departments_are_those_of_the_day(moved: Company, ask: Ask) -> None:
    def ann(day: str | None) -> dict[str, Any]:
        nodes = ask("Hal Novak", LISTED, asOf=day)["data"]["employees"]["nodes"]
        found: dict[str, Any] = next(node for node in nodes if node["name"] == "Ann Archer")
        return found

    then = {"name": "Ann Archer", "job": "Service agent", "department": {"code": "CS"},
            "manager": {"name": "Nia Okafor", "job": "Service agent"}}  # fmt: skip
    now = {"name": "Ann Archer", "job": "Expert", "department": {"code": "SA"},
           "manager": {"name": "Max Weber", "job": "Team lead"}}  # fmt: skip
    assert ann("2025-06-30") == then
    assert ann("2025-07-01") == ann(None) == now
    one = f"query ($asOf: Date) {{ employee({by_id(moved, 'Ann Archer')}, asOf: $asOf) {{ name job department {{ code }} manager {{ name job }} }} }}"
    assert ask("Hal Novak", one, asOf="2025-06-30")["data"]["employee"] == then
    named = one.replace(by_id(moved, "Ann Archer"), 'by: {reference: {namespace: "name", value: "Ann Archer"}}')
    assert ask("Hal Novak", named, asOf="2025-06-30")["data"]["employee"] == then
    empty = ask("Hal Novak", LISTED, asOf="2019-12-31")["data"]["employees"]
    assert empty == {"totalCount": 0, "nodes": []}
    departments = "query ($asOf: Date) { departments(first: 9, asOf: $asOf) { nodes { code } } }"
    assert ask("Hal Novak", departments, asOf="2025-06-30")["data"]["departments"]["nodes"] == [{"code": "CS"}]
    assert ask("Hal Novak", departments)["data"]["departments"]["nodes"] == [{"code": "CS"}, {"code": "SA"}]


def test_reporting_lines_have_their_kinds_and_dates(moved: Company, ask: Ask) -> None:
    query = f"""{{ employee({by_id(moved, "Ann Archer")}) {{ reportingLines {{
      employeeName managerName manager {{ name }} employee {{ name }} kind start end source }} }} }}"""
    lines = ask("Hal Novak", query)["data"]["employee"]["reportingLines"]

    assert [(one["managerName"], one["kind"], one["start"], one["end"]) for one in lines] == [
        ("Dora Lindqvist", "DOTTED", "2025-09-01", None),
        ("Max Weber", "SOLID", "2025-07-01", None),
        ("Nia Okafor", "SOLID", "2025-01-01", "2025-07-01"),
    ]
    assert all(one["manager"]["name"] == one["managerName"] for one in lines)
    assert {(one["employeeName"], one["employee"]["name"], one["source"]) for one in lines} == {
        ("Ann Archer", "Ann Archer", "hr")
    }
    own = ask("Ann Archer", query)["data"]["employee"]["reportingLines"]
    assert [(one["managerName"], one["manager"]) for one in own] == [(one["managerName"], None) for one in lines]


def test_chain_and_reports_are_those_of_the_day(moved: Company, ask: Ask) -> None:
    chain = f"query ($asOf: Date) {{ employee({by_id(moved, 'Ann Archer')}, asOf: $asOf) {{ managers {{ name }} }} }}"
    assert ask("Hal Novak", chain)["data"]["employee"]["managers"] == [
        {"name": "Max Weber"},
        {"name": "Dora Lindqvist"},
    ]
    then = ask("Hal Novak", chain, asOf="2025-06-30")["data"]["employee"]["managers"]
    assert then == [{"name": "Nia Okafor"}, {"name": "Dora Lindqvist"}]
    assert ask("Ann Archer", chain)["data"]["employee"]["managers"] == [None, None]
    assert ask("Max Weber", chain)["data"]["employee"]["managers"] == [{"name": "Max Weber"}, None]

    reports = (
        "query ($by: EmployeeBy!, $asOf: Date) { employee(by: $by, asOf: $asOf) { reports { employeeName kind } } }"
    )

    def of(name: str, day: str | None = None, who: str = "Hal Novak") -> list[tuple[str, str]]:
        by = {"id": to_global(Kind.EMPLOYEE, moved.ids[name])}
        found = ask(who, reports, by=by, asOf=day)["data"]["employee"]["reports"]
        return [(one["employeeName"], one["kind"]) for one in found]

    assert of("Nia Okafor", "2025-06-30") == [("Ann Archer", "SOLID")]
    assert of("Nia Okafor") == []
    assert of("Dora Lindqvist") == [("Ann Archer", "DOTTED"), ("Max Weber", "SOLID"), ("Nia Okafor", "SOLID")]
    assert of("Nia Okafor", "2025-06-30", who="Nia Okafor") == []  # today's lines decide what she sees


def test_lines_are_seen_through_the_door_of_whoever_reports(company: Company, ask: Ask) -> None:
    """Whoever reaches the employee reads the lines; whoever does not has no employee to ask."""
    query = "query ($by: EmployeeBy!) { employee(by: $by) { reportingLines { managerName } reports { employeeName } } }"
    for who in PRINCIPALS:
        principal = company.principal(who)
        scope = people_scope(principal)
        seen = {name for name in MANAGERS if reaches(
            scope, principal, company.ids[name], managers=managers_above(company, name), state=None)}  # fmt: skip
        for name, manager in MANAGERS.items():
            answer = ask(who, query, by={"id": to_global(Kind.EMPLOYEE, company.ids[name])})
            if name not in seen:
                assert answer["data"] == {"employee": None}, (who, name)
                assert set(codes(answer)) <= {"NOT_FOUND", "FORBIDDEN"}
                continue
            under = sorted(one for one, above in MANAGERS.items() if above == name and one in seen)
            assert answer["data"]["employee"] == {
                "reportingLines": [] if manager is None else [{"managerName": manager}],
                "reports": [{"employeeName": one} for one in under],
            }, (who, name)
