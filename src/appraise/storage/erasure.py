"""What is kept of a person, taken out: names, words and ways in go; figures and ratings stay as numbers of nobody.

The audit log stays as it is, or its chain could not be verified any more.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, Table, cast, delete, or_, select, update

from appraise.domain.identifiers import EmployeeId
from appraise.domain.jobs import JobKind
from appraise.domain.person_requests import ERASED_NAME
from appraise.storage import people_snapshots, person_requests
from appraise.storage.database import Session, lock
from appraise.storage.tables import (
    ACCESS_TOKENS,
    CALIBRATION_MOVES,
    CORRECTIONS,
    DELEGATIONS,
    DISPUTES,
    EMBED_TOKENS,
    EMPLOYEES,
    EMPLOYMENTS,
    EXPORT_SUBJECTS,
    EXTERNAL_REFERENCES,
    IDEMPOTENCY_KEYS,
    ITEMS,
    JOBS,
    LANGUAGES,
    MAILS,
    REMINDERS,
    REPORTING_LINES,
    ROLE_GRANTS,
    SECTION_PARTS,
    SECTION_REVISIONS,
    SECTIONS,
    TOLD_TASKS,
    WATCH_FINDINGS,
    WATCHES,
    WEB_SESSIONS,
    WRITE_BACKS,
)

ERASED: Final = "(erased)"
WORDS_OF_ITEMS: Final = ("comment", "reason", "own_rating", "own_comment")
PLACES_OF_WORDS: Final = {"acknowledgement": 3, "exemption": 1, "reopening": 1}
"""Where words stand in the lists of a section's course."""
TEXTS_OF_COURSE: Final = ("unreviewed_reason", "return_reason", "void_reason")


def erase(session: Session, employee: EmployeeId, *, at: datetime) -> dict[str, int]:
    """How many rows were removed or emptied, by table. Waits for whoever changes one of the sections."""
    lock(session, person_requests.ERASURES)
    session.execute(select(SECTIONS.c.id).where(SECTIONS.c.employee_id == employee).with_for_update())
    done: dict[str, int] = {"person_texts": people_snapshots.erase(session, employee)}
    done["reports"] = _reports(session, _names(session, employee))
    for table, condition in _removed(employee):
        done[table.name] = session.execute(delete(table).where(condition)).rowcount
    for table, condition, values in _emptied(employee, at):
        done[table.name] = session.execute(update(table).where(condition).values(values)).rowcount
    done["sections"] = _courses(session, employee)
    done["section_revisions"] = _revisions(session, employee)
    return {name: count for name, count in done.items() if count}


def _removed(employee: EmployeeId) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    mine = f"employee:{employee}"
    yield EXTERNAL_REFERENCES, EXTERNAL_REFERENCES.c.employee_id == employee
    yield REPORTING_LINES, REPORTING_LINES.c.employee_id == employee
    yield ROLE_GRANTS, ROLE_GRANTS.c.employee_id == employee
    yield WEB_SESSIONS, WEB_SESSIONS.c.employee_id == employee
    yield EMBED_TOKENS, or_(EMBED_TOKENS.c.viewer_id == employee, EMBED_TOKENS.c.section_id.in_(_sections(employee)))
    yield DELEGATIONS, or_(DELEGATIONS.c.manager_id == employee, DELEGATIONS.c.delegate_id == employee)
    yield SECTION_PARTS, SECTION_PARTS.c.section_id.in_(_sections(employee))
    yield REMINDERS, REMINDERS.c.owner_id == employee
    yield TOLD_TASKS, TOLD_TASKS.c.owner_id == employee
    yield MAILS, MAILS.c.owner_id == employee
    yield WATCH_FINDINGS, WATCH_FINDINGS.c.group_key == employee
    kept = select(WATCHES.c.id).where(WATCHES.c.owner_id == employee)
    yield WATCH_FINDINGS, WATCH_FINDINGS.c.watch_id.in_(kept)
    yield WATCHES, WATCHES.c.owner_id == employee
    yield LANGUAGES, LANGUAGES.c.employee_id == employee
    # Keys of their own requests, and those whose answers name them.
    keys = IDEMPOTENCY_KEYS.c
    yield IDEMPOTENCY_KEYS, or_(keys.principal == mine, cast(keys.answer, String).like(f"%{employee}%"))


def _emptied(employee: EmployeeId, at: datetime) -> Iterator[tuple[Table, ColumnElement[bool], dict[str, Any]]]:
    name = {"display_name": ERASED_NAME, "sort_name": ERASED_NAME.casefold(), "search_text": "", "email": None}
    yield EMPLOYEES, EMPLOYEES.c.id == employee, name
    yield EMPLOYMENTS, EMPLOYMENTS.c.employee_id == employee, {"job_title": None, "attributes": {}}
    tokens = ACCESS_TOKENS.c
    yield ACCESS_TOKENS, tokens.employee_id == employee, {"name": ERASED}
    yield ACCESS_TOKENS, (tokens.employee_id == employee) & tokens.revoked_at.is_(None), {"revoked_at": at}
    yield ITEMS, ITEMS.c.section_id.in_(_sections(employee)), dict.fromkeys(WORDS_OF_ITEMS)
    yield DISPUTES, DISPUTES.c.section_id.in_(_sections(employee)), {"comment": ERASED, "reason": None}
    yield CORRECTIONS, CORRECTIONS.c.section_id.in_(_sections(employee)), {"note": None}
    yield CALIBRATION_MOVES, CALIBRATION_MOVES.c.section_id.in_(_sections(employee)), {"reason": ERASED}
    kept = dict.fromkeys(("place", "sent", "found", "earlier", "problem"))
    yield WRITE_BACKS, WRITE_BACKS.c.section_id.in_(_sections(employee)), kept
    told = select(EXPORT_SUBJECTS.c.job_id).where(EXPORT_SUBJECTS.c.employee_id == employee)
    # Files that tell of them go with the next round of the worker.
    yield JOBS, JOBS.c.id.in_(told) & (JOBS.c.state == "DONE"), {"expires_at": at}


def _names(session: Session, employee: EmployeeId) -> frozenset[str]:
    """By what reports of imports name the person: ids, addresses, names."""
    known, shown = EXTERNAL_REFERENCES.c, EMPLOYEES.c
    found = {value for (value,) in session.execute(select(known.value).where(known.employee_id == employee))}
    for row in session.execute(select(shown.display_name, shown.email).where(shown.id == employee)):
        found |= {one for one in row if one}
    return frozenset(found)


def _reports(session: Session, names: frozenset[str]) -> int:
    """Take entries that name the person out of the reports of imports; their counts stay."""
    table, done = JOBS.c, 0
    kept = (table.kind == JobKind.IMPORT.value) & table.outcome.is_not(None)
    for row in session.execute(select(table.id, table.outcome).where(kept)).all():
        outcome = _without(row.outcome, names)
        if outcome != row.outcome:
            session.execute(update(JOBS).where(table.id == row.id).values(outcome=outcome))
            done += 1
    return done


def _without(document: Any, names: frozenset[str]) -> Any:
    if isinstance(document, dict):
        return {name: _without(value, names) for name, value in document.items()}
    if isinstance(document, list):
        return [_without(one, names) for one in document if not _tells(one, names)]
    return document


def _tells(document: Any, names: frozenset[str]) -> bool:
    if isinstance(document, dict | list):
        return any(_tells(one, names) for one in (document.values() if isinstance(document, dict) else document))
    return document in names


def _courses(session: Session, employee: EmployeeId) -> int:
    table = SECTIONS.c
    rows = session.execute(select(table.id, table.course).where(table.employee_id == employee)).all()
    for row in rows:
        emptied = {"course": without_words(row.course), "job_title": None}
        session.execute(update(SECTIONS).where(table.id == row.id).values(**emptied))
    return len(rows)


def _revisions(session: Session, employee: EmployeeId) -> int:
    table = SECTION_REVISIONS.c
    rows = session.execute(select(SECTION_REVISIONS).where(table.section_id.in_(_sections(employee)))).all()
    for row in rows:
        items = [item | dict.fromkeys(WORDS_OF_ITEMS) for item in row.document["items"]]
        course = without_words(row.document["course"])
        document = row.document | {"items": items, "course": course, "job_title": None}
        is_meant = (table.section_id == row.section_id, table.revision == row.revision)
        session.execute(update(SECTION_REVISIONS).where(*is_meant).values(document=document))
    return len(rows)


def without_words(course: dict[str, Any]) -> dict[str, Any]:
    """The course of a section as it is stored, with its dates, answers and reasons by code, and nobody's words."""
    kept = {name: value for name, value in course.items() if name not in TEXTS_OF_COURSE}
    for name, place in PLACES_OF_WORDS.items():
        if name in kept:
            kept[name] = [None if n == place else one for n, one in enumerate(kept[name])]
    if kept.get("reopening"):
        kept["reopening"][PLACES_OF_WORDS["reopening"]] = ERASED
    return kept


def _sections(employee: EmployeeId) -> Any:
    return select(SECTIONS.c.id).where(SECTIONS.c.employee_id == employee)
