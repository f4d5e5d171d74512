"""Read where an employee stands among the others: for HR and executives, and never without a line in the audit log."""

from collections.abc import Mapping
from datetime import datetime

from appraise.domain.access import Principal, read_is_audited, sees_standings
from appraise.domain.identifiers import IndicatorKey, SectionId
from appraise.domain.standings import Standing
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, sections, standings
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def read_standings(
    deployment: Deployment, principal: Principal, section_id: SectionId, *, at: datetime
) -> Mapping[IndicatorKey, Standing]:
    """By indicator, COMPOSITE for all together, in the run that the section shows.

    Raises `Forbidden` for whoever may see nobody's standing, `NotFound` where the section is not theirs to see.
    """
    if not sees_standings(principal):
        raise Forbidden(
            "where somebody stands among the others is for HR administrators and executives",
            hint="the figure's own interval says what the data know",
        )

    def work(session: Session) -> Mapping[IndicatorKey, Standing]:
        section = sections.get(session, Viewer(principal, at.date()), section_id)
        if section is None:
            raise NotFound("there is no such section, or it is not yours to see")
        if read_is_audited(principal, section.employee):
            actor = Actor.of(principal)
            subject = f"section:{section_id}"
            audit.append(session, at=at, actor=actor.id, action="standing.read", subject=subject, details=actor.facts)
        return standings.of(session, section.run, section.employee)

    return committed(deployment, work)
