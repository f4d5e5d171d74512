"""Who has read a section, for the employee whose it is and for auditors."""

from dataclasses import dataclass
from datetime import datetime

from appraise.domain.access import Principal, may_read_audit
from appraise.domain.identifiers import SectionId
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, sections
from appraise.storage.access import Viewer
from appraise.use_cases.deployment import Deployment

READS = frozenset({"section.read", "sections.read", "standing.read", "change.read"})


@dataclass(frozen=True, slots=True)
class Reader:
    """`times` reads between `first` and `last`. `through` is the HR system's service in whose page it was shown."""

    name: str
    through: str | None
    first: datetime
    last: datetime
    times: int


def read_readers(
    deployment: Deployment, principal: Principal, section: SectionId, *, at: datetime
) -> tuple[Reader, ...]:
    """The latest first, from the audit log. Raises `NotFound`, and `Forbidden` for anybody else."""
    with deployment.database.reading() as session:
        found = sections.get(session, Viewer(principal, at.date()), section)
        if found is None:
            raise NotFound("there is no such section, or it is not yours to see")
        if found.employee != principal.employee and not may_read_audit(principal):
            raise Forbidden("who has read a section is for its employee and for auditors")
        lines = [line for line in audit.about(session, f"section:{section}") if line.action in READS]
    readers: dict[tuple[str, str | None], Reader] = {}
    for line in lines:
        facts = dict(line.details)
        key = (line.actor, facts.get("embedded_by"))
        known = readers.get(key)
        name, first, times = (
            (facts.get("name", line.actor), line.at, 1) if known is None else (known.name, known.first, known.times + 1)
        )
        readers[key] = Reader(name, key[1], first, line.at, times)
    return tuple(sorted(readers.values(), key=lambda reader: reader.last, reverse=True))
