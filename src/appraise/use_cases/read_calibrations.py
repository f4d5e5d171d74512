"""Calibration sessions of a cycle with what was moved in each, for HR administrators and auditors."""

from appraise.domain.access import Principal, may_administer, may_read_audit
from appraise.domain.calibration import CalibrationSession, Move
from appraise.domain.identifiers import CycleId
from appraise.errors import Forbidden
from appraise.storage import calibrations
from appraise.use_cases.deployment import Deployment


def read_calibrations(
    deployment: Deployment, principal: Principal, cycle: CycleId
) -> list[tuple[CalibrationSession, list[Move]]]:
    """The oldest first. Raises `Forbidden`."""
    if not (may_administer(principal) or may_read_audit(principal)):
        raise Forbidden("calibration sessions are for HR administrators and auditors")
    with deployment.database.reading() as session:
        return [(one, calibrations.moves_of(session, one.id)) for one in calibrations.of_cycle(session, cycle)]
