"""What the adverse-impact report holds, put together from sections and from who belongs to which category."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import SATISFACTION, Direction, Role, definition_of
from appraise.domain.scorecards import Estimate
from appraise.domain.section_states import HANDED_IN
from appraise.domain.sections import Section
from appraise.errors import NotEnough
from appraise.statistics.adverse_impact import SMALL_CATEGORY, Impact, impact, scoring_rates
from appraise.statistics.group_gaps import Gap, bias_contrast, calibration, hedges_g, missing_shares
from appraise.statistics.suppression import FEWEST, hidden_categories, keeps_hidden

HIGH_RATING: Final = 4
TOO_THIN: Final = f"not shown: a category would have fewer than {FEWEST} people, or could be had by subtraction"

NOBODY: Final = "nobody of a known category has one"


class Question(StrEnum):
    RATED_HIGH = "rated 4 or 5"
    BETTER = "better than expected"
    ABOVE_MEDIAN = "above the median"
    SCORE_GAP = "standardised gap"
    BIAS_CONTRAST = "satisfaction less behaviour"
    MISSING = "without an estimate"
    CALIBRATION = "score less own evidence"


@dataclass(frozen=True, slots=True)
class Line:
    """One category. `impact` or `gap` compares it with the table's `compared_with`; None where that cannot be done.

    `selected` of `people` answer the question with yes. `small`: under 2 % of all people in the table.
    """

    category: str
    people: int | None = None
    selected: int | None = None
    rate: float | None = None
    small: bool = False
    impact: Impact | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`indicator` None means the section's total, or all indicators. `note` says why lines or comparisons lack."""

    question: Question
    indicator: IndicatorKey | None
    lines: tuple[Line, ...] = ()
    compared_with: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AttributeReport:
    """`people` have a section and a known category, `unknown` a section alone; `hidden` categories show nowhere."""

    attribute: str
    people: int
    unknown: int
    hidden: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class _Groups:
    """The categories, from the largest to the smallest, and which are hidden in every table."""

    names: tuple[str, ...]
    of: Mapping[EmployeeId, str]
    hidden: frozenset[str]

    @property
    def shown(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if name not in self.hidden)

    def counts(self, people: Iterable[EmployeeId]) -> dict[str, int]:
        found = Counter(self.of[person] for person in people if person in self.of)
        return {name: found[name] for name in self.names}

    def refusal(self, people: Iterable[EmployeeId]) -> str | None:
        """Why a table of these people cannot be shown; None where it can."""
        counts = self.counts(people)
        if not any(counts.values()):
            return NOBODY
        may = keeps_hidden(list(counts.values()), [name in self.hidden for name in self.names])
        return None if may else TOO_THIN


def attribute_report(attribute: str, sections: Sequence[Section], known: Mapping[EmployeeId, str]) -> AttributeReport:
    """All tables of one attribute. One set of categories is hidden in all of them.

    Were the sets different, what one table hides could be had from another.
    """
    of = {section.employee: known[section.employee] for section in sections if section.employee in known}
    sizes = sorted(Counter(of.values()).items(), key=lambda pair: (-pair[1], pair[0]))
    names = tuple(name for name, _ in sizes)
    mask = hidden_categories([size for _, size in sizes]) if sizes else np.zeros(0, dtype=np.bool_)
    groups = _Groups(names, of, frozenset(name for name, hide in zip(names, mask, strict=True) if hide))
    tables: list[Table] = []
    if groups.shown:
        handed_in = [section for section in sections if section.state in HANDED_IN]
        totals = {section.employee: section.total >= HIGH_RATING for section in handed_in if section.total is not None}
        tables.append(_selection(groups, Question.RATED_HIGH, None, totals))
        for indicator in _indicators(sections):
            tables += _tables(groups, indicator, sections, handed_in)
        tables.append(_bias(groups, sections))
    hidden = tuple(name for name in names if name in groups.hidden)
    return AttributeReport(attribute, len(of), len(sections) - len(of), hidden, tuple(tables))


def _tables(
    groups: _Groups, indicator: IndicatorKey, sections: Sequence[Section], handed_in: Sequence[Section]
) -> list[Table]:
    ratings = {
        section.employee: item.rating >= HIGH_RATING
        for section in handed_in
        for item in section.items
        if item.indicator == indicator and item.rating is not None
    }
    estimates = _estimates(sections, indicator)
    better = {employee: estimate.is_better is True for employee, estimate in estimates.items()}
    concerned = {section.employee for section in sections if any(item.indicator == indicator for item in section.items)}
    return [
        _selection(groups, Question.RATED_HIGH, indicator, ratings),
        _selection(groups, Question.BETTER, indicator, better),
        _above_median(groups, indicator, estimates),
        _score_gaps(groups, indicator, estimates),
        _missing(groups, indicator, concerned, estimates),
        _calibration(groups, indicator, estimates),
    ]


def _selection(
    groups: _Groups, question: Question, indicator: IndicatorKey | None, selected: Mapping[EmployeeId, bool]
) -> Table:
    if (refusal := groups.refusal(selected)) is not None:
        return Table(question, indicator, note=refusal)
    total = groups.counts(selected)
    chosen = groups.counts(person for person, is_chosen in selected.items() if is_chosen)
    everybody = sum(total.values())
    lines = [
        Line(
            name,
            total[name],
            chosen[name],
            _rate(chosen[name], total[name]),
            small=total[name] < SMALL_CATEGORY * everybody,
        )
        for name in groups.shown
    ]
    return _compared(question, indicator, lines)


def _above_median(groups: _Groups, indicator: IndicatorKey, estimates: Mapping[EmployeeId, Estimate]) -> Table:
    """The scoring rate of Local Law 144: the median is that of everybody with a score, known category or not."""
    if (refusal := groups.refusal(estimates)) is not None:
        return Table(Question.ABOVE_MEDIAN, indicator, note=refusal)
    number = {name: position for position, name in enumerate(groups.names)}
    unknown = len(number)
    scores = [_oriented(indicator, float(estimate.value)) for estimate in estimates.values()]
    category = [number[groups.of[person]] if person in groups.of else unknown for person in estimates]
    try:
        rates = scoring_rates(scores, category, categories=unknown + 1)
    except NotEnough:
        return Table(Question.ABOVE_MEDIAN, indicator, note="nobody's score lies above the median")
    above = np.rint(np.nan_to_num(rates.rate) * rates.count).astype(int)
    concealed = [number[name] for name in groups.hidden]
    # As good as half of the people lie above the median, so the hidden ones' number is known to every reader.
    if concealed and not 0 < above[concealed].sum() < rates.count[concealed].sum():
        return Table(Question.ABOVE_MEDIAN, indicator, note=TOO_THIN)
    lines = [
        Line(
            name,
            int(rates.count[at]),
            int(above[at]),
            _rate(int(above[at]), int(rates.count[at])),
            small=bool(rates.small[at]),
        )
        for name, at in number.items()
        if name not in groups.hidden
    ]
    return _compared(Question.ABOVE_MEDIAN, indicator, lines)


def _compared(question: Question, indicator: IndicatorKey | None, lines: Sequence[Line]) -> Table:
    """Each line against the highest rate among the categories that are shown and hold 2 % or more."""
    able = [line for line in lines if line.selected and not line.small]
    if not able:
        return Table(question, indicator, tuple(lines), note="nobody was selected, so there is nothing to compare")
    best = max(able, key=lambda line: (line.rate or 0.0, line.people or 0))
    if len(lines) == 1:
        return Table(question, indicator, tuple(lines), note="only one category can be shown: nothing to compare")
    against = [_against(line, best) for line in lines]
    return Table(question, indicator, tuple(against), compared_with=best.category)


def _against(line: Line, best: Line) -> Line:
    if line is best or not line.people or line.selected is None or best.selected is None or best.people is None:
        return line
    result = impact(line.selected, line.people, best.selected, best.people)
    return replace(line, impact=result)


def _score_gaps(groups: _Groups, indicator: IndicatorKey, estimates: Mapping[EmployeeId, Estimate]) -> Table:
    if (refusal := groups.refusal(estimates)) is not None:
        return Table(Question.SCORE_GAP, indicator, note=refusal)
    reference, *others = groups.shown
    scores: dict[str, list[float]] = {name: [] for name in groups.names}
    for person, estimate in estimates.items():
        if person in groups.of:
            scores[groups.of[person]].append(_oriented(indicator, float(estimate.value)))
    lines = [Line(reference, len(scores[reference]))]
    for name in others:
        gap = _or_none(hedges_g, scores[name], scores[reference])
        lines.append(Line(name, len(scores[name]), gap=gap))
    return Table(Question.SCORE_GAP, indicator, tuple(lines), compared_with=reference)


def _missing(
    groups: _Groups, indicator: IndicatorKey, concerned: set[EmployeeId], estimates: Mapping[EmployeeId, Estimate]
) -> Table:
    """Shown only where the estimates are: the people less those without an estimate are those with one."""
    total, seen = groups.counts(concerned), groups.counts(estimates)
    if (refusal := groups.refusal(concerned) or groups.refusal(estimates)) is not None:
        return Table(Question.MISSING, indicator, note=refusal)
    shown = [name for name in groups.shown if total[name]]
    lacking = [total[name] - seen[name] for name in shown]
    gaps = missing_shares(lacking, [total[name] for name in shown], reference=0)
    lines = [
        Line(
            name,
            total[name],
            lacking[at],
            _rate(lacking[at], total[name]),
            gap=None if at == 0 else Gap(float(gap), float(lower), float(upper), total[name], total[shown[0]]),
        )
        for at, (name, gap, lower, upper) in enumerate(zip(shown, gaps.estimate, gaps.lower, gaps.upper, strict=True))
    ]
    return Table(Question.MISSING, indicator, tuple(lines), compared_with=shown[0])


def _calibration(groups: _Groups, indicator: IndicatorKey, estimates: Mapping[EmployeeId, Estimate]) -> Table:
    """Everybody with an estimate is the standard, known category or not."""
    if (refusal := groups.refusal(estimates)) is not None:
        return Table(Question.CALIBRATION, indicator, note=refusal)
    scores = [_oriented(indicator, float(estimate.value)) for estimate in estimates.values()]
    figures = [_oriented(indicator, float(estimate.unshrunk)) for estimate in estimates.values()]
    lines = []
    for name in groups.shown:
        member = [groups.of.get(person) == name for person in estimates]
        lines.append(Line(name, sum(member), gap=_or_none(calibration, scores, figures, member)))
    return Table(Question.CALIBRATION, indicator, tuple(lines), compared_with="everybody")


def _bias(groups: _Groups, sections: Sequence[Section]) -> Table:
    """By figures before shrinkage, which pulls indicators with little evidence together more than others."""
    reference, *others = groups.shown
    columns = {indicator: _estimates(sections, indicator) for indicator in _indicators(sections)}
    satisfaction = columns.pop(SATISFACTION, {})
    lines = [Line(reference)]
    for name in others:
        pair = [person for person, category in groups.of.items() if category in {name, reference}]
        member = [groups.of[person] == name for person in pair]
        used = [
            _column(indicator, column, pair)
            for indicator, column in columns.items()
            if definition_of(indicator).role is Role.RATED and _enough(groups, column, (name, reference))
        ]
        gap = None
        if used and _enough(groups, satisfaction, (name, reference)):
            scores = _column(SATISFACTION, satisfaction, pair)
            gap = _or_none(bias_contrast, scores, np.column_stack(used), member)
        lines.append(Line(name, gap=gap))
    return Table(Question.BIAS_CONTRAST, None, tuple(lines), compared_with=reference)


def _enough(groups: _Groups, column: Mapping[EmployeeId, Estimate], names: tuple[str, str]) -> bool:
    counts = groups.counts(column)
    return min(counts[name] for name in names) >= FEWEST


def _column(
    indicator: IndicatorKey, column: Mapping[EmployeeId, Estimate], people: Sequence[EmployeeId]
) -> list[float]:
    return [
        _oriented(indicator, float(column[person].unshrunk)) if person in column else float("nan") for person in people
    ]


def _rate(selected: int, people: int) -> float | None:
    return selected / people if people else None


def _or_none(compare: Callable[..., Gap], *scores: object) -> Gap | None:
    try:
        return compare(*scores)
    except NotEnough:
        return None


def _indicators(sections: Sequence[Section]) -> tuple[IndicatorKey, ...]:
    return tuple(dict.fromkeys(item.indicator for section in sections for item in section.items))


def _estimates(sections: Sequence[Section], indicator: IndicatorKey) -> dict[EmployeeId, Estimate]:
    return {
        section.employee: item.result
        for section in sections
        for item in section.items
        if item.indicator == indicator and isinstance(item.result, Estimate)
    }


def _oriented(indicator: IndicatorKey, figure: float) -> float:
    """So that more is better."""
    return -figure if definition_of(indicator).direction is Direction.LOWER_IS_BETTER else figure
