"""What happens to sections, read from the audit log, which has every change in the order in which it was committed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.section_states import Action
from appraise.storage import audit, sections
from appraise.storage.access import Viewer
from appraise.use_cases.deployment import Deployment

SCORED: Final = "cycle.score"
ACTIONS: Final = {f"section.{action.lower()}": action for action in Action}


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the log, with the version of the section after it.

    Where `section` is None a cycle was scored, which may have changed any section of it.
    """

    sequence: int
    at: datetime
    section: SectionId | None
    action: Action | None
    version: int | None = None


def latest_happening(deployment: Deployment) -> int:
    """The sequence to follow from, to miss nothing that happens from now on."""
    with deployment.database.reading() as session:
        return audit.latest(session)


def happenings_since(deployment: Deployment, sequence: int) -> list[Happening]:
    """In their order; perhaps not yet all of them."""
    with deployment.database.reading() as session:
        lines = audit.since(session, sequence, [SCORED, *ACTIONS])
    return [
        Happening(
            line.sequence,
            line.at,
            None if line.action == SCORED else SectionId(line.subject.removeprefix("section:")),
            ACTIONS.get(line.action),
            int(facts["version"]) if "version" in (facts := dict(line.details)) else None,
        )
        for line in lines
    ]


def visible_versions(
    deployment: Deployment, principal: Principal, wanted: Iterable[SectionId], *, at: datetime
) -> dict[SectionId, int]:
    """The versions of those of the sections that the principal may read now; no read of an individual's section."""
    with deployment.database.reading() as session:
        return sections.versions(session, Viewer(principal, at.date()), wanted)
