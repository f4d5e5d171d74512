"""Calibration sessions of a cycle with what was moved in each, for HR administrators and auditors."""

from datetime import datetime

from appraise.domain.access import Principal, may_administer, may_read_audit
from appraise.domain.calibration import CalibrationSession, Move
from appraise.domain.identifiers import CycleId
from appraise.errors import Forbidden
from appraise.storage import calibrations, sections
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.record_reading import record_reading


def read_calibrations(
    deployment: Deployment, principal: Principal, cycle: CycleId, *, at: datetime
) -> list[tuple[CalibrationSession, list[Move]]]:
    """The oldest first; ratings that were moved are read by it, and audited. Raises `Forbidden`."""
    if not (may_administer(principal) or may_read_audit(principal)):
        raise Forbidden("calibration sessions are for HR administrators and auditors")
    with deployment.database.reading() as session:
        found = [(one, calibrations.moves_of(session, one.id)) for one in calibrations.of_cycle(session, cycle)]
        moved = {move.section for _, moves in found for move in moves}
        whose = {section: sections.subject_of(session, section) for section in moved}
    record_reading(deployment, principal, {key: of for key, of in whose.items() if of is not None}, at=at)
    return found
