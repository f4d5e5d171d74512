"""What a policy's exclusions take out of the evidence, with the reason that each gives."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import ibis
import pyarrow as pa

from appraise.domain.exclusions import Exclusion
from appraise.domain.identifiers import IndicatorKey
from appraise.scoring.absences import excluded
from appraise.scoring.credit_sums import LeftOut
from appraise.scoring.event_tables import seconds_of, surely
from appraise.scoring.findings import Results

ALL_TIME = 2**60


def reason_of(table: ibis.Table, exclusions: Iterable[Exclusion]) -> ibis.Value:
    """Why a row with `at`, `topic` and `segment` does not count: the first reason that fits, null where none does."""
    cases = []
    for exclusion in exclusions:
        begins, ends = stretch(exclusion)
        fits = (table["at"] >= begins) & (table["at"] < ends)
        for name, values in (("topic", exclusion.topics), ("segment", exclusion.segments)):
            if values:
                fits &= surely(table[name].isin(values))
        cases.append((fits, ibis.literal(exclusion.reason)))
    return ibis.cases(*cases) if cases else ibis.literal(None, type="string")


def stretch(exclusion: Exclusion) -> tuple[int, int]:
    """From the first second of the first day to the end of the last; all time where it names no days."""
    first, last = exclusion.first_day, exclusion.last_day
    if first is None or last is None:
        return -ALL_TIME, ALL_TIME
    return seconds_of(first), seconds_of(last + timedelta(days=1))


def without(life: ibis.Table, exclusions: Iterable[Exclusion]) -> ibis.Table:
    """Rows from `begins` to `ends` with `segment`, cut where excluded days begin and end, with `left_out`: the reason.

    Exclusions by topic are about contacts and take out no time of customers.
    """
    of_time = [exclusion for exclusion in exclusions if not exclusion.topics]
    edges = sorted({-ALL_TIME, ALL_TIME, *(edge for exclusion in of_time for edge in stretch(exclusion))})
    pieces = ibis.memtable(
        pa.table({"opens": pa.array(edges[:-1], pa.int64()), "closes": pa.array(edges[1:], pa.int64())})
    )
    crossed = life.cross_join(pieces)
    parts = crossed.mutate(
        begins=ibis.greatest(crossed.begins, crossed.opens), ends=ibis.least(crossed.ends, crossed.closes)
    )
    parts = parts.filter(parts.ends > parts.begins)
    cases = []
    for exclusion in of_time:
        begins, ends = stretch(exclusion)
        fits = (parts.opens >= begins) & (parts.opens < ends)
        if exclusion.segments:
            fits &= surely(parts.segment.isin(exclusion.segments))
        cases.append((fits, ibis.literal(exclusion.reason)))
    reason = ibis.cases(*cases) if cases else ibis.literal(None, type="string")
    return parts.mutate(left_out=reason).drop("opens", "closes")


def reason_of_end(ended: ibis.Table, exclusions: Iterable[Exclusion]) -> ibis.Value:
    """Why an end at `ended_at`, of a customer in `segment`, does not count, as `without` cuts the time up to it."""
    cases = []
    for exclusion in exclusions:
        begins, ends = stretch(exclusion)
        fits = (ended.ended_at > begins) & (ended.ended_at <= ends)
        if exclusion.segments:
            fits &= surely(ended.segment.isin(exclusion.segments))
        if not exclusion.topics:
            cases.append((fits, ibis.literal(exclusion.reason)))
    return ibis.cases(*cases) if cases else ibis.literal(None, type="string")


def left_out_of(rows: ibis.Table) -> dict[int, LeftOut]:
    """Rows by `employee` and the reason `left_out`."""
    known = rows.filter(rows.employee.notnull() & rows.left_out.notnull())
    return by_employee(known.group_by("employee", "left_out").agg(n=known.count()).to_pyarrow().to_pylist())


def by_employee(counts: Iterable[Mapping[str, Any]]) -> dict[int, LeftOut]:
    """Of counts `n` by `employee` and the reason `left_out`, those that have both."""
    known = [row for row in counts if row["employee"] is not None and row["left_out"] is not None]
    found: dict[int, LeftOut] = {}
    for row in sorted(known, key=lambda row: (row["employee"], row["left_out"])):
        found[row["employee"]] = (*found.get(row["employee"], ()), (row["left_out"], row["n"]))
    return found


def excluded_throughout(
    indicator: IndicatorKey, results: Results, left_out: Mapping[int, LeftOut], exclusions: Iterable[Exclusion]
) -> Results:
    """Whoever has no evidence but what was excluded is told so."""
    reasons = {exclusion.reason for exclusion in exclusions}
    absences = {
        employee: excluded(indicator, parts[0][0])
        for employee, parts in left_out.items()
        if employee not in results.said and all(reason in reasons for reason, _ in parts)
    }
    return Results({**results.said, **absences}, results.measured)
