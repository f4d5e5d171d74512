"""How often customers answer, and whose answers are too few, or too unlike colleagues', to speak for all customers.

Who was asked is in few exports. What is counted is contacts: after how many of them the customer answered. Channels of
a source in which nobody answered are left out, as nobody was asked there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from appraise.domain.events import EventKind
from appraise.domain.explanations import RESPONSES
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.language import counted, in_percent
from appraise.domain.policies import IndicatorPolicy
from appraise.domain.scorecards import Absence, Estimate, Evidence
from appraise.scoring.absences import answered_apart, answered_rarely
from appraise.scoring.arrays import FloatArray, fetched, floats, whole
from appraise.scoring.left_out import reason_of
from appraise.scoring.prepared import Prepared
from appraise.statistics.funnel import outliers, overdispersion

_FEWEST = 2
"""Employees from which on a spread between them can be told."""


@dataclass(frozen=True, slots=True)
class Response:
    """Of one employee: `answered` of the `contacts`, and what colleagues' rates would give; None without colleagues.

    `apart` is −1 or 1 where the answers lie outside the 99.8 % funnel around `expected`, which overdispersion widens.
    """

    contacts: int
    answered: int
    expected: float | None
    apart: int

    @property
    def rate(self) -> float:
        return self.answered / self.contacts


def responses(prepared: Prepared) -> dict[int, Response]:
    """By position of the employee on the contact; nobody where no rating names a contact."""
    contacts = prepared.contacts.filter(
        prepared.contacts.employee.notnull(),
        prepared.contacts["at"] >= prepared.start,
        prepared.contacts["at"] < prepared.end,
        reason_of(prepared.contacts, prepared.exclusions).isnull(),
    )
    ratings = prepared.records[EventKind.RATINGS]
    rated = ratings.filter(ratings.contact.notnull()).select(event="contact")
    joined = contacts.left_join(rated.distinct().mutate(answered=1), "event")
    counts = joined.group_by("employee", "source", "channel").agg(
        contacts=joined.count(), answered=joined.answered.count()
    )
    return by_employee(fetched(counts, order_by=["employee", "source", "channel"]))


def by_employee(counts: pa.Table) -> dict[int, Response]:
    """From `contacts` and those `answered` of each `employee`, `source` and `channel`.

    What is expected of somebody has the rates of all others in it, not their own.
    """
    strata = {pair: at for at, pair in enumerate(dict.fromkeys(_strata(counts)))}
    stratum = np.array([strata[pair] for pair in _strata(counts)], np.int64)
    n, a = floats(counts, "contacts"), floats(counts, "answered")
    asked = np.bincount(stratum, weights=a, minlength=len(strata))[stratum] > 0 if strata else np.array([], bool)
    employees, row = np.unique(whole(counts, "employee")[asked], return_inverse=True)
    if not employees.size:
        return {}
    n, a, stratum = n[asked], a[asked], stratum[asked]
    others_n = np.bincount(stratum, weights=n)[stratum] - n
    others_a = np.bincount(stratum, weights=a)[stratum] - a
    known = (others_a > 0) & (others_a < others_n)
    p = np.where(known, others_a / np.maximum(others_n, 1.0), 0.0)

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(row, weights=values, minlength=employees.size).astype(np.float64)

    # The others' rate is an estimate itself: of few contacts of theirs it says little.
    variance = n * p * (1.0 - p) * (1.0 + n / np.maximum(others_n, 1.0))
    apart = _apart(total(np.where(known, a, 0.0)), total(n * p), total(variance))
    compared = total(np.where(known, n, 0.0)) == total(n)
    return {
        int(employee): Response(round(contacts), round(answered), float(expected) if fully else None, int(side))
        for employee, contacts, answered, expected, fully, side in zip(
            employees, total(n), total(a), total(n * p), compared, apart, strict=True
        )
    }


def _strata(counts: pa.Table) -> list[tuple[str, str]]:
    return list(zip(counts["source"].to_pylist(), counts["channel"].to_pylist(), strict=True))


def _apart(observed: FloatArray, expected: FloatArray, variance: FloatArray) -> FloatArray:
    """Spiegelhalter's funnel of observed over expected; 0 of whom nobody can be compared with."""
    found = np.zeros(observed.size)
    rows = np.flatnonzero(variance > 0)
    if rows.size < _FEWEST:
        return found
    ratio, spread = observed[rows] / expected[rows], variance[rows] / expected[rows] ** 2
    tau2 = overdispersion(ratio, 1.0, spread).tau2
    found[rows] = outliers(ratio, 1.0, spread, tau2=tau2)
    return found


def unspoken(
    indicator: IndicatorKey, found: Mapping[int, Response], evidence: Mapping[int, Evidence], rules: IndicatorPolicy
) -> dict[int, Absence]:
    """Who gets no figure from answers, and why."""
    told: dict[int, Absence] = {}
    for employee, one in found.items():
        if employee not in evidence:
            continue
        if one.rate < rules.minimum_response:
            told[employee] = answered_rarely(
                indicator, one.answered, one.contacts, rules.minimum_response, evidence[employee]
            )
        elif one.apart and one.expected and _beyond(one.answered / one.expected, rules.response_ratio):
            told[employee] = answered_apart(indicator, one.answered, one.contacts, one.expected, evidence[employee])
    return told


def _beyond(ratio: float, least: float) -> bool:
    return least > 0 and not least <= ratio <= 1 / least


def with_response(result: Estimate | Absence, found: Response | None) -> Estimate | Absence:
    """With how many answered among the facts of the working."""
    if found is None or isinstance(result, Absence):
        return result
    told = f"{found.answered:,} of {counted(found.contacts, 'contact', 'contacts')} ({in_percent(found.rate)})"
    if found.expected is not None:
        answers = counted(round(found.expected), "answer was", "answers were")
        told += f"; by colleagues' rates {answers} to be expected"
    return replace(result, working=replace(result.working, notes=(*result.working.notes, (RESPONSES, told))))
