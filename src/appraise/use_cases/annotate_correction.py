"""HR lets a final section stand though the data say otherwise now, with a note that the employee reads."""

from dataclasses import replace
from datetime import datetime

from appraise.domain.access import Principal, may_administer
from appraise.domain.corrections import Correction, CorrectionState
from appraise.domain.identifiers import CorrectionId
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, corrections, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def annotate_correction(
    deployment: Deployment, principal: Principal, correction: CorrectionId, *, note: str, at: datetime
) -> Correction | Refusal:
    """A repeated request with the same note changes nothing. Raises `Forbidden`, `NotFound`."""
    if not may_administer(principal):
        raise Forbidden("what the data say since is for HR administrators to decide")

    def work(session: Session) -> Correction | Refusal:
        lock(session, f"correction:{correction}")
        found = corrections.get(session, correction)
        if found is None or sections.get(session, Viewer(principal, at.date()), found.section) is None:
            raise NotFound("there is no such correction notice")
        whose = sections.whose(session, found.section)
        if whose is not None and whose[0] == principal.employee:
            raise Forbidden("nobody decides on their own section")
        if found.state is not CorrectionState.OPEN:
            is_repeated = (found.note, found.decided_by) == (note.strip(), principal.employee)
            return found if is_repeated else Refusal("ALREADY_DONE", f"it was ended as {found.state}")
        if not note.strip():
            return Refusal("REASON_MISSING", "say why the section stands; the employee reads it", "note")
        ended = replace(found, state=CorrectionState.ANNOTATED, note=note.strip(), decided_by=principal.employee)
        corrections.decide(session, ended)
        actor = Actor.of(principal)
        audit.append(
            session,
            at=at,
            actor=actor.id,
            action="correction.annotate",
            subject=f"section:{found.section}",
            details=[*actor.facts, ("correction", correction), ("note", note.strip())],
        )
        return ended

    return committed(deployment, work)
