"""The lines of an export: what the principal may read, as flat records with the API's names and ids."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from appraise.domain.access import may_read_audit
from appraise.domain.audit import AuditEntry
from appraise.domain.exports import ExportKind, ExportRequest
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.reading import Page, PersonRow, SectionRow, SectionsWanted
from appraise.domain.scorecards import Absence, Estimate
from appraise.domain.sections import Item, shown_total
from appraise.errors import Forbidden
from appraise.storage import audit, audit_lines, audit_lists, people, people_import, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.storage.export_subjects import Subject
from appraise.storage.people import PeopleFilter
from appraise.use_cases.export_people import everybody
from appraise.use_cases.people_rows import rows_of_each

PAGE: Final = 200
"""Rows that are read at once: few, so that others get at the database and the processor in between."""
FIGURES: Final = {
    "value": "value",
    "lower": "lower",
    "upper": "upper",
    "lower90": "lower_90",
    "upper90": "upper_90",
    "expected": "expected",
    "unshrunk": "unshrunk",
    "standardError": "standard_error",
    "reliability": "reliability",
    "probabilityBetter": "probability_better",
    "isBetter": "is_better",
    "consequence": "consequence",
    "level": "level",
    "flagged": "flagged",
}
"""The names of an estimate's figures in the file and here."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines of the file, and whom they tell of."""

    rows: list[Row]
    subjects: list[Subject]


def count(session: Session, viewer: Viewer, request: ExportRequest) -> int:
    """Lines to come; of ESTIMATES sections, of which each has several. Raises `Forbidden` as `chunks`."""
    match request.kind:
        case ExportKind.SECTIONS | ExportKind.ESTIMATES:
            assert request.cycle  # noqa: S101  # asked for before it was taken
            return sections.counted(session, viewer, SectionsWanted(request.cycle, request.state))
        case ExportKind.EMPLOYEES:
            return people.counted(session, viewer, _wanted(viewer, request))
        case ExportKind.PEOPLE:
            assert request.source  # noqa: S101  # asked for before it was taken
            return people_import.told_of(session, request.source)
        case ExportKind.AUDIT:
            _check_audit(viewer)
            return audit.count(session, since=request.since, until=request.until)


def chunks(session: Session, viewer: Viewer, request: ExportRequest) -> Iterator[tuple[int, Chunk]]:
    """With how many of `count` each tells of. Raises `Forbidden` where the audit log is not the principal's to read."""
    match request.kind:
        case ExportKind.SECTIONS:
            yield from _of_sections(session, viewer, request, lambda row: [_section_row(row)])
        case ExportKind.ESTIMATES:
            yield from _of_sections(session, viewer, request, _item_rows)
        case ExportKind.EMPLOYEES:
            yield from _of_people(session, viewer, request)
        case ExportKind.PEOPLE:
            assert request.source  # noqa: S101  # asked for before it was taken
            told = everybody(session, request.source)
            for employee, lines in rows_of_each(told, request.source):
                who = {"employee": encoded(Kind.EMPLOYEE, employee)}
                yield 1, Chunk([who | line for line in lines], [Subject(employee)])
        case ExportKind.AUDIT:
            yield from _of_audit(session, viewer, request)


def _of_audit(session: Session, viewer: Viewer, request: ExportRequest) -> Iterator[tuple[int, Chunk]]:
    """Of their own section auditors take away no more than they read in the log: not how and why they were rated."""
    _check_audit(viewer)
    me = viewer.principal.employee
    withheld = frozenset[str]() if me is None else audit_lines.withheld_from(session, me)
    for entries in audit.pages(session, since=request.since, until=request.until, size=PAGE * 5):
        about = audit_lists.subjects_of(session, entries)
        rows = [
            _audit_row(entry, subjects)
            if entry.subject not in withheld or entry.action.endswith(".read") or entry.actor == f"employee:{me}"
            else _withheld_row(entry)
            for entry, subjects in zip(entries, about, strict=True)
        ]
        yield len(entries), Chunk(rows, [])


def _check_audit(viewer: Viewer) -> None:
    if not may_read_audit(viewer.principal):
        raise Forbidden("the audit log is not yours to read")


def _pages(read: Callable[[str | None], Page[Any]]) -> Iterator[tuple[Any, ...]]:
    after = None
    while True:
        page = read(after)
        if page.items:
            yield page.items
        if not page.has_next:
            return
        after = page.end_cursor


def _of_sections(
    session: Session, viewer: Viewer, request: ExportRequest, lines: Callable[[SectionRow], Iterable[Row]]
) -> Iterator[tuple[int, Chunk]]:
    assert request.cycle  # noqa: S101  # asked for before it was taken
    cycle, state = request.cycle, request.state
    for rows in _pages(
        lambda after: sections.listed(session, viewer, SectionsWanted(cycle, state), first=PAGE, after=after)
    ):
        told = [Subject(row.section.employee, row.section.id, _has_ratings(row)) for row in rows]
        yield len(rows), Chunk([line for row in rows for line in lines(row)], told)


def _has_ratings(row: SectionRow) -> bool:
    return any(item.rating is not None or item.comment is not None for item in row.section.items)


def _common(row: SectionRow) -> Row:
    section = row.section
    return {
        "section": encoded(Kind.SECTION, section.id),
        "employee": encoded(Kind.EMPLOYEE, section.employee),
        "employeeName": row.employee_name,
        "managerName": row.manager_name,
        "job": section.job_title,
        "department": section.department,
        "cycle": encoded(Kind.CYCLE, section.cycle),
        "cycleName": row.cycle_name,
        "state": section.state.value,
        "version": section.version,
        "revision": section.revision,
        "manifestHash": section.manifest_hash,
        "ratingsVisible": row.ratings_visible,
    }


def _section_row(row: SectionRow) -> Row:
    section, total = row.section, row.section.total
    return _common(row) | {
        "submittedAt": section.submitted_at,
        "observedWeight": section.observed_weight,
        "itemsToRate": sum(item.is_open for item in section.items) if row.ratings_visible else None,
        "total": None if total is None else shown_total(total),
    }


def _item_rows(row: SectionRow) -> Iterator[Row]:
    common = _common(row)
    for item in row.section.items:
        yield common | {
            "item": encoded(Kind.ITEM, item.id),
            "indicator": item.indicator,
            "weight": item.weight,
            **_result(item),
            "rating": item.rating,
            "comment": item.comment,
        }


def _result(item: Item) -> Row:
    result = item.result
    if isinstance(result, Absence):
        figures = dict.fromkeys([*FIGURES, *_working(None)])
        said: Row = {"absence": result.kind.value, "absenceReason": result.reason}
    else:
        figures = {name: getattr(result, attribute) for name, attribute in FIGURES.items()} | _working(result)
        said = {"absence": None, "absenceReason": None}
    evidence = result.evidence
    return {
        **figures,
        **said,
        "events": evidence and evidence.events,
        "customers": evidence and evidence.customers,
        "effective": evidence and evidence.effective,
        "expectedEvents": evidence and evidence.expected_events,
        "leftOut": evidence and [{"reason": reason, "count": number} for reason, number in evidence.left_out],
    }


def _working(estimate: Estimate | None) -> Row:
    working = estimate and estimate.working
    money = estimate and estimate.money
    return {
        "raw": working and working.raw,
        "caseMix": working and [{"factor": factor, "effect": effect} for factor, effect in working.case_mix],
        "shrinkage": working and working.shrinkage,
        "attributableShare": working and working.attributable_share,
        "moneyAmountMinor": money and money.amount,
        "moneyLowerMinor": money and money.lower,
        "moneyUpperMinor": money and money.upper,
        "currency": money and money.currency,
    }


def _wanted(viewer: Viewer, request: ExportRequest) -> PeopleFilter:
    return PeopleFilter(viewer.today, request.search, request.department)


def _of_people(session: Session, viewer: Viewer, request: ExportRequest) -> Iterator[tuple[int, Chunk]]:
    wanted = _wanted(viewer, request)
    for rows in _pages(lambda after: people.listed(session, viewer, wanted, first=PAGE, after=after)):
        managers = {row.manager for row in rows if row.manager is not None}
        shown = people.by_id(session, viewer, managers, on=viewer.today)
        lines = [_person_row(row, is_manager_shown=row.manager in shown) for row in rows]
        yield len(rows), Chunk(lines, [Subject(row.employee.id) for row in rows])


def _person_row(row: PersonRow, *, is_manager_shown: bool) -> Row:
    manager = row.manager if is_manager_shown else None
    return {
        "employee": encoded(Kind.EMPLOYEE, row.employee.id),
        "name": row.employee.display_name,
        "job": row.job_title,
        "department": row.department_code,
        "departmentName": row.department_name,
        "status": row.status.value,
        "since": row.since,
        "manager": None if manager is None else encoded(Kind.EMPLOYEE, manager),
        "managerName": row.manager_name,
        "externalReferences": [
            {"namespace": reference.namespace, "value": reference.value} for reference in row.employee.references
        ],
    }


def _withheld_row(entry: AuditEntry) -> Row:
    row = dict.fromkeys(("at", "actor", "action", "subject", "subjects", "details"))
    place = {"sequence": entry.sequence, "previousHash": entry.previous_hash, "hash": entry.hash}
    return row | place | {"isWithheld": True}


def _audit_row(entry: AuditEntry, subjects: Sequence[str]) -> Row:
    return {
        "sequence": entry.sequence,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "subjects": list(subjects),
        "details": [{"name": name, "value": value} for name, value in entry.details],
        "previousHash": entry.previous_hash,
        "hash": entry.hash,
        "isWithheld": False,
    }
