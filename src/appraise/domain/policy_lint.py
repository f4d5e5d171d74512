"""What is wrong, or odd, about a policy that can be read: findings with a code, a sentence and the key they are about.

Errors stop scoring. Warnings are shown and kept with the run.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Final

from appraise.domain.events import CASE_MIX, EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import (
    ATTRITION,
    BY_KEY,
    LIFETIME_VALUE,
    REPEAT_PURCHASE,
    SATISFACTION,
)
from appraise.domain.language import counted, in_percent
from appraise.domain.policies import (
    DEFAULT_POLICY,
    DEFAULTS,
    Attribution,
    IndicatorPolicy,
    Policy,
    RatingRule,
    Relation,
)
from appraise.domain.policy_documents import INDICATORS, PROFILES, PolicyDocument, document_of
from appraise.domain.profiles import Profile
from appraise.errors import InvalidInput

PRIOR_PURCHASES: Final = "prior_purchases"
APPROVED: Final = (SATISFACTION, REPEAT_PURCHASE, LIFETIME_VALUE, ATTRITION)
"""Indicators that may carry weight without a reason. Any other needs one, whatever its package says of its role."""

FACTORS: Final = {
    SATISFACTION: tuple(column.name for column in CASE_MIX),
    REPEAT_PURCHASE: (*(column.name for column in CASE_MIX), PRIOR_PURCHASES),
    LIFETIME_VALUE: (*(column.name for column in CASE_MIX), PRIOR_PURCHASES),
    ATTRITION: tuple(column.name for column in CASE_MIX),
}
"""What each indicator can compare by; tenure of the subscription is always in attrition's."""

FLOORS: Final = {SATISFACTION: (10, ("answer", "answers"))}
FLOOR_OF_RATIOS: Final = (5, ("expected event", "expected events"))
PUBLISH_FLOOR: Final = 0.5
CONSEQUENCE_FLOOR: Final = 0.7
LEAST_SHARE: Final = 0.1
SHARE_RANGE_BEGINS: Final = 0.5
SHARE_RANGE_ENDS: Final = 0.7
"""Reference range .5 to .7 until an organisation has tested its routing (decision 6)."""
LEAST_CERTAINTY: Final = 0.8
WIDEST_MARGIN: Final = 1.0
WIDEST_RANK: Final = 0.5
MOST_FALSE_FLAGS: Final = 0.2

_OUTCOMES: Final = {
    SATISFACTION: EventKind.RATINGS,
    REPEAT_PURCHASE: EventKind.PURCHASES,
    LIFETIME_VALUE: EventKind.PURCHASES,
}
_OF_RELATION: Final = {
    Relation.CONTRACTUAL: EventKind.SUBSCRIPTIONS,
    Relation.NON_CONTRACTUAL: EventKind.PURCHASES,
    Relation.AUTO: None,
}

_WINDOWED: Final = frozenset({Attribution.LINEAR, Attribution.TIME_DECAY})

_CONTROLLED: Final = """
    handle time, handling time, aht, talk time, hold time, wrap time, after call work, acw, wait time, response time,
    reply time, resolution time, duration, adherence, occupancy, calls per hour, contacts per hour, discount, discounts,
    coupon, voucher, refund, goodwill, transfer, transfers, transferred, escalation, escalated, channel moved to,
    channel switch, final channel, outcome, resolved, status, stations, reopened, upsell
"""
CONTROLLED: Final = tuple(term.strip() for term in _CONTROLLED.split(","))
"""What the employee controls, in words: part of what they do to the customer, so neither a merit nor a circumstance.

Adjusting for it takes away the effect that is to be measured; scoring it rewards haste or giving money away.
"""
_PROTECTED: Final = """
    sex, gender, age, birth, birthday, race, ethnicity, ethnic, colour, color, religion, belief, disability, disabled,
    nationality, national origin, citizenship, pregnancy, pregnant, marital status, sexual orientation, union,
    works council, veteran, genetic, health
"""
PROTECTED: Final = tuple(term.strip() for term in _PROTECTED.split(","))


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable and safe for programs; `path` is the dotted key in the document."""

    code: str
    level: Level
    sentence: str
    path: str

    def __str__(self) -> str:
        return f"{self.level.value}: {self.sentence} ({self.path}; {self.code})"


def lint(document: PolicyDocument) -> tuple[Finding, ...]:
    """All findings, errors first, otherwise in the order of the document."""
    found = [*_shares(document), *_levels(document), *_lists(document), *_weights(document), *_profiles(document)]
    for key, rules in document.indicators:
        found += [
            *_item(document, key, rules),
            *_covariates(key, rules),
            *_evidence(key, rules),
            *_credit(key, rules),
            *_times(key, rules),
        ]
    return tuple(sorted(found, key=lambda finding: finding.level is Level.WARNING))


def warnings_of(policy: Policy) -> tuple[str, ...]:
    return tuple(str(finding) for finding in lint(document_of(policy)) if finding.level is Level.WARNING)


def refuse_errors(document: PolicyDocument) -> None:
    """Raises `InvalidInput` that names every error."""
    errors = [finding for finding in lint(document) if finding.level is Level.ERROR]
    if errors:
        some = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        raise InvalidInput(
            f"the policy has {some}\n" + "\n".join(f"  {finding}" for finding in errors),
            expected="a policy in which `appraise policy lint` finds no error",
            hint="mend these keys; `appraise policy show` prints a policy to start from",
        )


def _shares(document: PolicyDocument) -> Iterator[Finding]:
    share = document.choice("attributable_share")
    if share == 1 and "attributable_share" not in dict(document.reasons):
        sentence = (
            "all of the difference between employees is taken to be their own, and no reason is given; "
            "say under [reasons] how customers come to reach employees at random"
        )
        yield Finding("share-without-reason", Level.ERROR, sentence, "attributable_share")
    elif SHARE_RANGE_ENDS < share < 1:
        sentence = f"{share:g} is above the reference range of .5 to .7: busy employees will be flagged by luck"
        yield Finding("share-above-range", Level.WARNING, sentence, "attributable_share")
    elif share < LEAST_SHARE:
        sentence = (
            f"with {share:g} hardly any of the difference between employees is their own: all would be shown as "
            "average, in intervals that are narrow only because the policy says so; at least .1"
        )
        yield Finding("share-too-small", Level.ERROR, sentence, "attributable_share")
    elif share < SHARE_RANGE_BEGINS:
        sentence = f"{share:g} is under the reference range of .5 to .7: most of what employees did is taken for chance"
        yield Finding("share-below-range", Level.WARNING, sentence, "attributable_share")
    publish, consequence = document.choice("publish_reliability"), document.choice("consequence_reliability")
    if publish < PUBLISH_FLOOR:
        sentence = f"estimates would be published at a reliability of {publish:g}: more noise than signal; at least .5"
        yield Finding("publish-under-floor", Level.ERROR, sentence, "publish_reliability")
    if consequence < CONSEQUENCE_FLOOR:
        sentence = f"estimates would carry consequences at a reliability of {consequence:g}; at least .7"
        yield Finding("consequence-under-floor", Level.ERROR, sentence, "consequence_reliability")
    elif consequence < publish:
        sentence = (
            f"{consequence:g} is less than it takes to publish ({publish:g}): every estimate would carry consequences"
        )
        yield Finding("consequence-under-publish", Level.ERROR, sentence, "consequence_reliability")


def _levels(document: PolicyDocument) -> Iterator[Finding]:
    if document.choice("rating_rule") == RatingRule.EVAAS:
        sentence = (
            "levels by standard errors say how sure a difference is, not how large: "
            "with much evidence a small one becomes a 5 or a 1"
        )
        yield Finding("levels-without-margin", Level.WARNING, sentence, "rating_rule")
        for name in ("margin", "level_certainty"):
            if document.choice(name) != getattr(DEFAULT_POLICY, name):
                sentence = f"{name} is not read where the rating_rule is evaas"
                yield Finding("not-read", Level.WARNING, sentence, name)
        return
    margin, certainty = document.choice("margin"), document.choice("level_certainty")
    if margin == 0:
        sentence = "with a margin of 0 any difference that is sure is a 5 or a 1, however small; nobody gets a 4 or a 2"
        yield Finding("margin-none", Level.WARNING, sentence, "margin")
    elif margin > WIDEST_MARGIN:
        sentence = f"hardly anybody is surely further than {margin:g} sds from the average: nobody gets a 5 or a 1"
        yield Finding("margin-wide", Level.WARNING, sentence, "margin")
    if certainty < LEAST_CERTAINTY:
        sentence = f"a level 5 or 1 may be wrong with a probability of {1 - certainty:.2g}; at most .2 is usual"
        yield Finding("certainty-low", Level.WARNING, sentence, "level_certainty")


def _lists(document: PolicyDocument) -> Iterator[Finding]:
    width, rate = document.choice("rank_width"), document.choice("false_discovery_rate")
    if width > WIDEST_RANK:
        sentence = (
            f"ranks would be told that are known to within {in_percent(width)} of the list only: read out, they mislead"
        )
        yield Finding("rank-width-wide", Level.WARNING, sentence, "rank_width")
    if rate > MOST_FALSE_FLAGS:
        sentence = f"of those flagged as different from expected, {in_percent(rate)} may be expected not to be"
        yield Finding("false-flags-many", Level.WARNING, sentence, "false_discovery_rate")


def _weights(document: PolicyDocument) -> Iterator[Finding]:
    total = math.fsum(rules.weight for _, rules in document.indicators)
    if not math.isclose(total, 1):
        sentence = f"the weights of the indicators sum to {total:g}, not to 1"
        yield Finding("weights-do-not-sum", Level.ERROR, sentence, INDICATORS)
        return
    weighed = [(key, rules) for key, rules in document.indicators if rules.weight > 0]
    if len(weighed) == 1:
        sentence = f"{weighed[0][0]} alone decides: nothing else is weighed against it"
        yield Finding("policy-of-one", Level.WARNING, sentence, INDICATORS)
    elif (kind := _only_kind(weighed)) is not None:
        yield Finding("one-kind-of-events", Level.WARNING, _leans_on(kind, "all that is weighed"), INDICATORS)


def _profiles(document: PolicyDocument) -> Iterator[Finding]:
    known = dict(document.indicators)
    for at, profile in enumerate(document.profiles):
        before, path = document.profiles[:at], f"{PROFILES}.{profile.name}"
        total = math.fsum(weight for _, weight in profile.weights)
        if not math.isclose(total, 1):
            sentence = f"the weights of the profile {profile.name} sum to {total:g}, not to 1"
            yield Finding("profile-weights-do-not-sum", Level.ERROR, sentence, path)
        for key, _ in profile.weights:
            if key not in known:
                sentence = f"the profile {profile.name} weighs {key}, which the policy does not score"
                yield Finding("profile-weighs-unscored", Level.ERROR, sentence, path)
        if any(one.name.casefold() == profile.name.casefold() for one in before):
            yield Finding("profile-twice", Level.ERROR, f"there are two profiles {profile.name}", path)
        elif (first := next((one for one in before if _hides(one, profile)), None)) is not None:
            sentence = f"{profile.name} stands below {first.name}, which covers its jobs: nobody has it by its lists"
            yield Finding("profile-hidden", Level.WARNING, sentence, path)
        if sum(weight > 0 for _, weight in profile.weights) == 1:
            sentence = f"one indicator alone decides in the profile {profile.name}: nothing else is weighed against it"
            yield Finding("profile-of-one", Level.WARNING, sentence, path)
        weighed = [(key, known[key]) for key, weight in profile.weights if weight > 0 and key in known]
        if len(weighed) > 1 and (kind := _only_kind(weighed)) is not None:
            sentence = _leans_on(kind, f"all that is weighed in the profile {profile.name}")
            yield Finding("one-kind-of-events", Level.WARNING, sentence, path)


def _only_kind(weighed: Sequence[tuple[IndicatorKey, IndicatorPolicy]]) -> EventKind | None:
    """The kind of event from which the outcomes of all of them come, if there is one."""
    kinds = {_outcomes_of(key, rules) for key, rules in weighed}
    return next(iter(kinds)) if len(kinds) == 1 else None


def _outcomes_of(key: IndicatorKey, rules: IndicatorPolicy) -> EventKind | None:
    """None where the data decide, or the indicator is another's."""
    return _OF_RELATION[rules.relation] if key == ATTRITION else _OUTCOMES.get(key)


def _leans_on(kind: EventKind, what: str) -> str:
    return (
        f"{what} comes of {kind.value}: where these are wrong or incomplete everything is, "
        "and chance moves all of it together"
    )


def _hides(first: Profile, other: Profile) -> bool:
    """Whether every job that `other` covers by its lists has `first` already."""
    pairs = ((first.jobs, other.jobs), (first.departments, other.departments))
    has_lists = any(one for one, _ in pairs) and any(one for _, one in pairs)
    return has_lists and all(not wide or (narrow and set(narrow) <= set(wide)) for wide, narrow in pairs)


def _item(document: PolicyDocument, key: IndicatorKey, rules: IndicatorPolicy) -> Iterator[Finding]:
    path = f"{INDICATORS}.{key}"
    weight = f"{path}.weight"
    if _speaks_of(key, CONTROLLED) and (_weighs(document, key, rules) or key not in BY_KEY):
        sentence = f"{key} is what the employee does, not what becomes of the customer: scored, it rewards the doing"
        yield Finding("employee-controls-item", Level.ERROR, sentence, path)
    elif key not in BY_KEY:
        sentence = f"there is no indicator {key}; {_one_of(key, tuple(BY_KEY))}"
        yield Finding("unknown-indicator", Level.ERROR, sentence, path)
    elif _weighs(document, key, rules) and key not in APPROVED and weight not in dict(document.reasons):
        sentence = f'{key} is read as context and carries no weight, unless [reasons] says why under "{weight}"'
        yield Finding("unapproved-indicator", Level.ERROR, sentence, weight)


def _weighs(document: PolicyDocument, key: IndicatorKey, rules: IndicatorPolicy) -> bool:
    return rules.weight > 0 or any(dict(profile.weights).get(key, 0) > 0 for profile in document.profiles)


def _covariates(key: IndicatorKey, rules: IndicatorPolicy) -> Iterator[Finding]:
    path = f"{INDICATORS}.{key}.case_mix"
    known = FACTORS.get(key, (*(column.name for column in CASE_MIX), PRIOR_PURCHASES))
    for factor in rules.case_mix:
        if factor in known:
            continue
        if _speaks_of(factor, PROTECTED):
            sentence = f"{factor} is a protected attribute: it serves the adverse-impact analysis and nothing else"
            yield Finding("protected-covariate", Level.ERROR, sentence, path)
        elif _speaks_of(factor, CONTROLLED):
            sentence = f"the employee controls {factor}: to adjust for it takes away what is to be measured"
            yield Finding("employee-controls-covariate", Level.ERROR, sentence, path)
        else:
            sentence = f"{key} cannot be compared by {factor}; {_one_of(factor, known)}"
            yield Finding("unknown-covariate", Level.ERROR, sentence, path)


def _evidence(key: IndicatorKey, rules: IndicatorPolicy) -> Iterator[Finding]:
    floor, unit = FLOORS.get(key) or _own_floor(key)
    if rules.minimum_events < floor:
        sentence = f"an estimate would be published on {counted(rules.minimum_events, *unit)}; at least {floor}"
        yield Finding("minimum-under-floor", Level.ERROR, sentence, f"{INDICATORS}.{key}.minimum_events")


def _own_floor(key: IndicatorKey) -> tuple[int, tuple[str, str]]:
    """An installed indicator's default is its floor."""
    if key in APPROVED or key not in DEFAULTS:
        return FLOOR_OF_RATIOS
    return DEFAULTS[key].minimum_events, ("event", "events")


def _credit(key: IndicatorKey, rules: IndicatorPolicy) -> Iterator[Finding]:
    possible = DEFAULTS[key].attribution if key not in APPROVED and key in DEFAULTS else rules.attribution
    if rules.attribution is not possible:
        sentence = f"credit for {key} cannot be shared by {rules.attribution.value}, only by {possible.value}"
        yield Finding("attribution-not-possible", Level.ERROR, sentence, f"{INDICATORS}.{key}.attribution")


def _times(key: IndicatorKey, rules: IndicatorPolicy) -> Iterator[Finding]:
    """Only where the indicator reads them."""
    has_horizon = rules.attribution in _WINDOWED and key != ATTRITION
    if has_horizon and rules.horizon_days < rules.window_days:
        sentence = (
            f"outcomes count for {counted(rules.horizon_days, 'day', 'days')}, touches for {rules.window_days}: "
            "the older ones earn credit only for what later contacts brought about"
        )
        yield Finding("horizon-under-window", Level.WARNING, sentence, f"{INDICATORS}.{key}.horizon_days")
    if rules.attribution is Attribution.TIME_DECAY and rules.half_life_days > rules.window_days:
        half_life = counted(rules.half_life_days, "day", "days")
        sentence = (
            f"the half-life of {half_life} is longer than the window of {rules.window_days}: "
            "credit hardly decays before it is cut off"
        )
        yield Finding("half-life-over-window", Level.WARNING, sentence, f"{INDICATORS}.{key}.half_life_days")


def _speaks_of(name: str, terms: tuple[str, ...]) -> bool:
    """Whether the name contains one of the terms as whole words: `avg_handle_time` does, `average` holds no `age`."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    words = " ".join(re.findall(r"[^\W_]+", split.casefold()))
    return any(f" {term} " in f" {words} " for term in terms)


def _one_of(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name.casefold(), known)
    return f"did you mean {close[0]}?" if close else "one of: " + ", ".join(known)
