"""Calibration sessions with what was moved in each, for HR administrators and auditors."""

from collections.abc import Callable, Sequence
from datetime import datetime

from appraise.domain.access import Principal, may_administer, may_read_audit, sees_ratings
from appraise.domain.calibration import CalibrationSession, Move
from appraise.domain.identifiers import CalibrationId, CycleId
from appraise.errors import Forbidden, NotFound
from appraise.storage import calibrations, sections
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.record_reading import record_reading


def read_calibrations(
    deployment: Deployment, principal: Principal, cycle: CycleId, *, at: datetime
) -> list[tuple[CalibrationSession, list[Move]]]:
    """Those of a cycle, the oldest first; ratings that were moved are read by it, and audited. Raises `Forbidden`.

    Moves of a section are left out where its ratings are withheld from the principal.
    """
    return _read(deployment, principal, lambda session: calibrations.of_cycle(session, cycle), at=at)


def get_calibration(
    deployment: Deployment, principal: Principal, key: CalibrationId, *, at: datetime
) -> tuple[CalibrationSession, list[Move]]:
    """One with its moves, audited as all of a cycle's. Raises `Forbidden` and `NotFound`."""

    def one(session: Session) -> list[CalibrationSession]:
        found = calibrations.get(session, key)
        return [] if found is None else [found]

    known = _read(deployment, principal, one, at=at)
    if not known:
        raise NotFound("there is no such calibration session")
    return known[0]


def _read(
    deployment: Deployment,
    principal: Principal,
    wanted: Callable[[Session], Sequence[CalibrationSession]],
    *,
    at: datetime,
) -> list[tuple[CalibrationSession, list[Move]]]:
    if not (may_administer(principal) or may_read_audit(principal)):
        raise Forbidden("calibration sessions are for HR administrators and auditors")
    with deployment.database.reading() as session:
        found = [(one, calibrations.moves_of(session, one.id)) for one in wanted(session)]
        moved = {move.section for _, moves in found for move in moves}
        known = {key: whose for key in moved if (whose := sections.whose(session, key)) is not None}
    # Whoever is in a session themselves reads there what they read of their section, and no sooner.
    told = {key: subject for key, (subject, state) in known.items() if sees_ratings(principal, subject, state)}
    record_reading(deployment, principal, told, at=at)
    return [(one, [move for move in moves if move.section in told]) for one, moves in found]
