"""The audit log in the API: all of it for HR and auditors, their own record's readers for everybody else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from tests.api.builder import AT, MANAGERS, Company
from tests.api.conftest import Ask, codes

from appraise.api.global_ids import Kind, to_global
from appraise.domain.access import Principal, Role
from appraise.domain.audit import AuditFilter
from appraise.domain.section_states import SectionState
from appraise.storage import audit
from appraise.storage.tables import SECTIONS
from appraise.use_cases.read_audit import count_audit, list_audit
from appraise.use_cases.read_sections import get_section

LOG = """query ($first: Int!, $after: String, $where: AuditWhere) { auditLog(first: $first, after: $after, where: $where) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { sequence at action actorName actor { name } subject subjectId details { name value } hash previousHash } } }"""
ABOUT = {
    "section.read": {"Ann Archer", "Ben Castellanos"},
    "role.grant": {"Hal Novak", "Vera Lund", "Otto Brandt"},
}
CHAIN = "{ auditLog(first: 1) { chain { entries isWhole firstBreak head } } }"


@pytest.fixture
def read(company: Company) -> Company:
    """Max and Hal read Ann's section, Ann her own, Hal Ben's."""
    for who, of in (("Max Weber", "Ann Archer"), ("Ann Archer", "Ann Archer"), ("Hal Novak", "Ann Archer"),
                    ("Hal Novak", "Ben Castellanos")):  # fmt: skip
        section = company.section(of, seen_by=of).section.id
        get_section(company.deployment, company.principal(who), section, at=AT + timedelta(minutes=1))
    return company


def lines(ask: Ask, who: str, **where: Any) -> list[dict[str, Any]]:
    answer = ask(who, LOG, first=100, where=where)
    assert "errors" not in answer, answer
    found: list[dict[str, Any]] = answer["data"]["auditLog"]["nodes"]
    assert answer["data"]["auditLog"]["totalCount"] == len(found)
    return found


@pytest.mark.parametrize("who", ["Otto Brandt", "Hal Novak"])
def test_auditors_and_hr_read_every_line_as_it_is_stored(read: Company, ask: Ask, who: str) -> None:
    found = lines(ask, who)
    with read.deployment.database.reading() as session:
        stored = list(audit.entries(session))

    assert [(one["sequence"], one["hash"], one["previousHash"]) for one in reversed(found)] == [
        (entry.sequence, entry.hash, entry.previous_hash) for entry in stored
    ]
    newest = next(one for one in found if one["action"] == "section.read")
    section = read.section("Ben Castellanos", seen_by="Ben Castellanos").section.id
    assert newest["subjectId"] == to_global(Kind.SECTION, section)
    assert (newest["action"], newest["actorName"], newest["actor"]) == (
        "section.read",
        "Hal Novak",
        {"name": "Hal Novak"},
    )
    told = ask(who, "{ auditLog(first: 100) { nodes { action about { name } } } }")["data"]["auditLog"]["nodes"]
    about = {action: {one["about"]["name"] for one in told if one["action"] == action} for action in ABOUT}
    assert about == ABOUT
    assert {"name": "name", "value": "Hal Novak"} in newest["details"]
    assert found[-1]["actor"] is None


@pytest.mark.parametrize("role", [Role.HR_ADMINISTRATOR, Role.AUDITOR])
def test_nobody_reads_in_the_log_how_they_are_rated_sooner_than_in_the_section(read: Company, role: Role) -> None:
    key = read.section("Ann Archer", seen_by="Ann Archer").section.id
    with read.deployment.database.transaction() as session:
        told = [("rating", "4")]
        audit.append(session, at=AT, actor="employee:x", action="section.rate", subject=f"section:{key}", details=told)

    def actions(who: str) -> set[str]:
        reader = Principal(who, read.ids[who], frozenset({role}))
        wanted = AuditFilter(subject=f"section:{key}")
        page = list_audit(read.deployment, reader, wanted, at=AT, first=50)
        assert count_audit(read.deployment, reader, wanted, at=AT) == len(page.items)
        return {entry.action for entry in page.items}

    assert actions("Ann Archer") == {"section.read"}
    assert actions("Hal Novak") == {"section.read", "section.rate"}
    with read.deployment.database.transaction() as session:
        session.execute(update(SECTIONS).where(SECTIONS.c.id == key).values(state=SectionState.SHARED.value))
    assert actions("Ann Archer") == {"section.read", "section.rate"}


def test_everybody_else_reads_who_read_what_is_kept_of_them(read: Company, ask: Ask) -> None:
    for who in MANAGERS:
        expected = {"Ann Archer": ["Hal Novak", "Max Weber"], "Ben Castellanos": ["Hal Novak"]}
        if who not in {"Otto Brandt", "Hal Novak"}:
            assert [line["actorName"] for line in lines(ask, who)] == expected.get(who, []), who
            assert {line["action"] for line in lines(ask, who)} <= {"section.read"}
    ann = to_global(Kind.EMPLOYEE, read.ids["Ann Archer"])
    assert lines(ask, "Ben Castellanos", about=ann) == []
    for program in ("people service", "sections service"):
        answer = ask(program, LOG, first=5)
        assert (answer["data"], codes(answer)) == ({"auditLog": None}, ["FORBIDDEN"])


def test_filters_hold_together(read: Company, ask: Ask) -> None:
    ann, max_ = (to_global(Kind.EMPLOYEE, read.ids[name]) for name in ("Ann Archer", "Max Weber"))
    section = to_global(Kind.SECTION, read.section("Ann Archer", seen_by="Ann Archer").section.id)
    run = ask("Otto Brandt", "{ cycles { latestRun { id } } }")["data"]["cycles"][0]["latestRun"]["id"]
    whole = lines(ask, "Otto Brandt")
    reads = [one for one in whole if one["action"] == "section.read"]
    assert len(reads) == 3

    assert [one["actorName"] for one in lines(ask, "Otto Brandt", about=ann)] == ["Hal Novak", "Max Weber"]
    assert lines(ask, "Otto Brandt", about=section) == lines(ask, "Otto Brandt", about=ann)
    assert [one["action"] for one in lines(ask, "Otto Brandt", about=run)] == ["cycle.score"]
    assert [one["subjectId"] for one in lines(ask, "Otto Brandt", by=max_)] == [section]
    assert lines(ask, "Otto Brandt", action="role.grant") == [one for one in whole if one["action"] == "role.grant"]
    later = (AT + timedelta(seconds=30)).isoformat()
    assert lines(ask, "Otto Brandt", since=later) == reads
    assert lines(ask, "Otto Brandt", until=later) == [one for one in whole if one not in reads]
    assert lines(ask, "Otto Brandt", since=later, by=max_, action="section.read") == [reads[2]]


def test_pages_make_the_whole(read: Company, ask: Ask) -> None:
    found, after = [], None
    while True:
        page = ask("Otto Brandt", LOG, first=2, after=after)["data"]["auditLog"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert found == lines(ask, "Otto Brandt")


def test_the_chain_is_checked_for_those_who_read_all_of_it(read: Company, ask: Ask) -> None:
    for who in ("Otto Brandt", "Hal Novak"):
        found = ask(who, CHAIN)["data"]["auditLog"]["chain"]
        with read.deployment.database.reading() as session:
            stored = list(audit.entries(session))
        assert found == {"entries": len(stored), "isWhole": True, "firstBreak": None, "head": stored[-1].hash}
    refused = ask("Ann Archer", CHAIN)
    assert (refused["data"]["auditLog"], codes(refused)) == ({"chain": None}, ["FORBIDDEN"])

    with read.deployment.database.transaction() as session:
        if session.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        else:
            for (name,) in session.execute(
                text("SELECT name FROM sqlite_master WHERE tbl_name = 'audit_log' AND type = 'trigger'")
            ).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("UPDATE audit_log SET actor = 'nobody' WHERE sequence = 2"))
    broken = ask("Otto Brandt", CHAIN)["data"]["auditLog"]["chain"]
    assert (broken["isWhole"], broken["firstBreak"]) == (False, 2)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"first": 0}, "first is 0"),
        ({"after": "WyJ4Il0"}, "the cursor is not one of the audit log"),
        ({"after": "WyI5OTk5OTk5OTk5OTk5OTk5OTk5Il0"}, "the cursor is not one of the audit log"),
        ({"where": {"about": to_global(Kind.ITEM, "x")}}, "the log has no lines about a Item"),
        ({"where": {"by": to_global(Kind.SECTION, "x")}}, f"'{to_global(Kind.SECTION, 'x')}' is the id of a Section"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(ask: Ask, variables: dict[str, Any], message: str) -> None:
    answer = ask("Otto Brandt", LOG, **({"first": 5} | variables))

    assert (answer["errors"][0]["message"], codes(answer)) == (message, ["BAD_USER_INPUT"])
