"""How far chance does the same to several indicators: those that tell of the same customers err together.

A customer who happens to come back twice raises both the repeat purchases and the lifetime value of whoever served
them. To take the two for independent evidence makes what they say together look more certain than it is, and what they
share by chance look like a trait of people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import ibis
import numpy as np

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Direction, definition_of
from appraise.scoring.arrays import FloatArray
from appraise.scoring.credit_sums import EXACT_LARGE, exact_sum
from appraise.scoring.findings import Findings
from appraise.statistics.correlated import error_correlation

ErrorCorrelations = Mapping[tuple[IndicatorKey, IndicatorKey], float]
"""By pair, in the order of the policy; a pair that is missing has nothing in common.

Turned as composites are, so that higher is better of both: whom chance gives fewer losses and more purchases, it makes
look better by both.
"""

_WORTH_TELLING: Final = 0.1


def with_error_correlations(
    findings: Mapping[IndicatorKey, Findings], weighed: Sequence[IndicatorKey]
) -> tuple[dict[IndicatorKey, Findings], ErrorCorrelations]:
    """Correlations of the indicators in `weighed`, and the findings with a note where one matters."""
    tables = {
        key: measured.residuals
        for key in weighed
        if (measured := findings[key].results.measured) is not None and measured.residuals is not None
    }
    keys = list(tables)
    if len(keys) < 2:  # noqa: PLR2004  # a pair
        return dict(findings), {}
    found = error_correlation(_products(list(tables.values())))
    signs = np.array([_sign(key) for key in keys])
    turned = found * np.outer(signs, signs)
    errors = {(a, b): float(turned[i, j]) for i, a in enumerate(keys) for j, b in enumerate(keys) if i < j}
    return {key: _noted(key, one, errors) for key, one in findings.items()}, errors


def _sign(key: IndicatorKey) -> float:
    return 1.0 if definition_of(key).direction is Direction.HIGHER_IS_BETTER else -1.0


def as_matrix(errors: ErrorCorrelations, keys: Sequence[IndicatorKey]) -> FloatArray:
    return np.array([[1.0 if a == b else errors.get((a, b), errors.get((b, a), 0.0)) for b in keys] for a in keys])


def _products(tables: Sequence[ibis.Table]) -> FloatArray:
    """Σ r_j r_k over employees and their customers, (K, K); who is not in a table has 0 there."""
    pairs = [(j, k) for k in range(len(tables)) for j in range(k + 1)]
    sums = [_product(tables[j], tables[k]).mutate(j=ibis.literal(j), k=ibis.literal(k)) for j, k in pairs]
    found = np.zeros((len(tables), len(tables)))
    for row in ibis.union(*sums).to_pyarrow().to_pylist():
        found[row["j"], row["k"]] = found[row["k"], row["j"]] = row["product"] or 0.0
    return found


def _product(one: ibis.Table, other: ibis.Table) -> ibis.Table:
    residual = one.residual.cast("float64")
    if one is other:
        return one.agg(product=exact_sum(residual * residual, EXACT_LARGE))
    both = one.select("employee", "customer", first=residual).inner_join(other, ["employee", "customer"])
    return both.agg(product=exact_sum(both["first"] * both.residual.cast("float64"), EXACT_LARGE))


def _noted(key: IndicatorKey, found: Findings, errors: ErrorCorrelations) -> Findings:
    """With a sentence for each indicator before it in the policy that errs with it."""
    own = definition_of(key).name.lower()
    told = [
        f"What chance does to {own} goes {'together with' if value > 0 else 'against'} what it does to "
        f"{definition_of(first).name.lower()} (correlation {value:.2f}): both tell of the same customers. "
        "Figures of all indicators together allow for it."
        for (first, second), value in errors.items()
        if second == key and abs(value) >= _WORTH_TELLING
    ]
    return replace(found, coverage=replace(found.coverage, notes=(*found.coverage.notes, *told))) if told else found
