"""Tell host systems that a dispute or a claim was filed or ended."""

from datetime import datetime

from appraise.domain.disputes import Dispute
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.sections import Section
from appraise.domain.webhooks import Notice
from appraise.storage import outbox
from appraise.storage.database import Session


def tell_of_dispute(session: Session, section: Section, dispute: Dispute, *, at: datetime) -> None:
    facts = {
        "disputeId": encoded(Kind.DISPUTE, dispute.id),
        "sectionId": encoded(Kind.SECTION, section.id),
        "employeeId": encoded(Kind.EMPLOYEE, section.employee),
        "kind": dispute.kind.value,
        "state": dispute.state.value,
    }
    outbox.append(session, Notice.DISPUTE_STATE_CHANGED, section.id, facts=facts, at=at)
