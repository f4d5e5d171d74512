"""What goes on beside a section, as far as the principal may read the section; and the queues of those who decide."""

from dataclasses import dataclass
from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.calibration import Move
from appraise.domain.corrections import Correction
from appraise.domain.disputes import Dispute
from appraise.domain.identifiers import SectionId
from appraise.storage import calibrations, corrections, disputes
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_sections import get_section


@dataclass(frozen=True, slots=True)
class Beside:
    """Disputes and claims, correction notices, and what calibration moved; each the oldest first."""

    disputes: tuple[Dispute, ...]
    corrections: tuple[Correction, ...]
    moves: tuple[Move, ...]


def read_beside(deployment: Deployment, principal: Principal, section: SectionId, *, at: datetime) -> Beside:
    """Moves are withheld with the ratings. Raises `NotFound`; audited as a read of the section."""
    viewed = get_section(deployment, principal, section, at=at)
    with deployment.database.reading() as session:
        moves = calibrations.moves_of_section(session, section) if viewed.ratings_visible else []
        return Beside(tuple(disputes.of(session, section)), tuple(corrections.of(session, section)), tuple(moves))
