"""What an import of people did, or would do."""

from dataclasses import dataclass
from datetime import date

from appraise.adapters.records import RejectedRow
from appraise.domain.employees import ExternalReference
from appraise.use_cases.people_changes import MergeProposal, PersonChange


@dataclass(frozen=True, slots=True)
class UnresolvedManager:
    """A manager whom the export names and nobody is known by; the line waits for an import that brings them."""

    row: int
    employee: ExternalReference
    manager: ExternalReference
    reason: str


@dataclass(frozen=True, slots=True)
class PeopleReport:
    """Counts are of employees, each counted once: created, else ended, else rehired, else changed, else unchanged.

    `changes` tells of each who is not unchanged; `conflicting` counts the rejected rows whose ids belong to different
    employees. A report that is `refused` says what would have been done, and nothing was.
    `loops` are paths of source keys that come back to where they began; none of their lines was stored.
    """

    as_of: date
    created: int
    changed: int
    ended: int
    unchanged: int
    rehired: int = 0
    conflicting: int = 0
    changes: tuple[PersonChange, ...] = ()
    proposals: tuple[MergeProposal, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    unresolved_managers: tuple[UnresolvedManager, ...] = ()
    loops: tuple[tuple[str, ...], ...] = ()
    warnings: tuple[str, ...] = ()
    unmapped_columns: tuple[str, ...] = ()
    dry_run: bool = False
    refused: bool = False
