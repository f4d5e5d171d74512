"""Earlier revisions of a section, kept as they were when the next one began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appraise.domain.section_states import SectionState
from appraise.domain.sections import Section


@dataclass(frozen=True, slots=True)
class SectionRevision:
    """`section` as it stood at the end; `ended_at` is None for the current one.

    `is_superseded` where a later revision is final. Until then the last final one stands in HR systems as written.
    """

    section: Section
    ended_at: datetime | None
    is_superseded: bool = False


def revisions(current: Section, earlier: Sequence[tuple[Section, datetime]]) -> tuple[SectionRevision, ...]:
    """All revisions, the first first. `earlier` are the kept ones with the time at which each ended."""
    everyone = [*sorted(earlier, key=lambda kept: kept[0].revision), (current, None)]
    final = [section.revision for section, _ in everyone if section.state is SectionState.FINALISED]
    last_final = max(final, default=0)
    return tuple(SectionRevision(section, ended, section.revision < last_final) for section, ended in everyone)


def as_of(known: Sequence[SectionRevision], at: datetime) -> SectionRevision:
    """The revision that was the current one at a time."""
    return next(kept for kept in known if kept.ended_at is None or at < kept.ended_at)
