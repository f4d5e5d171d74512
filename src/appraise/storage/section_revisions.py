"""Earlier revisions of sections. Whoever may read the section may read them: each was shared before it ended."""

from datetime import datetime

from sqlalchemy import insert, select

from appraise.domain.identifiers import SectionId
from appraise.domain.sections import Section
from appraise.storage import sections
from appraise.storage.database import Session
from appraise.storage.tables import SECTION_REVISIONS


def keep(session: Session, section: Section, *, ended_at: datetime) -> None:
    """The section as it is now, before its next revision takes its place."""
    row = {"section_id": section.id, "revision": section.revision, "document": sections.frozen(section)}
    session.execute(insert(SECTION_REVISIONS), {**row, "ended_at": ended_at})


def of(session: Session, section: SectionId) -> list[tuple[Section, datetime]]:
    """Each with the time at which it ended."""
    table = SECTION_REVISIONS.c
    rows = session.execute(
        select(table.document, table.ended_at).where(table.section_id == section).order_by(table.revision)
    )
    return [(sections.thawed(session, row.document), row.ended_at) for row in rows.all()]
