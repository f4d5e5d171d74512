"""The worked examples of the pages about the indicators, recomputed by the code."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from appraise.domain.explanations import figure
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, DEFAULTS, Policy
from appraise.domain.scorecards import Absence, Estimate, Evidence
from appraise.domain.sections import HIGHEST_RATING, LOWEST_RATING
from appraise.scoring import attrition, customer_lives, lifetime_value, repeat_purchase, satisfaction, silence
from appraise.scoring.absences import Words
from appraise.scoring.attribution import shares
from appraise.scoring.buying import force_of_interest
from appraise.scoring.case_mix import FEWEST_EVENTS
from appraise.scoring.contact_shares import WORDS as CUSTOMERS
from appraise.scoring.findings import Figures, Seen, said
from appraise.scoring.first_contact_resolution import FIRST_CONTACT_RESOLUTION
from appraise.scoring.rates import Cells, Compared, compared, foretold
from appraise.scoring.transfers import TRANSFERS
from appraise.statistics.bg_nbd import BgNbd
from appraise.statistics.errors_in_common import Estimates
from appraise.statistics.group_sums import GroupSums
from appraise.statistics.shrinkage import FEWEST_EMPLOYEES, Shrunk, gamma_poisson, normal
from appraise.statistics.within import CaseMix, case_mix

FloatArray = npt.NDArray[np.float64]
Table = list[list[str]]
Worked = tuple[dict[str, str], Table]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "indicators"
PAGES = {
    SATISFACTION: FOLDER / "satisfaction.md",
    REPEAT_PURCHASE: FOLDER / "repeat-purchases.md",
    LIFETIME_VALUE: FOLDER / "lifetime-value.md",
    ATTRITION: FOLDER / "attrition.md",
    FIRST_CONTACT_RESOLUTION: FOLDER / "first-contact-resolution.md",
    TRANSFERS: FOLDER / "transfers.md",
}
RESULTS = ["employee", "raw", "explained by cases", "left", "score", "interval", "reliability", "reading"]
# Fader, Hardie & Lee 2005, table 2: the CDNOW customers.
CDNOW = BgNbd(0.24259, 4.41353, 0.79289, 2.42575, -9582.4, converged=True)


def text_of(indicator: IndicatorKey) -> str:
    return PAGES[indicator].read_text(encoding="utf-8")


def tables(text: str) -> list[Table]:
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    rows = [[[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()] for block in blocks]
    return [[block[0], *block[2:]] for block in rows]


def inputs(text: str) -> tuple[list[str], FloatArray]:
    """Names, and the numbers of the first table; a cell of several numbers is as many columns."""
    [_, *rows] = tables(text)[0]
    numbers = [[float(n) for cell in row[1:] for n in cell.split(", ")] for row in rows]
    return [row[0] for row in rows], np.array(numbers)


def percent(share: float) -> str:
    return f"{100 * share:.1f}"


def signed(indicator: IndicatorKey, value: float) -> str:
    return plain(indicator, value) if value <= 0 else f"+{plain(indicator, value)}"


def plain(indicator: IndicatorKey, value: float) -> str:
    return figure(indicator, Decimal(repr(float(value))))


def policy_for(indicator: IndicatorKey) -> Policy:
    """The default policy, with the indicator by its own defaults where it is context."""
    if indicator in dict(DEFAULT_POLICY.indicators):
        return DEFAULT_POLICY
    return replace(DEFAULT_POLICY, indicators=(*DEFAULT_POLICY.indicators, (indicator, DEFAULTS[indicator])))


def of_the_policy(indicator: IndicatorKey) -> dict[str, str]:
    rules = policy_for(indicator).of(indicator)
    return {
        "minimum": f"{rules.minimum_events}",
        "window": f"{rules.window_days}",
        "half-life": f"{rules.half_life_days}",
        "horizon": f"{rules.horizon_days}",
        "weight": f"{rules.weight:g}",
        "case-mix": ", ".join(rules.case_mix).replace("_", " "),
        "publish": f"{DEFAULT_POLICY.publish_reliability:g}",
        "consequence": f"{DEFAULT_POLICY.consequence_reliability:g}",
        "share": f"{DEFAULT_POLICY.attributable_share:g}",
        "discount": f"{100 * DEFAULT_POLICY.annual_discount:g}",
        "grace": f"{DEFAULT_POLICY.ownership_grace_days}",
        "silence": f"{rules.inactive_after_days}",
        "usual": f"{100 * float(silence.USUAL):g}",
        "fewest-employees": f"{FEWEST_EMPLOYEES}",
        "fewest-events": f"{FEWEST_EVENTS}",
        "tenure": ", ".join(name for name, _, _ in customer_lives.TENURE_BANDS),
        "extremes": f"{LOWEST_RATING} or {HIGHEST_RATING}",
    }


def of_the_card(indicator: IndicatorKey) -> dict[str, str]:
    """What the simulations measured, as the method card says it."""
    card = " ".join((ROOT / "docs" / "method-card.md").read_text(encoding="utf-8").split())
    row = {SATISFACTION: r"\*\*160 employees\*\*: satisfaction"}.get(indicator, rf"\| {indicator.replace('_', ' ')}")
    patterns = {
        "card-covered card-plain": row + r" \| (\.\d+) \| \d+ % \| [\d.]+ % \| (\.\d+) \|",
        "card-wrong-satisfaction card-wrong-purchases card-wrong-attrition": (
            r"\(3 of 10\): satisfaction covered (\.\d+), repeat purchases (\.\d+), attrition (\.\d+)"
        ),
        "card-suppressed card-suppressed-busy": r"being given are covered (\.\d+) \((\.\d+) above 100 answers\)",
        "card-heavy-value card-heavy-attrition": r"Heavy tails\.[^%]+lifetime value (\.\d+), attrition (\.\d+) covered",
        "card-small-purchases": r"repeat purchases with 25 employees \((\.\d+)",
        "card-buyers": r"Customers who only buy [^:]+: attrition (\.\d+) covered",
        "card-fade-rank": r"attrition is then hardly ranked at all \((\.\d+)\)",
    }
    found: dict[str, str] = {}
    for names, pattern in patterns.items():
        match = re.search(pattern, card)
        assert match, f"the method card no longer says {names}"
        found |= dict(zip(names.split(), match.groups(), strict=True))
    return found


def seen(names: list[str], amount: FloatArray, words: Words) -> Seen:
    nothing = Evidence(events=0, customers=0, effective=Decimal(0))
    return Seen(range(len(names)), [nothing] * len(names), amount, words)


def results(indicator: IndicatorKey, names: list[str], people: Seen, figures: Figures) -> Table:
    """What the product would publish of each, under the default policy."""
    found = said(indicator, policy_for(indicator), people, figures)
    return [RESULTS, *([name, *cells(indicator, found.said[row])] for row, name in enumerate(names))]


def cells(indicator: IndicatorKey, found: Estimate | Absence) -> list[str]:
    if isinstance(found, Absence):
        return ["–"] * 6 + [found.reason]
    explained = sum((effect for _, effect in found.working.case_mix), Decimal(0))
    reading = {True: "better", False: "worse", None: "cannot tell"}[found.is_better]
    return [
        figure(indicator, found.working.raw),
        signed(indicator, float(explained)),
        figure(indicator, found.unshrunk),
        figure(indicator, found.value),
        f"{figure(indicator, found.lower)} to {figure(indicator, found.upper)}",
        f"{found.reliability:.2f}",
        reading,
    ]


def levels(shrunk: Shrunk) -> dict[str, str]:
    """How much the two intervals hold."""
    held = {
        "interval": shrunk.posterior.cdf(shrunk.upper) - shrunk.posterior.cdf(shrunk.lower),
        "verdict-interval": shrunk.posterior.cdf(shrunk.upper90) - shrunk.posterior.cdf(shrunk.lower90),
    }
    return {name: f"{100 * share[0]:.0f}" for name, share in held.items()}


def of_points(adjusted: CaseMix) -> Figures:
    """On 0..100, of averages that were put around 50."""
    known, share = Estimates(adjusted.adjusted, adjusted.own, adjusted.common), DEFAULT_POLICY.attributable_share
    shrunk = normal(known.value, known.own, common=known.common, attributable_share=share)
    deviation, expected, limits = known.value - shrunk.population_mean, shrunk.population_mean + 50.0, (0.0, 100.0)
    raw, effects = adjusted.raw + 50.0, adjusted.effect
    return Figures(raw, ("kind",), effects, shrunk, deviation, known.variance, expected, limits, ())


def work_satisfaction(text: str) -> Worked:
    names, counts = inputs(text)
    scale = np.linspace(0, 100, 5) - 50.0
    questions, complaints = counts[:, :5], counts[:, 5:]
    both = questions + complaints
    n, hard = both.sum(axis=1), complaints.sum(axis=1)
    sums = GroupSums(
        weight=n,
        weight_squared=n,
        y=both @ scale,
        yy=both @ scale**2,
        x=hard[:, None],
        xx=np.array([[hard.sum()]]),
        xy=np.array([(complaints @ scale).sum()]),
    )
    adjusted = case_mix(sums)
    figures = of_points(adjusted)
    shrunk, expected = figures.shrunk, figures.expected
    left, kept = adjusted.adjusted[0] + 50.0, DEFAULT_POLICY.attributable_share * shrunk.reliability[0]
    told = {
        "answers": f"{n[0]:.0f}",
        "points-of-a-4": f"{100 * (4 - 1) / (5 - 1):g}",
        "harder": plain(SATISFACTION, -adjusted.beta[0]),
        "complaints": percent(hard[0] / n[0]),
        "complaints-of-all": percent(hard.sum() / n.sum()),
        "raw": plain(SATISFACTION, adjusted.raw[0] + 50.0),
        "raw-of-ben": plain(SATISFACTION, adjusted.raw[1] + 50.0),
        "effect": plain(SATISFACTION, -adjusted.effect[0, 0]),
        "left": plain(SATISFACTION, left),
        "expected": plain(SATISFACTION, expected),
        "above": plain(SATISFACTION, figures.deviation[0]),
        "reliability": f"{shrunk.reliability[0]:.2f}",
        "kept": f"{kept:.2f}",
        "score": plain(SATISFACTION, expected + kept * figures.deviation[0]),
        **levels(shrunk),
    }
    return told, results(SATISFACTION, names, seen(names, n, satisfaction.WORDS), figures)


def by_two_kinds(exposure: FloatArray, events: FloatArray, hazard: FloatArray, overall: float) -> Compared:
    """Two kinds of case, nothing shared, so that Σw² is Σw."""
    expected = np.array([exposure * overall, exposure * hazard])
    cells, kinds = Cells(events, expected, expected), np.array([[0, 0], [0, 1]])
    return compared(cells, kinds, floor=0.0)


def of_events(indicator: IndicatorKey, names: list[str], found: Compared, words: Words) -> tuple[Shrunk, Table]:
    share = DEFAULT_POLICY.attributable_share
    shrunk = gamma_poisson(found.observed[-1], found.expected[-1], attributable_share=share, doubt=found.doubt)
    effects, level = (found.ratio[:-1] - found.ratio[1:]).T, found.expected[-1] * shrunk.level
    deviation = found.observed[-1] / level - 1.0
    figures = Figures(found.ratio[0], ("kind",), effects, shrunk, deviation, 1.0 / level, 1.0, (0.0, math.inf), ())
    return shrunk, results(indicator, names, seen(names, found.expected[-1], words), figures)


def work_purchases(text: str) -> Worked:
    names, counts = inputs(text)
    contacts, bought = counts[:, ::2], counts[:, 1::2]
    n, d = contacts.sum(axis=0), bought.sum(axis=0)
    # Everybody is watched equally long, so that the life table has one day.
    hazard = foretold(np.arange(2), np.zeros(2, np.int64), d, n - d, np.array([[0, 0], [0, 1]]))
    found = by_two_kinds(contacts, bought, hazard[1], hazard[0, 0])
    shrunk, table = of_events(REPEAT_PURCHASE, names, found, repeat_purchase.WORDS)
    told = {
        "contacts": f"{contacts[0].sum():.0f}",
        "bought": f"{bought[0].sum():.0f}",
        "all": percent(hazard[0, 0]),
        "new": percent(hazard[1, 0]),
        "regular": percent(hazard[1, 1]),
        "expected-raw": f"{found.expected[0, 0]:.1f}",
        "expected-plain": f"{contacts[0] @ hazard[1]:.1f}",
        "expected": f"{found.expected[1, 0]:.1f}",
        "raw": plain(REPEAT_PURCHASE, found.ratio[0, 0]),
        "left": plain(REPEAT_PURCHASE, found.ratio[1, 0]),
        "score": plain(REPEAT_PURCHASE, shrunk.mean[0]),
        **levels(shrunk),
        **decayed(),
    }
    return told, table


def decayed() -> dict[str, str]:
    """Somebody served a half-life before the moment, somebody else at it; and ten contacts shared by halves."""
    age = DEFAULT_POLICY.of(REPEAT_PURCHASE).half_life_days * 86_400
    who = {"customer": [1, 1], "at": [0, age], "employee": pa.array([0, 1], pa.int32())}
    touches = ibis.memtable(pa.table({**who, "why": pa.array([None, None], pa.string())}))
    moment = ibis.memtable(pa.table({"customer": [1], "at": [age]}))
    rows = shares(moment, touches, DEFAULT_POLICY.of(REPEAT_PURCHASE)).order_by("employee").to_pyarrow().to_pylist()
    halves = np.full((2, 1), 10 * 0.5)
    shared = compared(Cells(halves, halves[None], halves[None] * 0.5), np.array([[0]]), floor=0.0)
    return {
        "earlier": f"{100 * rows[0]['weight']:.0f}",
        "later": f"{100 * rows[1]['weight']:.0f}",
        "shared": "10",
        "halves": f"{halves[0, 0]:g}",
        "own": f"{shared.expected[-1, 0]:g}",
    }


def work_value(text: str) -> Worked:
    names, columns = inputs(text)
    contacts, visits, expected, spent, miss = columns.T
    cells = Cells(spent[:, None], expected[None, :, None], expected[None, :, None])
    found = compared(cells, np.array([[0]]), floor=None)
    ratio, error = found.ratio[-1], miss * np.sqrt(contacts) / found.expected[-1]
    shrunk = normal(ratio, error**2, attributable_share=DEFAULT_POLICY.attributable_share, ratios=True)
    nothing, deviation = np.zeros((len(names), 0)), ratio - shrunk.population_mean
    figures = Figures(ratio, (), nothing, shrunk, deviation, error**2, 1.0, (0.0, math.inf), ())
    kept, above = DEFAULT_POLICY.attributable_share * shrunk.reliability[0], ratio[0] - shrunk.population_mean
    rate = force_of_interest(DEFAULT_POLICY.annual_discount)
    told = {
        "later-worth": f"{100 * math.exp(-rate * 90):.2f}",
        "later-amount": "100",
        "later-days": "90",
        "visits": f"{CDNOW.expected_purchases(39, 2, 30.43, 38.86):.2f}",
        "visits-weeks": "39",
        "calibration": f"{found.rate[0]:.3f}",
        "calibrated": f"{found.expected[-1, 0]:,.0f}",
        "foretold": f"{expected[0]:,.0f}",
        "spent": f"{spent[0]:,.0f}",
        "left": plain(LIFETIME_VALUE, ratio[0]),
        "average": plain(LIFETIME_VALUE, shrunk.population_mean),
        "above": plain(LIFETIME_VALUE, above),
        "error": f"{error[0]:.2f}",
        "reliability": f"{shrunk.reliability[0]:.2f}",
        "kept": f"{kept:.2f}",
        "score": plain(LIFETIME_VALUE, 1.0 + kept * above),
        "money": f"{lifetime_value._money(shrunk, found.exposed, found.expected[-1], 'EUR')[0].amount:,}",
        **levels(shrunk),
        **decayed(),
    }
    return told, results(LIFETIME_VALUE, names, seen(names, visits, lifetime_value.WORDS), figures)


def work_attrition(text: str) -> Worked:
    names, counts = inputs(text)
    months, lost = counts[:, ::2], counts[:, 1::2]
    hazard, overall = lost.sum(axis=0) / months.sum(axis=0), lost.sum() / months.sum()
    found = by_two_kinds(months, lost, hazard, overall)
    shrunk, table = of_events(ATTRITION, names, found, attrition.WORDS)
    told = {
        "months": f"{months[0].sum():.0f}",
        "lost": f"{lost[0].sum():.0f}",
        "all": percent(overall),
        "young": percent(hazard[0]),
        "old": percent(hazard[1]),
        "expected-raw": f"{found.expected[0, 0]:.1f}",
        "expected-plain": f"{months[0] @ hazard:.1f}",
        "expected": f"{found.expected[1, 0]:.1f}",
        "raw": plain(ATTRITION, found.ratio[0, 0]),
        "left": plain(ATTRITION, found.ratio[1, 0]),
        "score": plain(ATTRITION, shrunk.mean[0]),
        **levels(shrunk),
    }
    return told, table


def work_share(indicator: IndicatorKey, text: str) -> Worked:
    """Of each kind how many contacts, and how many of them were followed up or passed on; a yes is 100 points."""
    names, counts = inputs(text)
    contacts, marked = counts[:, ::2], counts[:, 1::2]
    counted = contacts - marked if indicator == FIRST_CONTACT_RESOLUTION else marked
    n, faults = contacts.sum(axis=1), contacts[:, 1]
    by_kind = 100 * counted - 50 * contacts
    sums = GroupSums(
        weight=n,
        weight_squared=n,
        y=by_kind.sum(axis=1),
        yy=50.0**2 * n,
        x=faults[:, None],
        xx=np.array([[faults.sum()]]),
        xy=np.array([by_kind[:, 1].sum()]),
    )
    figures = of_points(case_mix(sums))
    shrunk, left = figures.shrunk, figures.raw[0] - figures.effects[0, 0]
    kept = DEFAULT_POLICY.attributable_share * shrunk.reliability[0]
    told = {
        "contacts": f"{n[0]:.0f}",
        "harder": plain(indicator, abs(case_mix(sums).beta[0])),
        "faults": percent(faults[0] / n[0]),
        "faults-of-all": percent(faults.sum() / n.sum()),
        "raw": plain(indicator, figures.raw[0]),
        "raw-of-ben": plain(indicator, figures.raw[1]),
        "effect": plain(indicator, abs(figures.effects[0, 0])),
        "left": plain(indicator, left),
        "expected": plain(indicator, figures.expected),
        "distance": plain(indicator, abs(figures.deviation[0])),
        "reliability": f"{shrunk.reliability[0]:.2f}",
        "kept": f"{kept:.2f}",
        "score": plain(indicator, figures.expected + kept * figures.deviation[0]),
        **levels(shrunk),
    }
    return told, results(indicator, names, seen(names, n, CUSTOMERS), figures)


WORK: Mapping[IndicatorKey, Callable[[str], Worked]] = {
    SATISFACTION: work_satisfaction,
    REPEAT_PURCHASE: work_purchases,
    LIFETIME_VALUE: work_value,
    ATTRITION: work_attrition,
    FIRST_CONTACT_RESOLUTION: lambda text: work_share(FIRST_CONTACT_RESOLUTION, text),
    TRANSFERS: lambda text: work_share(TRANSFERS, text),
}


def known_figures(indicator: IndicatorKey, text: str) -> dict[str, str]:
    """Context was not simulated on its own: the method card has no line about it."""
    simulated = indicator in dict(DEFAULT_POLICY.indicators)
    card = of_the_card(indicator) if simulated else {}
    return {**of_the_policy(indicator), **card, **WORK[indicator](text)[0]}
