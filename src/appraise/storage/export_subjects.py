"""Whom an export's file tells of, so that it can be decided again when somebody comes for it."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, insert, not_, or_, select

from appraise.domain.access import sees_ratings
from appraise.domain.exports import OF_SECTIONS, ExportKind
from appraise.domain.identifiers import EmployeeId, JobId, SectionId
from appraise.domain.section_states import SectionState
from appraise.storage.access import Viewer, reached
from appraise.storage.database import Session
from appraise.storage.tables import EXPORT_SUBJECTS, SECTIONS

CHUNK = 2_000


class Subject(NamedTuple):
    """`with_ratings`: ratings of a section stand in the file."""

    employee: EmployeeId
    section: SectionId | None = None
    with_ratings: bool = False


def add(session: Session, job: JobId, subjects: Iterable[Subject]) -> None:
    """Each employee once."""
    rows = [
        {
            "job_id": job,
            "employee_id": each.employee,
            "section_id": each.section,
            "with_ratings": each.with_ratings,
        }
        for each in subjects
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(EXPORT_SUBJECTS), rows[start : start + CHUNK])


def out_of_reach(session: Session, viewer: Viewer, job: JobId, kind: ExportKind) -> int:
    """Of how many whom the file tells of the viewer may not read now what stands in it."""
    of_job = EXPORT_SUBJECTS.c.job_id == job
    if kind not in OF_SECTIONS:
        lost = not_(reached(viewer.people, EXPORT_SUBJECTS.c.employee_id))
        statement = select(func.count()).select_from(EXPORT_SUBJECTS).where(of_job, lost)
        return int(session.execute(statement, viewer.bound).scalar_one())
    table = SECTIONS.c
    joined = EXPORT_SUBJECTS.outerjoin(SECTIONS, table.id == EXPORT_SUBJECTS.c.section_id)
    seen = reached(viewer.sections, table.employee_id, state=table.state, section=table.id)
    statement = select(func.count()).select_from(joined).where(of_job, or_(table.id.is_(None), not_(seen)))
    return int(session.execute(statement, viewer.bound).scalar_one()) + _withheld(session, viewer, of_job)


def _withheld(session: Session, viewer: Viewer, of_job: ColumnElement[bool]) -> int:
    """Whether the viewer's own ratings stand in the file and are withheld from them by now."""
    me = viewer.principal.employee
    if me is None:
        return 0
    joined = EXPORT_SUBJECTS.join(SECTIONS, SECTIONS.c.id == EXPORT_SUBJECTS.c.section_id)
    own = (of_job, EXPORT_SUBJECTS.c.employee_id == me, EXPORT_SUBJECTS.c.with_ratings)
    states = session.execute(select(SECTIONS.c.state).select_from(joined).where(*own)).scalars()
    return sum(not sees_ratings(viewer.principal, me, SectionState(state)) for state in states)
