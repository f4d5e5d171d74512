"""Roles through the API: granted and taken by HR administrators, never their own, and never from the last of them."""

from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient
from tests.api.builder import AT, Company
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Principal, Role
from appraise.domain.sections import Refusal
from appraise.storage import audit
from appraise.storage.tables import EMPLOYMENTS
from appraise.use_cases.change_roles import grant_role_by, revoke_role_by

LIST = "query ($role: Role) { roleGrants(role: $role) { employeeName role grantedBy } }"
GRANT = """mutation ($i: GrantRoleInput!) { grantRole(input: $i) {
  grant { employeeName role grantedAt grantedBy grantedByName } userErrors { code path } } }"""
REVOKE = "mutation ($i: RevokeRoleInput!) { revokeRole(input: $i) { isRevoked userErrors { code path } } }"


@pytest.fixture
def change(company: Company, ask: Ask) -> Any:
    def changed(query: str, name: str, role: str, *, by: str = "Hal Novak", **more: str) -> Any:
        key = to_global(Kind.EMPLOYEE, company.ids.get(name, name))
        (answer,) = ask(by, query, i={"employee": {"id": key}, "role": role, **more})["data"].values()
        return answer

    return changed


def test_a_role_is_granted_used_listed_and_taken_away(company: Company, ask: Ask, change: Any) -> None:
    hal = to_global(Kind.EMPLOYEE, company.ids["Hal Novak"])
    before = ask("Max Weber", LIST)
    granted = [change(GRANT, "Max Weber", "AUDITOR", idempotencyKey="one") for _ in range(2)]
    listed = ask("Hal Novak", LIST, role="AUDITOR")["data"]["roleGrants"]
    opened = ask("Max Weber", "{ auditLog(first: 1) { totalCount } viewer { roles } }")

    assert codes(before) == ["FORBIDDEN"]
    told = {"employeeName": "Max Weber", "role": "AUDITOR", "grantedAt": "2026-03-01T12:00:00Z", "grantedBy": hal}
    told["grantedByName"] = "Hal Novak"
    assert granted == [{"grant": told, "userErrors": []}] * 2
    assert [one["employeeName"] for one in listed] == ["Max Weber", "Otto Brandt"]
    assert opened["data"]["viewer"]["roles"] == ["AUDITOR"]
    assert change(REVOKE, "Max Weber", "AUDITOR") == {"isRevoked": True, "userErrors": []}
    assert ask("Max Weber", "{ viewer { roles } }")["data"]["viewer"]["roles"] == []
    again = change(REVOKE, "Max Weber", "AUDITOR")
    assert again == {"isRevoked": False, "userErrors": [{"code": "NOT_FOUND", "path": ["input", "employee"]}]}
    with company.deployment.database.reading() as session:
        lines = [one for one in audit.entries(session) if one.action.startswith("role.") and one.actor != "test"]
    mine = [one for one in lines if one.subject == f"employee:{company.ids['Max Weber']}"]
    assert [(one.action, dict(one.details)["role"]) for one in mine] == [
        ("role.grant", "auditor"),
        ("role.revoke", "auditor"),
    ]


def test_what_is_refused_says_why(change: Any) -> None:
    refused = {
        "own": change(GRANT, "Hal Novak", "EXECUTIVE"),
        "own, taken": change(REVOKE, "Hal Novak", "HR_ADMINISTRATOR"),
        "service": change(GRANT, "Max Weber", "SERVICE"),
        "unknown": change(GRANT, "nobody", "AUDITOR"),
    }

    assert {
        name: (one["userErrors"][0]["code"], one["userErrors"][0]["path"][-1]) for name, one in refused.items()
    } == {
        "own": ("OWN_ROLE", "employee"),
        "own, taken": ("OWN_ROLE", "employee"),
        "service": ("NOT_GRANTED", "role"),
        "unknown": ("NOT_FOUND", "employee"),
    }


def test_the_last_hr_administrator_who_may_sign_in_stays(company: Company, client: TestClient) -> None:
    """An administrator by an identity provider's claim, whom nobody granted it, takes it from others."""
    del client
    claimed = Principal("Dora", company.ids["Dora Lindqvist"], frozenset({Role.HR_ADMINISTRATOR}))
    hal, max_ = company.ids["Hal Novak"], company.ids["Max Weber"]

    def taken() -> Any:
        return revoke_role_by(company.deployment, claimed, hal, Role.HR_ADMINISTRATOR, at=AT)

    assert isinstance(alone := taken(), Refusal)
    assert (alone.code, alone.field) == ("LAST_ADMINISTRATOR", "employee")
    assert not isinstance(grant_role_by(company.deployment, claimed, max_, Role.HR_ADMINISTRATOR, at=AT), Refusal)
    with company.deployment.database.transaction() as session:
        jobs = EMPLOYMENTS.c
        session.execute(update(EMPLOYMENTS).where(jobs.employee_id == max_).values(status="suspended"))
    assert isinstance(taken(), Refusal)
    with company.deployment.database.transaction() as session:
        session.execute(update(EMPLOYMENTS).where(jobs.employee_id == max_).values(status="active"))
    assert taken().name == "Hal Novak"
