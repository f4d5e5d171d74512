"""Several rows of one person: assignments, earlier employments, repetitions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date

from appraise.adapters.records import PeopleRecord, RejectedRow
from appraise.domain.employees import EmploymentStatus, ExternalReference

GONE = frozenset({EmploymentStatus.TERMINATED, EmploymentStatus.RETIRED, EmploymentStatus.DECEASED})


def one_row_each(
    records: Iterable[PeopleRecord], primary: Collection[int], file: str, *, side_by_side: bool
) -> tuple[list[PeopleRecord], list[RejectedRow], list[RejectedRow]]:
    """The record that counts of each person and period, the rows left out, and those that contradict one another.

    Of several rows the one marked primary counts, else the only current one, else the one that ended last. Where
    nothing tells, all of them are rejected: to take the first would be a guess. Jobs `side_by_side` all count.
    """
    groups: dict[tuple[object, ...], list[PeopleRecord]] = {}
    for record in records:
        job = (record.status, record.job_title, record.department_code, record.attributes) if side_by_side else ()
        groups.setdefault((record.key, record.effective_from, *job), []).append(record)
    kept: list[PeopleRecord] = []
    skipped: list[RejectedRow] = []
    rejected: list[RejectedRow] = []
    for group in groups.values():
        different = {replace(record, row=0): record for record in reversed(group)}
        distinct = sorted(different.values(), key=lambda record: record.row)
        chosen = _chosen(distinct, primary)
        if chosen is None:
            differing = ", ".join(sorted(_differing(distinct)))
            rows = ", ".join(str(record.row) for record in distinct)
            reason = f"rows {rows} say different things of this person ({differing}), and nothing tells which holds"
            rejected += [RejectedRow(file, record.row, None, record.key.value, reason) for record in group]
            continue
        kept.append(chosen)
        for record in group:
            if record is not chosen:
                is_repeat = replace(record, row=0) == replace(chosen, row=0)
                reason = (
                    "repeats another row of the person"
                    if is_repeat
                    else "another job of the person, not the one that counts"
                )
                skipped.append(RejectedRow(file, record.row, None, record.key.value, reason))
    return kept, skipped, rejected


def without_untold(
    records: Sequence[PeopleRecord],
    rejected: Iterable[RejectedRow],
    key_of_row: Mapping[int, ExternalReference],
    file: str,
) -> tuple[list[PeopleRecord], list[RejectedRow]]:
    """The records of people none of whose rows was rejected: the rejected one may be the one that counts."""
    row_of = {key_of_row[row.row]: row.row for row in rejected if row.row in key_of_row}
    kept = [record for record in records if record.key not in row_of]
    untold = [
        RejectedRow(
            file,
            record.row,
            None,
            record.key.value,
            f"row {row_of[record.key]} of the same person is rejected, and it may be the one that counts",
        )
        for record in records
        if record.key in row_of
    ]
    return kept, untold


def _chosen(distinct: list[PeopleRecord], primary: Collection[int]) -> PeopleRecord | None:
    current = [record for record in distinct if record.status not in GONE]
    best = [record for record in current if record.row in primary] or [
        record for record in current if record.status is not EmploymentStatus.PREHIRE
    ]
    best = best or current
    if not best:
        last = max((record.termination_date or date.min for record in distinct), default=date.min)
        best = [record for record in distinct if (record.termination_date or date.min) == last]
    return best[0] if len(best) == 1 else None


def _differing(records: list[PeopleRecord]) -> set[str]:
    names = [one.name for one in fields(PeopleRecord) if one.name not in {"row", "references"}]
    return {name for name in names if len({str(getattr(record, name)) for record in records}) > 1} or {"references"}
