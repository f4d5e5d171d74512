"""Lifetime value: whether customers become worth more or less than their history foretold.

A spell's money, discounted to its start, is compared with what the customer's purchases up to then foretold for a
spell of that length: the innovation, not the size of the accounts that somebody was given. Expectations are
calibrated to the money seen, by case mix and apart from the employees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pyarrow as pa

from appraise.domain.events import EventKind
from appraise.domain.explanations import MODEL, TOGETHER
from appraise.domain.indicators import LIFETIME_VALUE, Direction, IndicatorDefinition, Role, Unit
from appraise.domain.language import counted, in_percent
from appraise.domain.policies import DEFAULT_POLICY, Attribution, IndicatorPolicy, Policy
from appraise.domain.scorecards import Evidence, Money
from appraise.errors import Fatal, NotEnough
from appraise.scoring.absences import OWNERSHIPS, Words, missing_data, no_rate, nothing_seen, refused, too_little
from appraise.scoring.arrays import FloatArray, IntArray, cross_table, fetched, floats, whole
from appraise.scoring.buying import (
    BuyingModel,
    fit_buying,
    force_of_interest,
    foretold_value,
    foretold_visits,
    with_history,
)
from appraise.scoring.case_mix import Strata, strata, with_factors
from appraise.scoring.conversion import (
    Converted,
    conversion_of,
    currencies_of,
    paid_later_in_others,
    paid_only_in_others,
)
from appraise.scoring.credit_sums import EXACT, EXACT_LARGE, Credited, LeftOut, clustered, exact_sum, summed
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.findings import Figures, Findings, Results, Seen, nobody, said_by_part
from appraise.scoring.indicator import Indicator, Shared
from appraise.scoring.left_out import by_employee, excluded_throughout, reason_of
from appraise.scoring.prepared import Prepared
from appraise.scoring.purchases_covered import given_purchases, purchases_covered
from appraise.scoring.rates import Compared, compared
from appraise.scoring.ratios import case_mix_notes, explained
from appraise.scoring.repeat_purchase import nothing_to_cover
from appraise.scoring.spells import HISTORY, CustomerTime, spells
from appraise.scoring.winsorising import Capped, winsorised
from appraise.statistics.shrinkage import Shrunk, normal
from appraise.statistics.within import design_effect

WORDS = Words("expected purchase", "expected purchases")
FIRST_TIME = "customer without a purchase before the contact"
CAPPED = "contacts after which the money was capped"
CONVERTED = "converted at the exchange rate of the day"
_BANDS = 20
_MIDDLE_BAND = 12.0
_SMALLEST = 1e-9
_FEWEST = 1.0
"""Expected purchases below which an employee tells nothing about how much employees differ."""


def lifetime_value(shared: Shared, policy: Policy) -> Findings:
    prepared = shared.prepared
    if EventKind.PURCHASES not in prepared.present:
        return Findings(Results(), missing_data(LIFETIME_VALUE, "purchases"), nothing_to_cover(LIFETIME_VALUE))
    rules = policy.of(LIFETIME_VALUE)
    if rules.attribution is Attribution.OWNERSHIP and EventKind.OWNERSHIPS not in prepared.present:
        return Findings(Results(), missing_data(LIFETIME_VALUE, OWNERSHIPS), nothing_to_cover(LIFETIME_VALUE))
    time = shared.time
    begun = _begun(shared, policy)
    weights = shared.credit(rules)
    rows = weights.inner_join(begun.select("customer", "at", "purchases", "left_out"), ["customer", "at"])
    given = given_purchases(rows)
    converted = conversion_of(prepared)
    coverage = replace(purchases_covered(given, time, prepared, rules), notes=converted.notes())
    counts = begun.filter(begun.left_out.isnull())
    kinds = strata(_counts(counts, rules.case_mix), rules.case_mix)
    try:
        model = fit_buying(time.before, prepared, annual_discount=policy.annual_discount)
        outcomes, capped = _capped(_outcomes(counts, model, rules.case_mix), rules)
    except NotEnough as error:
        return Findings(Results(), refused(LIFETIME_VALUE, error, None), coverage)
    placed = kinds.placed(outcomes).select("customer", "at", "profile", "outcome", "foretold", "visits", "band").cache()
    known = weights.filter(weights.employee.notnull()).drop("why")
    credited = Credited(
        known.inner_join(placed, ["customer", "at"]).drop("at").cache().mutate(units=ibis.literal(1, type="int64")),
        ("foretold",) * (len(kinds.factors) + 1),
        exact=EXACT_LARGE,
    )
    left_out = _with_later(by_employee(given), rows, begun, time)
    told = _results(_Comparison(credited, placed, kinds, model, capped, converted), left_out, prepared, policy)
    told = excluded_throughout(LIFETIME_VALUE, told, left_out, prepared.exclusions)
    return Findings(
        results=_paid_otherwise_throughout(told, left_out, prepared.currency or ""),
        otherwise=nothing_seen(LIFETIME_VALUE, "contact of this employee with a customer who had bought before"),
        coverage=replace(coverage, notes=(*coverage.notes, *_told_of_caps(capped, rules))),
    )


INDICATOR = Indicator(
    definition=IndicatorDefinition(
        key=LIFETIME_VALUE,
        name="Lifetime value",
        question="Do customers become worth more or less than their history foretold?",
        unit=Unit.RATIO,
        direction=Direction.HIGHER_IS_BETTER,
        role=Role.RATED,
        outcome=("contact", "contacts"),
        opening="After {events} with {customers}, they spent {raw} times what was usual.",
        counts="discounted money spent after a contact, against what the customer's history before it foretold",
        does_not_count="the size of the accounts that somebody was given; money before the contact",
    ),
    defaults=DEFAULT_POLICY.of(LIFETIME_VALUE),
    measure=lifetime_value,
    reads=(),
)


def credited_contacts(shared: Shared, policy: Policy) -> ibis.Table:
    """One row per moment of the cycle (`customer`, `at`) and employee: `weight`, and why not, `left_out`."""
    begun = _begun(shared, policy)
    weights = shared.credit(policy.of(LIFETIME_VALUE))
    return weights.inner_join(begun.select("customer", "at", "left_out"), ["customer", "at"])


def _begun(shared: Shared, policy: Policy) -> ibis.Table:
    """Spells with their money, and why one does not count."""
    prepared, time = shared.prepared, shared.time
    rules = policy.of(LIFETIME_VALUE)
    begun = _with_money(spells(time, prepared, horizon_days=rules.horizon_days), time, policy)
    begun = time.with_cases(begun, prepared, rules)
    if time.untold is not None:
        begun = begun.left_join(paid_only_in_others(begun, time.untold), ["customer", "at"])
    paid_otherwise = (begun.reason,) if time.untold is not None else ()
    first = ibis.cases((begun.days_bought == 0, ibis.literal(FIRST_TIME)))
    told = begun.mutate(left_out=ibis.coalesce(reason_of(begun, prepared.exclusions), *paid_otherwise, first))
    wanted = ("customer", "at", "until", *HISTORY, "money", "purchases", "left_out")
    return told.select(*wanted, *(name for name in rules.case_mix if name in prepared.factors)).cache()


def _with_later(
    left_out: Mapping[int, LeftOut], weights: ibis.Table, begun: ibis.Table, time: CustomerTime
) -> Mapping[int, LeftOut]:
    """With the purchases that followed contacts which count, and whose money cannot be told."""
    if time.untold is None:
        return left_out
    later = paid_later_in_others(begun.filter(begun.left_out.isnull()), time.untold)
    credited = weights.filter(weights.employee.notnull()).inner_join(later, ["customer", "at"])
    sums = credited.group_by("employee", "reason").agg(n=credited.n.sum().cast("int64"))
    found = dict(left_out)
    for row in sorted(sums.to_pyarrow().to_pylist(), key=lambda row: (row["employee"], row["reason"])):
        found[row["employee"]] = (*found.get(row["employee"], ()), (row["reason"], row["n"]))
    return found


def _paid_otherwise_throughout(results: Results, left_out: Mapping[int, LeftOut], ours: str) -> Results:
    """Whoever served buyers, and none who had paid in money that can be told, is told so."""
    absences = {}
    for employee, parts in left_out.items():
        names = {name for reason, _ in parts for name in currencies_of(reason)}
        if names and employee not in results.said:
            absences[employee] = no_rate(LIFETIME_VALUE, sorted(names), ours, parts)
    return Results({**results.said, **absences}, results.measured)


@dataclass(frozen=True, slots=True)
class _Comparison:
    credited: Credited
    placed: ibis.Table
    kinds: Strata
    model: BuyingModel
    capped: Capped | None
    converted: Converted


def _capped(outcomes: ibis.Table, rules: IndicatorPolicy) -> tuple[ibis.Table, Capped | None]:
    return (outcomes, None) if rules.winsor_quantile == 1 else winsorised(outcomes.cache(), rules.winsor_quantile)


def _told_of_caps(capped: Capped | None, rules: IndicatorPolicy) -> tuple[str, ...]:
    if capped is None:
        return ()
    of = f"{capped.number:,} of {counted(capped.outcomes, 'contact', 'contacts')}"
    most = f"what {in_percent(rules.winsor_quantile, 1)} of those foretold alike came to at most"
    return (f"The money after {of} was capped, at {most}: {in_percent(capped.share, 1)} of all money is left out.",)


def _with_money(begun: ibis.Table, time: CustomerTime, policy: Policy) -> ibis.Table:
    """Spells with the `money` spent in them, discounted to their start, and the number of `purchases`."""
    bought = time.purchases
    horizon = policy.of(LIFETIME_VALUE).horizon_days * SECONDS_PER_DAY
    # A purchase belongs to the last moment before it, so that the next one cannot have ended the spell.
    inside = bought.filter(bought["at"] < bought.moment + horizon).select("customer", "money", when="at", at="moment")
    waited = (inside.when - inside["at"]) / float(SECONDS_PER_DAY)
    worth = inside.money.cast("float64") * (-force_of_interest(policy.annual_discount) * waited).exp()
    sums = inside.group_by("customer", "at").agg(
        money=worth.cast(EXACT_LARGE).sum().cast("float64"), purchases=inside.count(where=inside.money.notnull())
    )
    joined = begun.left_join(sums, ["customer", "at"])
    return joined.mutate(
        money=joined.money.fill_null(0.0),
        purchases=joined.purchases.fill_null(0),
        days_bought=joined.days_bought.fill_null(0),
    ).drop("customer_right", "at_right")


def _outcomes(begun: ibis.Table, model: BuyingModel, factors: Sequence[str]) -> ibis.Table:
    """Spells of customers with a history: `outcome` and `foretold` in days with a purchase of mean value."""
    known = with_history(begun, begun["at"] // SECONDS_PER_DAY)
    expected = foretold_visits(known, model)
    both = expected.mutate(
        outcome=expected.money / model.unit,
        foretold=ibis.greatest(expected.visits * foretold_value(expected, model), _SMALLEST),
    )
    # Half octaves: residuals of spells that promise alike vary alike.
    band = ((2.0 * both.foretold.log2()).floor() + _MIDDLE_BAND).clip(0, _BANDS - 1).cast("int8")
    columns = ["customer", "at", "outcome", "foretold", "visits", "purchases", *factors]
    return with_factors(both, factors).select(*columns, band=band)


def _counts(counted: ibis.Table, factors: Sequence[str]) -> pa.Table:
    known = with_factors(counted, factors)
    grouped = known.group_by(list(factors)) if factors else known
    return fetched(grouped.agg(events=known.purchases.sum().cast("int64")), order_by=list(factors))


def _results(comparison: _Comparison, left_out: Mapping[int, LeftOut], prepared: Prepared, policy: Policy) -> Results:
    credited, kinds = comparison.credited, comparison.kinds
    sums = summed(credited, kinds)
    employees = sums.employees
    if not employees.size:
        return Results()
    try:
        outcome = compared(sums.cells, kinds.stratum, floor=None)
        clusters = clustered(credited, outcome.rate, sums)
        variance = _variance(comparison, outcome, employees)
        inflation = design_effect(clusters.squares, float(variance.sum()))
        amount = _visits(credited, employees)
        evidence = _with_left_out(clusters.evidence(amount), employees, left_out)
        telling = amount >= _FEWEST
        dispersion = inflation * float(variance.sum() / outcome.exposed.sum())
        sampling = inflation * variance / outcome.expected[-1] ** 2
    except NotEnough as error:
        evidence = clustered(credited, np.ones(kinds.profiles), sums).evidence(None)
        seen = Seen(employees.tolist(), evidence, sums.effective, WORDS)
        return nobody(LIFETIME_VALUE, seen, error)
    minimum = policy.of(LIFETIME_VALUE).minimum_events
    silent = {
        int(employees[row]): too_little(
            LIFETIME_VALUE, WORDS, amount=float(amount[row]), minimum=minimum, evidence=evidence[row]
        )
        for row in np.flatnonzero(~telling)
    }
    chosen = np.flatnonzero(telling)
    if not chosen.size:
        return Results(silent)

    def figures(rows: IntArray) -> Figures:
        own = chosen[rows]
        spread = inflation, sampling[own], dispersion * outcome.doubt[own]
        return _figures(comparison, outcome, own, spread, (prepared, policy))

    everybody = Seen(employees.tolist(), evidence, amount, WORDS)
    told = said_by_part(
        LIFETIME_VALUE, policy, everybody.of(chosen), outcome.part[chosen], figures, residuals=clusters.residuals
    )
    return Results({**silent, **told.said}, told.measured)


def _figures(  # what figures are made of
    comparison: _Comparison,
    outcome: Compared,
    rows: IntArray,
    spread: tuple[float, FloatArray, FloatArray],
    of: tuple[Prepared, Policy],
) -> Figures:
    """Of employees who are compared with each other; `spread` is the design effect, the variance, and the doubt."""
    (inflation, sampling, doubt), (prepared, policy) = spread, of
    ratio, unit = outcome.ratio[:, rows], comparison.model.unit
    shrunk = normal(ratio[-1], sampling, attributable_share=policy.attributable_share, doubt=doubt, ratios=True)
    factors, effects = explained(comparison.kinds, outcome, rows)
    return Figures(
        raw=ratio[0],
        factors=factors,
        effects=effects,
        shrunk=shrunk,
        deviation=ratio[-1] - shrunk.population_mean,
        variance=sampling + doubt,
        expected=1.0,
        limits=(0.0, np.inf),
        notes=_notes(comparison, shrunk, outcome, inflation, policy),
        money=_money(shrunk, outcome.exposed[rows] * unit, outcome.expected[-1][rows] * unit, prepared.currency or ""),
    )


def _notes(
    comparison: _Comparison, shrunk: Shrunk, outcome: Compared, inflation: float, policy: Policy
) -> tuple[tuple[str, str], ...]:
    capped = comparison.capped
    return (
        ("spread between employees (sd)", f"{shrunk.population_sd:.3f}"),
        (TOGETHER, f"{inflation:.3f}"),
        (MODEL, comparison.model.name),
        ("yearly discount", in_percent(policy.annual_discount, 1)),
        *(() if capped is None else ((CAPPED, f"{capped.number:,} of {capped.outcomes:,}"),)),
        *((CONVERTED, comparison.converted.share()),) * bool(comparison.converted.converted),
        *case_mix_notes(comparison.kinds, outcome),
    )


def _variance(comparison: _Comparison, outcome: Compared, employees: IntArray) -> FloatArray:
    """Σ w² φ per employee, φ the mean squared residual of spells that were foretold alike."""
    placed, rows = comparison.placed, comparison.credited.rows
    squares = fetched(
        placed.group_by("profile", "band").agg(
            n=placed.count(),
            oo=exact_sum(placed.outcome * placed.outcome, EXACT_LARGE),
            of=exact_sum(placed.outcome * placed.foretold, EXACT_LARGE),
            ff=exact_sum(placed.foretold * placed.foretold, EXACT_LARGE),
        ),
        order_by=["profile", "band"],
    )
    rate, band = outcome.rate[whole(squares, "profile")], whole(squares, "band")
    residual = floats(squares, "oo") - 2.0 * rate * floats(squares, "of") + rate**2 * floats(squares, "ff")
    count = np.bincount(band, floats(squares, "n"), minlength=_BANDS)
    phi = np.bincount(band, residual, minlength=_BANDS) / np.maximum(count, 1.0)
    weighed = fetched(
        rows.group_by("employee", "band").agg(ww=exact_sum(rows.weight * rows.weight, EXACT)),
        order_by=["employee", "band"],
    )
    row = np.searchsorted(employees, whole(weighed, "employee"))
    table = cross_table(row, whole(weighed, "band"), floats(weighed, "ww"), shape=(employees.size, _BANDS))
    variance: FloatArray = table @ phi
    return variance


def _visits(credited: Credited, employees: IntArray) -> FloatArray:
    rows = credited.rows
    sums = rows.group_by("employee").agg(visits=exact_sum(rows.weight * rows.weight * rows.visits, EXACT))
    visits = floats(fetched(sums, order_by=["employee"]), "visits")
    if visits.size != employees.size:
        raise Fatal(f"{visits.size} employees have expected purchases and {employees.size} have outcomes")
    return visits


def _with_left_out(evidence: list[Evidence], employees: IntArray, left_out: Mapping[int, LeftOut]) -> list[Evidence]:
    return [
        replace(one, left_out=left_out.get(employee, ()))
        for employee, one in zip(employees.tolist(), evidence, strict=True)
    ]


def _money(shrunk: Shrunk, expected: FloatArray, weighed: FloatArray, currency: str) -> list[Money]:
    """Contribution against expectation: (R − 1) times what the employee's share of the customers was to bring.

    `weighed` is the expectation in the score form, which the unshrunk ratio refers to.
    """
    contribution = (shrunk.deviation.mean(), shrunk.deviation.quantile(0.025), shrunk.deviation.quantile(0.975))
    amount, lower, upper = (np.rint(part * expected).astype(np.int64) for part in contribution)
    foretold = np.rint(weighed).astype(np.int64)
    return [
        Money(int(middle), int(low), int(high), currency, int(own))
        for middle, low, high, own in zip(amount, lower, upper, foretold, strict=True)
    ]
