"""What an import did, for a person to check against the system that the file came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from appraise.domain.events import EventKind
from appraise.domain.mapping import RejectedRow
from appraise.events.log import KindCounts

SAMPLE = 100
"""Rejected rows shown in a report; the CSV file holds them all."""


@dataclass(frozen=True, slots=True)
class UnknownEmployee:
    """A reference that nobody known bears; its events wait until the HRIS import brings the person."""

    namespace: str
    key: str
    rows: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`written` is false for a dry run, for a refused file and for a repeated load.

    `read` are all rows of the file, malformed ones included; a row may speak of several kinds or of none. `rejected`
    counts rows, `rejected_by_reason` reasons, of which a row may have several. `overridden` are the duplicates whose
    content differed: the last row of the file counts.
    """

    load_id: str
    read: int
    malformed: int
    counts: Mapping[EventKind, KindCounts]
    skipped_by_reason: Mapping[str, int] = field(default_factory=dict)
    rejected_by_reason: Mapping[str, int] = field(default_factory=dict)
    rejected_sample: tuple[RejectedRow, ...] = ()
    overridden: int = 0
    unknown_employees: tuple[UnknownEmployee, ...] = ()
    unmapped_columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    written: bool = False
    repeated: bool = False
    dry_run: bool = False
    refused: bool = False

    @property
    def accepted(self) -> int:
        return sum(counts.accepted for counts in self.counts.values())

    @property
    def superseding(self) -> int:
        return sum(counts.superseding for counts in self.counts.values())

    @property
    def unchanged(self) -> int:
        return sum(counts.unchanged for counts in self.counts.values())

    @property
    def duplicates(self) -> int:
        return sum(counts.duplicates for counts in self.counts.values())

    @property
    def withdrawn(self) -> int:
        return sum(counts.withdrawn for counts in self.counts.values())

    @property
    def skipped(self) -> int:
        return sum(counts.skipped for counts in self.counts.values())

    @property
    def rejected(self) -> int:
        return self.malformed + sum(counts.rejected for counts in self.counts.values())
