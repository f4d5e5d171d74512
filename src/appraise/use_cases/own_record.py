"""Everything that is kept of an employee here, for themselves to take away."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from appraise.domain.access import Principal
from appraise.domain.evidence import EvidenceRow
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import ViewedSection
from appraise.errors import Forbidden, NotFound
from appraise.storage import cycles, parts, people, reporting_lines, sections, tokens
from appraise.storage.access import Viewer
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_disputes import read_beside
from appraise.use_cases.read_evidence import read_evidence
from appraise.use_cases.read_parts import read_parts
from appraise.use_cases.read_readers import read_readers
from appraise.use_cases.read_revisions import read_revisions
from appraise.use_cases.read_sections import section_of


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """`document` holds plain values only, numbers of any precision as text; `evidence` the events by name of cycle.

    Where the events of a cycle are not kept any more, it has none.
    """

    document: Mapping[str, Any]
    evidence: Mapping[str, tuple[EvidenceRow, ...]]


def own_sections(deployment: Deployment, principal: Principal, *, at: datetime) -> list[ViewedSection]:
    """The reader's own, the newest cycle first; none for whoever is no employee."""
    me = principal.employee
    if me is None or principal.embedded is not None:
        return []
    with deployment.database.reading() as session:
        known = sorted(cycles.all_of_them(session), key=lambda cycle: cycle.period.start, reverse=True)
    found = (section_of(deployment, principal, me, cycle.id, at=at) for cycle in known)
    return [viewed for viewed in found if viewed is not None]


def own_record(deployment: Deployment, principal: Principal, *, at: datetime) -> OwnRecord:
    """As the employee may read it: a manager's ratings from sharing on. Raises `Forbidden` for whoever is none."""
    me = principal.employee
    if me is None or principal.embedded is not None:
        raise Forbidden("only employees have a record of their own")
    evidence: dict[str, tuple[EvidenceRow, ...]] = {}
    told = []
    for viewed in own_sections(deployment, principal, at=at):
        try:
            evidence[viewed.cycle.name] = read_evidence(deployment, viewed)
        except NotFound:
            evidence[viewed.cycle.name] = ()
        told.append(_section(deployment, principal, viewed, at=at))
    return OwnRecord(
        {
            "made_at": plain(at),
            "person": _person(deployment, principal, me, at=at),
            "sections": told,
            "parts_given": _parts_given(deployment, me),
        },
        evidence,
    )


def _person(deployment: Deployment, principal: Principal, me: EmployeeId, *, at: datetime) -> dict[str, Any]:
    viewer = Viewer(principal, at.date())
    with deployment.database.reading() as session:
        row = people.by_id(session, viewer, [me], on=at.date()).get(me)
        lines = reporting_lines.of_employee(session, viewer, me)
        jobs = people.employments_of(session, me)
    return {**plain(row), "employments": plain(jobs), "reporting_lines": plain(lines)}


def _parts_given(deployment: Deployment, me: EmployeeId) -> list[dict[str, Any]]:
    """What they said of others, as former or dotted managers, also where it is asked for no more."""
    with deployment.database.reading() as session:
        mine = parts.by_author(session, me)
        of = {section.id: section for section in sections.whole(session, [part.section for part in mine])}
        return [
            {
                "cycle": cycles.get(session, of[part.section].cycle).name,
                "employee": tokens.name_of(session, of[part.section].employee),
                "marks": plain(part.marks),
                "given_at": plain(part.given_at),
            }
            for part in mine
        ]


def _section(deployment: Deployment, principal: Principal, viewed: ViewedSection, *, at: datetime) -> dict[str, Any]:
    section, beside = viewed.section, read_beside(deployment, viewed)
    return {
        **plain(section),
        "cycle": viewed.cycle.name,
        "ratings_shared": viewed.ratings_visible,
        "total": plain(section.total),
        "together": plain(viewed.composite),
        "respond_by": plain(viewed.respond_by),
        "parts": plain(read_parts(deployment, principal, viewed, at=at).parts),
        "disputes": plain(beside.disputes),
        "corrections": plain(beside.corrections),
        "calibration_moves": plain(beside.moves),
        "readers": plain(read_readers(deployment, principal, section.id, at=at)),
        "earlier_revisions": [
            plain(kept.section) | {"cycle": viewed.cycle.name}
            for kept in read_revisions(deployment, principal, section.id, at=at)
            if kept.ended_at is not None
        ],
    }


def plain(value: Any) -> Any:
    """The same in JSON's own kinds of value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | frozenset):
        return [plain(one) for one in value]
    return value
