"""Bring the event tables into few large files, and delete files that nothing needs any more."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from appraise.domain.events import EventKind
from appraise.domain.progress import Advance
from appraise.events.compacting import Compacted, compact
from appraise.events.reading_space import clear
from appraise.storage import audit, cycles
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.mirror_loads import OPERATOR
from appraise.use_cases.transactions import committed
from appraise.use_cases.versions import versions_of


@dataclass(frozen=True, slots=True)
class Compaction:
    """`runs` are the scoring runs that can be computed again as before."""

    tables: Mapping[EventKind, Compacted]
    runs: int


def compact_events(
    deployment: Deployment, *, settle_before: date | None, at: datetime, progress: Advance, actor: str = OPERATOR
) -> Compaction:
    """Every stored run can be computed again afterwards; with `settle_before` those that ended from that day on.

    Loads of before that day are settled then: what they superseded is removed for good, and they cannot be undone. The
    audit log tells of it. Raises `InvalidInput` for a day that is too near, `Retriable` where others were in the way.
    """
    day = None if settle_before is None else datetime.combine(settle_before, time(), UTC)
    with deployment.database.reading() as session:
        manifests = cycles.manifests(session, since=day)
    clear(deployment.events.root)
    with tempfile.TemporaryDirectory(prefix="appraise-compaction-") as directory:
        tables = compact(
            deployment.events,
            runs=[versions_of(manifest) for manifest in manifests],
            settle_before=day,
            scratch=Path(directory),
            at=at,
            progress=progress,
        )
    details = [("settled before", "" if settle_before is None else settle_before.isoformat())]
    details += [(kind.value, str(one.superseded)) for kind, one in tables.items() if one.superseded]

    def told(session: Session) -> None:
        audit.append(session, at=at, actor=actor, action="events.compact", subject="events", details=details)

    committed(deployment, told)
    return Compaction(tables, len(manifests))
