"""Satisfaction: how customers rate the contacts that an employee had with them.

Answers are put on 0..100 of their scale. Each customer counts once per employee, as the average of the answers;
case mix is estimated within employees. An answer is about the contact that it was asked after, or its credit is shared
over who served or owned the customer up to then: the score form Σwr/Σw² of the multiple-membership model (Browne,
Goldstein & Rasbash 2001), as the weighted mean Σwr/Σw would credit everybody with part of what colleagues did.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

import ibis
import numpy as np
import pyarrow as pa

from appraise.domain.events import EventKind
from appraise.domain.explanations import CASE_MIX, NOT_ADJUSTED, PLAIN
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import SATISFACTION, Direction, IndicatorDefinition, Role, Unit, definition_of
from appraise.domain.policies import DEFAULT_POLICY, Attribution, IndicatorPolicy, Policy
from appraise.domain.scorecards import Coverage, Evidence
from appraise.errors import NotEnough
from appraise.scoring.absences import OWNERSHIPS, Words, missing_data, nothing_seen, too_little
from appraise.scoring.arrays import FloatArray, IntArray, fetched, floats, whole
from appraise.scoring.attribution import credit
from appraise.scoring.case_mix import ALIKE, APART, SAME, folded_levels, with_factors
from appraise.scoring.credit_sums import EXACT, credit_given, exact_sum
from appraise.scoring.event_tables import surely
from appraise.scoring.findings import Figures, Findings, Results, Seen, nobody, said_by_part
from appraise.scoring.indicator import Indicator, Shared
from appraise.scoring.left_out import excluded_throughout, left_out_of, reason_of
from appraise.scoring.prepared import Prepared
from appraise.scoring.responses import responses, unspoken, with_response
from appraise.scoring.working import exactly
from appraise.statistics.errors_in_common import Estimates
from appraise.statistics.group_sums import GroupSums
from appraise.statistics.shrinkage import normal
from appraise.statistics.within import CaseMix, case_mix

WORDS = Words("answer of a customer", "answers of different customers")
SCALE = "scale"
OUTSIDE = "contact outside the cycle"
OFF_SCALE = "answer off its scale"
_MIDDLE = 50.0
_FEWEST = 1e-3
"""Answers, by Σw², below which an employee tells nothing about how much employees differ."""
_SERVED = "customer rated the service after this employee had taken part in it"
_OTHERWISE = {
    Attribution.DIRECT: "customer rated a contact of this employee",
    Attribution.LAST_TOUCH: _SERVED,
    Attribution.LINEAR: _SERVED,
    Attribution.TIME_DECAY: _SERVED,
    Attribution.OWNERSHIP: "customer whom this employee owned gave a rating",
}


def satisfaction(shared: Shared, policy: Policy) -> Findings:
    prepared = shared.prepared
    rules = policy.of(SATISFACTION)
    nothing = Coverage(SATISFACTION, Decimal(0), Decimal(0))
    if EventKind.RATINGS not in prepared.present:
        return Findings(Results(), missing_data(SATISFACTION, "ratings by customers"), nothing)
    if rules.attribution is Attribution.OWNERSHIP and EventKind.OWNERSHIPS not in prepared.present:
        return Findings(Results(), missing_data(SATISFACTION, OWNERSHIPS), nothing)
    answers = credited_answers(shared, rules)
    counted = answers.filter(answers.left_out.isnull())
    found = responses(prepared) if rules.attribution is Attribution.DIRECT else {}
    silent = unspoken(SATISFACTION, found, _seen(counted, found) if found else {}, rules)
    speaking = answers.filter(~surely(answers.employee.isin(list(silent)))) if silent else answers
    told = averages(SATISFACTION, WORDS, speaking, (*rules.case_mix, SCALE), policy)
    said = {at: with_response(one, found.get(at)) for at, one in told.said.items()}
    return Findings(
        results=excluded_throughout(
            SATISFACTION, Results({**said, **silent}, told.measured), left_out_of(answers), prepared.exclusions
        ),
        otherwise=nothing_seen(SATISFACTION, _OTHERWISE[rules.attribution]),
        coverage=outcomes_covered(SATISFACTION, counted),
    )


def _seen(counted: ibis.Table, of: Iterable[int]) -> dict[int, Evidence]:
    """The answers by employee, each customer once."""
    known = counted.filter(counted.employee.isin(list(of)))
    sums = known.group_by("employee").agg(events=known.count(), customers=known.customer.nunique())
    return {
        row["employee"]: Evidence(row["events"], row["customers"], Decimal(row["customers"]))
        for row in fetched(sums, order_by=["employee"]).to_pylist()
    }


INDICATOR = Indicator(
    definition=IndicatorDefinition(
        key=SATISFACTION,
        name="Satisfaction",
        question="How satisfied are the customers whom this employee served?",
        unit=Unit.POINTS,
        direction=Direction.HIGHER_IS_BETTER,
        role=Role.RATED,
        outcome=("answer", "answers"),
        opening="{events} from {customers} gave {raw} of 100 points.",
        counts="answers of customers to surveys about a contact, on a declared scale, one per customer",
        does_not_count="surveys without an answer, answers about articles or bots, answers outside the cycle",
    ),
    defaults=DEFAULT_POLICY.of(SATISFACTION),
    measure=satisfaction,
    reads=("event", "source", "channel"),
)


def credited_answers(shared: Shared, rules: IndicatorPolicy, *kept: str) -> ibis.Table:
    """One row per answer and employee with its `weight`; `kept` columns of the rating stay.

    `left_out` says why an answer does not count.
    """
    return _credited(_answers(shared.prepared, kept), shared, rules)


def _answers(prepared: Prepared, kept: Sequence[str]) -> ibis.Table:
    """Every rating with the contact's case mix, employee and time where it names a contact; `points` 0..100."""
    contacts = prepared.contacts.select(
        "employee", "why", "at", *prepared.factors, contact=prepared.contacts.event
    ).rename({f"contact_{name}": name for name in ("employee", "why", "at", *prepared.factors)})
    joined = prepared.ratings.left_join(contacts, "contact")
    low, high = joined.score_low.cast("float64"), joined.score_high.cast("float64")
    score = joined.score.cast("float64")
    at = ibis.coalesce(joined.contact_at, joined["at"])
    employee = ibis.coalesce(joined.employee, joined.contact_employee)
    readable = (high > low) & (score >= low) & (score <= high)
    answers = joined.select(
        *kept,
        "customer",
        "at",
        "scale",
        served_at=at,
        employee=employee,
        why=ibis.cases((employee.isnull(), ibis.coalesce(joined.contact_why, joined.why))),
        points=100.0 * (score - low) / (high - low),
        left_out=ibis.cases((~readable, OFF_SCALE), ((at < prepared.start) | (at >= prepared.end), OUTSIDE)),
        **{name: ibis.coalesce(joined[name], joined[f"contact_{name}"]) for name in prepared.factors},
    )
    as_served = answers.mutate(answered_at=answers["at"], at=answers.served_at)
    reason = ibis.coalesce(as_served.left_out, reason_of(as_served, prepared.exclusions))
    return as_served.mutate(left_out=reason, at=as_served.answered_at).drop("answered_at", "served_at").cache()


def _credited(answers: ibis.Table, shared: Shared, rules: IndicatorPolicy) -> ibis.Table:
    """One row per answer and employee with its `weight`: credit is given as of the time of the answer."""
    if rules.attribution is Attribution.DIRECT:
        return answers.mutate(weight=ibis.literal(1.0, type="float64"))
    weights = credit(answers, shared.touches, shared.prepared, rules)
    return answers.drop("employee", "why").inner_join(weights, ["customer", "at"]).cache()


def averages(
    indicator: IndicatorKey, words: Words, answers: ibis.Table, factors: tuple[str, ...], policy: Policy
) -> Results:
    """Average `points` (0..100) per employee, case mix by `factors`, a customer counting once per employee.

    `answers`: `customer`, `employee` (position or null), `weight` (credit, 0..1), the factors, and `left_out` (null, or
    why a row does not count).
    """
    counted = answers.filter(answers.left_out.isnull())
    table = _by_case(counted, factors)
    if not table.num_rows:
        return Results()
    employees, row = np.unique(whole(table, "employee"), return_inverse=True)
    evidence, amount = (
        _evidence(indicator, answers, employees, table, row),
        _per_employee(row, floats(table, "squared")),
    )
    telling = amount >= _FEWEST
    minimum = policy.of(indicator).minimum_events
    silent = {
        int(employees[k]): too_little(indicator, words, amount=amount[k], minimum=minimum, evidence=evidence[k])
        for k in np.flatnonzero(~telling)
    }
    chosen = np.flatnonzero(telling)
    seen = Seen(employees[chosen].tolist(), [evidence[k] for k in chosen], amount[chosen], words)
    kept = table.filter(pa.array(telling[row]))
    told = _compared(indicator, counted, kept, seen, factors, policy) if chosen.size else Results()
    return Results({**silent, **told.said}, told.measured)


def _compared(
    indicator: IndicatorKey,
    counted: ibis.Table,
    table: pa.Table,
    seen: Seen,
    factors: tuple[str, ...],
    policy: Policy,
) -> Results:
    employees, row = np.unique(whole(table, "employee"), return_inverse=True)
    sums, columns, x = _group_sums(table, row, employees.size, factors)
    try:
        adjusted = case_mix(sums)
    except NotEnough as error:
        return nobody(indicator, seen, error)
    own = (sums.y - sums.x @ adjusted.beta) / sums.weight
    fitted = own[row] + x @ adjusted.beta

    def figures(rows: IntArray) -> Figures:
        told = _figures(indicator, adjusted, rows, columns, policy)
        if np.array_equal(sums.weight, sums.weight_squared):
            return told
        plain = sums.y[rows] / sums.weight[rows] + _MIDDLE
        return replace(told, own_notes=[((PLAIN, f"{one:.6f}"),) for one in plain])

    residuals = None  # of context nobody asks what it has in common with others
    if policy.weighs(indicator):
        residuals = _residuals(counted, table.select(["employee", *factors]), fitted)
    return said_by_part(indicator, policy, seen, adjusted.part, figures, residuals=residuals)


def _figures(
    indicator: IndicatorKey, adjusted: CaseMix, rows: IntArray, columns: Sequence[str], policy: Policy
) -> Figures:
    """Of employees who are compared with each other; `columns` are the factors of the case mix's columns."""
    known = Estimates(adjusted.adjusted[rows], adjusted.own[rows], adjusted.common[rows])
    shrunk = normal(known.value, known.own, common=known.common, attributable_share=policy.attributable_share)
    dropped = [columns[k] for k in adjusted.dropped]
    idle = [name for name in dict.fromkeys(dropped) if dropped.count(name) == columns.count(name)]
    used = tuple(name for name in dict.fromkeys(columns) if name not in idle)
    membership = np.array([[name == factor for factor in used] for name in columns], np.float64)
    unused = [(name, SAME) for name in policy.of(indicator).case_mix if name not in columns]
    why = APART if adjusted.part.max() else ALIKE
    return Figures(
        raw=adjusted.raw[rows] + _MIDDLE,
        factors=used,
        effects=adjusted.effect[rows] @ membership.reshape(len(columns), len(used)),
        shrunk=shrunk,
        deviation=known.value - shrunk.population_mean,
        variance=known.variance,
        expected=shrunk.population_mean + _MIDDLE,
        limits=(0.0, 100.0),
        notes=(
            ("spread between employees (sd)", f"{shrunk.population_sd:.2f} points"),
            (f"spread between {definition_of(indicator).outcome[1]} (sd)", f"{adjusted.sigma2**0.5:.2f} points"),
            *(
                (f"{CASE_MIX}{name}", f"{NOT_ADJUSTED}{reason}")
                for name, reason in (*unused, *((name, why) for name in idle))
            ),
        ),
    )


def _residuals(counted: ibis.Table, cells: pa.Table, fitted: FloatArray) -> ibis.Table:
    """What answers weigh beyond what is `fitted` for each of the `cells`: an employee and a combination of factors."""
    keys = cells.column_names
    known = ibis.memtable(cells.append_column("fitted", pa.array(fitted)))
    rows = _weighed(counted, [name for name in keys if name != "employee"]).inner_join(known, keys)
    beyond = rows.weight * (rows.points - _MIDDLE - rows.fitted)
    return rows.group_by("employee", "customer").agg(residual=exact_sum(beyond, EXACT)).cache()


def _by_case(counted: ibis.Table, factors: Sequence[str]) -> pa.Table:
    """Sums per employee and combination of factors; a customer's answers to one employee share the weight of one.

    Of n answers each has its credit w/n, and w²/n for w²: the effect of the employee then counts in full, and the
    variance is that of answers which say the same.
    """
    weighed = _weighed(counted, factors)
    y = weighed.points - _MIDDLE
    sums = weighed.group_by("employee", *factors).agg(
        answers=weighed.count(),
        customers=exact_sum(weighed.part, EXACT),
        weight=exact_sum(weighed.weight, EXACT),
        squared=exact_sum(weighed.squared, EXACT),
        y=exact_sum(weighed.weight * y, EXACT),
        yy=exact_sum(weighed.weight * y * y, EXACT),
    )
    return fetched(sums, order_by=["employee", *factors])


def _weighed(counted: ibis.Table, factors: Sequence[str]) -> ibis.Table:
    known = counted.filter(counted.employee.notnull())
    own = known.group_by("employee", "customer").agg(n=known.count())
    # To look for the few who answered more than once takes less than to number all answers.
    several = own.filter(own.n > 1).cache()
    joined = known.left_join(several, ["employee", "customer"]).drop("employee_right", "customer_right")
    joined = with_factors(joined, factors)
    once = joined.mutate(part=1.0 / joined.n.fill_null(1).cast("float64"))
    return once.mutate(weight=once.part * once.weight, squared=once.part * once.weight * once.weight)


def _group_sums(
    table: pa.Table, row: IntArray, employees: int, factors: Sequence[str]
) -> tuple[GroupSums, list[str], FloatArray]:
    """The sums, with a column per value of a factor but its most frequent; each column's factor; the columns by row."""
    weight, y, yy = (floats(table, name) for name in ("weight", "y", "yy"))
    count = floats(table, "answers")
    columns: list[FloatArray] = []
    names: list[str] = []
    for factor in factors:
        folded = folded_levels(table[factor].to_pylist(), count)
        place = {value: at for at, value in enumerate(sorted(set(folded)))}
        level = np.array([place[value] for value in folded], np.int64)
        usual = np.bincount(level, weights=count).argmax()
        rare = [at for at in place.values() if at != usual]
        columns += [(level == at).astype(np.float64) for at in rare]
        names += [factor] * len(rare)
    x = np.array(columns).reshape(len(columns), weight.size).T

    def by_employee(values: FloatArray) -> FloatArray:
        return _per_employee(row, values)

    sums = GroupSums(
        weight=by_employee(weight),
        weight_squared=by_employee(floats(table, "squared")),
        y=by_employee(y),
        yy=by_employee(yy),
        x=np.array([by_employee(weight * column) for column in columns]).reshape(len(columns), employees).T,
        xx=x.T @ (x * weight[:, None]),
        xy=x.T @ y,
    )
    return sums, names, x


def _per_employee(row: IntArray, values: FloatArray) -> FloatArray:
    return np.bincount(row, weights=values).astype(np.float64)


def _evidence(
    indicator: IndicatorKey, answers: ibis.Table, employees: IntArray, table: pa.Table, row: IntArray
) -> list[Evidence]:
    """Per employee, with what was left out and why."""
    rejected = answers.filter(answers.left_out.notnull() & answers.employee.notnull())
    lines = fetched(
        rejected.group_by("employee", "left_out").agg(n=rejected.count()), order_by=["employee", "left_out"]
    )
    left_out: dict[int, list[tuple[str, int]]] = {}
    for line in lines.to_pylist():
        left_out.setdefault(line["employee"], []).append((line["left_out"], line["n"]))
    averaged = f"further {definition_of(indicator).outcome[1]} of the same customer, averaged"
    found = []
    sums = (_per_employee(row, floats(table, name)) for name in ("answers", "customers", "squared", "weight"))
    for employee, n, distinct, effective, credited in zip(employees.tolist(), *sums, strict=True):
        events, people = round(float(n)), round(float(distinct))
        repeated = [(averaged, events - people)] if events > people else []
        found.append(
            Evidence(
                events=events,
                customers=people,
                effective=exactly(effective),
                left_out=(*repeated, *left_out.get(employee, [])),
                credit=exactly(credited),
            )
        )
    return found


def outcomes_covered(indicator: IndicatorKey, counted: ibis.Table) -> Coverage:
    """How much of the rows is laid at an employee, and `why` the rest is not."""
    by_reason = credit_given(counted)
    attributed = by_reason.pop(None, Decimal(0))
    why = tuple((reason, share) for reason, share in by_reason.items() if reason is not None)
    return Coverage(indicator, attributed + sum(by_reason.values(), Decimal(0)), attributed, why)
