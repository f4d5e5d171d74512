"""Change many sections by one request: each by its own use case, all of them in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.sections import Refusal
from appraise.errors import Conflict, Forbidden, InvalidInput, NotFound
from appraise.storage import sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.once import UNDONE
from appraise.use_cases.record_reading import record_reading
from appraise.use_cases.section_change import Together
from appraise.use_cases.section_view import view
from appraise.use_cases.transactions import committed

MOST_ROWS: Final = 250


class OnError(StrEnum):
    """What a row that cannot be done costs the others."""

    ALL_OR_NOTHING = "ALL_OR_NOTHING"
    STOP_AT_FIRST = "STOP_AT_FIRST"
    KEEP_GOING = "KEEP_GOING"


class Outcome(StrEnum):
    """TAKEN_BACK: it could be done and was taken back, as another could not. NOT_TRIED: the rows before stopped it."""

    DONE = "DONE"
    FAILED = "FAILED"
    TAKEN_BACK = "TAKEN_BACK"
    NOT_TRIED = "NOT_TRIED"


@dataclass(frozen=True, slots=True)
class Row:
    """`use_case` takes the section, `keys` and `fields`, and gives what it gives when it is called alone.

    `problem` is what was wrong with the row before: its code and words. `section` is the text that was sent then.
    """

    section: SectionId
    expected_version: int
    use_case: Callable[..., ViewedSection | Refusal]
    keys: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RowResult:
    """`problem` is the code and the words of an error that a request for this row alone would have met."""

    outcome: Outcome
    viewed: ViewedSection | None = None
    refusal: Refusal | None = None
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """With `dry_run` everything is tried and taken back."""

    rows: Sequence[Row]
    on_error: OnError
    dry_run: bool = False


def change_sections(
    deployment: Deployment, principal: Principal, request: BulkRequest, *, at: datetime
) -> list[RowResult]:
    """One result for each row, in their order. Rows of one section may all expect the version that was read.

    Raises `InvalidInput` for no rows or too many.
    """
    if not 1 <= len(request.rows) <= MOST_ROWS:
        raise InvalidInput(f"{len(request.rows):,} rows", expected=f"1 to {MOST_ROWS}")
    return committed(deployment, lambda session: _changed(deployment, session, principal, request, at))


def _changed(
    deployment: Deployment, session: Session, principal: Principal, request: BulkRequest, at: datetime
) -> list[RowResult]:
    together = Together(session, principal, [row.section for row in request.rows if row.problem is None], at=at)
    results = _tried(replace(deployment, together=together), principal, request, at)
    if request.on_error is OnError.ALL_OR_NOTHING and any(one.outcome is Outcome.FAILED for one in results):
        return [_taken_back(result) for result in results]
    if request.dry_run:
        return results
    together.write(at=at)
    return results


def _tried(deployment: Deployment, principal: Principal, request: BulkRequest, at: datetime) -> list[RowResult]:
    results: list[RowResult] = []
    reached: dict[SectionId, tuple[int, int]] = {}
    for row in request.rows:
        has_failed = any(result.outcome is Outcome.FAILED for result in results)
        if has_failed and request.on_error is OnError.STOP_AT_FIRST:
            results.append(RowResult(Outcome.NOT_TRIED))
            continue
        read, now = reached.get(row.section, (row.expected_version, row.expected_version))
        result = _one(deployment, principal, row, now if row.expected_version == read else row.expected_version, at)
        if result.viewed is not None:
            reached[row.section] = read, result.viewed.section.version
        results.append(result)
    return results


def _one(deployment: Deployment, principal: Principal, row: Row, version: int, at: datetime) -> RowResult:
    if row.problem is not None:
        return RowResult(Outcome.FAILED, problem=row.problem)
    try:
        outcome = row.use_case(
            deployment, principal, row.section, *row.keys, **row.fields, expected_version=version, at=at
        )
    except (NotFound, Forbidden, Conflict, InvalidInput) as error:
        return RowResult(Outcome.FAILED, problem=(error.code, error.found))
    if isinstance(outcome, Refusal):
        return RowResult(Outcome.FAILED, refusal=outcome)
    return RowResult(Outcome.DONE, viewed=outcome)


def _taken_back(result: RowResult) -> RowResult:
    return RowResult(Outcome.TAKEN_BACK) if result.outcome is Outcome.DONE else result


def kept_of(results: Sequence[RowResult]) -> object:
    """What a repetition of the request is told from, or that nothing was done, so that it may be sent anew."""
    if not any(result.outcome is Outcome.DONE for result in results):
        return UNDONE
    return [
        {
            "outcome": result.outcome.value,
            "section": None if result.viewed is None else result.viewed.section.id,
            "refusal": None if result.refusal is None else asdict(result.refusal),
            "problem": result.problem,
        }
        for result in results
    ]


def results_again(
    deployment: Deployment, principal: Principal, kept: Sequence[Mapping[str, Any]], *, at: datetime
) -> list[RowResult]:
    """The same, with the sections as they stand by now, as far as they may still be read."""
    viewer = Viewer(principal, at.date())
    with deployment.database.reading() as session:
        around = Around(session, principal, at.date())
        ids = {SectionId(row["section"]) for row in kept if row["section"] is not None}
        found = {key: section for key in sorted(ids) if (section := sections.get(session, viewer, key)) is not None}
        viewed = {key: view(around, section) for key, section in found.items()}
    record_reading(deployment, principal, {key: section.employee for key, section in found.items()}, at=at)
    return [
        RowResult(
            Outcome(row["outcome"]),
            viewed.get(row["section"]),
            None if row["refusal"] is None else Refusal(**row["refusal"]),
            None if row["problem"] is None else (row["problem"][0], row["problem"][1]),
        )
        for row in kept
    ]
