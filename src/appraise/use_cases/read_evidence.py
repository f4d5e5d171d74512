"""The events behind the figures of a section, as they were when it was scored."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Final

from appraise.domain.cursors import position
from appraise.domain.events import EventKind
from appraise.domain.evidence import EvidenceRow
from appraise.domain.identifiers import EmployeeId, IndicatorKey, RunId
from appraise.domain.people_documents import people_of
from appraise.domain.periods import Period
from appraise.domain.reading import Page, ViewedSection
from appraise.errors import NotFound
from appraise.storage import cycles, exchange_rates, people_snapshots
from appraise.use_cases.deployment import Deployment

REMEMBERED: Final = 16
"""Employees of a run whose rows, all or those of one indicator, are kept while somebody pages through them; a run's
never change."""
MEMORY: Final = "1GB"


def read_evidence(
    deployment: Deployment, viewed: ViewedSection, *, indicator: IndicatorKey | None = None, counted: bool | None = None
) -> tuple[EvidenceRow, ...]:
    """Of a section that was read, which is audited; the newest first.

    `indicator` keeps what had a use for it; `counted` keeps what counted for it (for any), or what did not. Raises
    `NotFound` where the events or people of the run are not kept any more.
    """
    section = viewed.section
    rows = _rows(deployment, section.run, section.employee, indicator)
    return tuple(row for row in rows if _is_wanted(row, indicator, counted))


def made_ready() -> None:
    """Loads what the first lookup would wait for: the query engine and its libraries take most of a second."""
    from appraise.events.engine import open_engine  # noqa: PLC0415
    from appraise.scoring import evidence_rows  # noqa: F401, PLC0415
    from appraise.use_cases import events_in_place  # noqa: F401, PLC0415

    open_engine(memory_limit=MEMORY)


def practise(deployment: Deployment, run: RunId, employee: EmployeeId) -> None:
    """Looks somebody's events up and shows them to nobody: the statements are the same for everybody from then on."""
    with suppress(NotFound):
        _rows(deployment, run, employee, None)


def page_of_evidence(rows: Sequence[EvidenceRow], *, first: int, after: str | None) -> Page[EvidenceRow]:
    start = () if after is None else position(after, 4)
    left = [row for row in rows if row.key > start]
    shown = tuple(left[:first])
    return Page(shown, tuple(row.key for row in shown), len(left) > first)


def _is_wanted(row: EvidenceRow, indicator: IndicatorKey | None, counted: bool | None) -> bool:  # noqa: FBT001
    uses = [use for use in row.uses if indicator in {None, use.indicator}]
    if indicator is not None and not uses:
        return False
    return counted is None or any(use.left_out is None for use in uses) is counted


@lru_cache(REMEMBERED)
def _rows(
    deployment: Deployment, run_id: RunId, employee: EmployeeId, indicator: IndicatorKey | None
) -> tuple[EvidenceRow, ...]:
    """Of the kinds of event that may have a use for the indicator."""
    from appraise.events.engine import open_engine  # noqa: PLC0415  # who reads records only does not wait for it
    from appraise.scoring.evidence_rows import USED_FOR, evidence_rows  # noqa: PLC0415
    from appraise.use_cases.events_in_place import events_then  # noqa: PLC0415

    with deployment.database.reading() as session:
        run = cycles.run(session, run_id)
        manifest = run.manifest
        people = None if manifest is None else people_snapshots.of(session, manifest.people_hash)
        policy = cycles.policy_of(session, run_id)
        rates = None if manifest is None else exchange_rates.named(session, manifest)
    not_kept = NotFound(
        "the events that these figures were computed from are not kept any more",
        hint="the figures stand as they were handed in; score the cycle again for new ones",
    )
    if manifest is None or people is None:
        raise not_kept
    with events_then(deployment, manifest, at=run.started_at) as events:
        if events.missing:
            raise not_kept
        engine = open_engine(memory_limit=MEMORY)
        return evidence_rows(
            {kind: engine.events(view) for kind, view in events.snapshot.views.items() if view.files},
            people_of(people),
            policy,
            Period(manifest.cycle_start, manifest.cycle_end),
            employee,
            data_as_of=manifest.data_as_of,
            rates=rates,
            kinds=tuple(EventKind) if indicator is None else USED_FOR.get(indicator, ()),
        )
