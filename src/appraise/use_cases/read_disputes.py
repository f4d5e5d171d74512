"""What goes on beside a section, as far as the principal may read the section."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.calibration import Move
from appraise.domain.corrections import Correction
from appraise.domain.disputes import Dispute
from appraise.domain.identifiers import CorrectionId, DisputeId, EmployeeId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.errors import NotFound
from appraise.storage import calibrations, corrections, disputes, sections, tokens
from appraise.storage.access import Viewer
from appraise.use_cases.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Beside:
    """Disputes and claims, correction notices, and what calibration moved; each the oldest first.

    `names` are of those who decide, or decided, a dispute.
    """

    disputes: tuple[Dispute, ...]
    corrections: tuple[Correction, ...]
    moves: tuple[Move, ...]
    names: Mapping[EmployeeId, str]


def read_beside(deployment: Deployment, viewed: ViewedSection) -> Beside:
    """Of a section that was read, which is audited. Moves are withheld with the ratings."""
    section = viewed.section.id
    with deployment.database.reading() as session:
        filed = tuple(disputes.of(session, section))
        deciding = {one for dispute in filed for one in (dispute.reviewer, dispute.decided_by) if one is not None}
        return Beside(
            filed,
            tuple(corrections.of(session, section)),
            tuple(calibrations.moves_of_section(session, section) if viewed.ratings_visible else ()),
            {one: name for one in deciding if (name := tokens.name_of(session, one)) is not None},
        )


def section_of_dispute(deployment: Deployment, key: DisputeId) -> SectionId:
    """Whose reader may read the dispute. Raises `NotFound`."""
    with deployment.database.reading() as session:
        found = disputes.get(session, key)
    if found is None:
        raise NotFound("there is no such dispute")
    return found.section


def section_of_correction(deployment: Deployment, key: CorrectionId) -> SectionId:
    """Whose reader may read the notice. Raises `NotFound`."""
    with deployment.database.reading() as session:
        found = corrections.get(session, key)
    if found is None:
        raise NotFound("there is no such correction notice")
    return found.section


def get_correction(deployment: Deployment, principal: Principal, key: CorrectionId, *, at: datetime) -> Correction:
    """Raises `NotFound` where the section is not the principal's to read."""
    with deployment.database.reading() as session:
        found = corrections.get(session, key)
        if found is None or sections.get(session, Viewer(principal, at.date()), found.section) is None:
            raise NotFound("there is no such correction notice")
    return found
