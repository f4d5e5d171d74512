"""What was contributed, for executives on paper: indicators over time, departments, coverage, and how to read it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from appraise.domain.contributions import ContributionRow, Figure, Reading
from appraise.domain.explanations import ABSENCES, figure
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import Direction, Unit, definition_of
from appraise.domain.language import marks, say, speech
from appraise.domain.periods import in_words
from appraise.domain.scorecards import Absence
from appraise.printing.typesetting import images, pdf

LEAST: Final = {Unit.POINTS: 5.0, Unit.PERCENT: 5.0, Unit.RATIO: 0.1}
"""So far from what was expected a picture reaches at least: figures that hardly differ do not look dramatic."""
OF_GROUPS: Final = 0.4
"""Of that, for groups, which differ less than people."""
SHOWN_CYCLES: Final = 6
METHOD: Final = (
    (
        "A group's figure is the mean of what its members were measured at, each weighted by how sure it is. "
        "Figures are never added or averaged again."
    ),
    (
        "The circle is the figure; with 90 % certainty the true one lies within the heavy line, with 95 % within the "
        "thin one. The dashed line is what would be expected of anybody with the same customers. Whatever does not "
        "reach clear of it is not told from it."
    ),
    (
        "Nobody is ranked: departments go by name. Groups too small to show without telling of single people are "
        "withheld."
    ),
    (
        "Figures of early cycles may change while customers go on buying or leaving; a report as finalised keeps those "
        "by which sections were finalised."
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    """Rows of the whole organisation and of its departments, in any order of cycles."""

    made_on: date
    is_finalised: bool
    organisation: Sequence[ContributionRow]
    departments: Sequence[ContributionRow]


def contributions_pdf(report: Report, *, made_at: datetime) -> bytes:
    """Tagged (PDF/UA-1) and kept by itself (PDF/A-2a), as a section is."""
    return pdf("contributions.typ", words_of(report), made_at=made_at)


def contributions_pages(report: Report, *, ppi: float = 96) -> list[bytes]:
    """The same pages as pictures (PNG)."""
    return images("contributions.typ", words_of(report), ppi=ppi)


def words_of(report: Report) -> dict[str, Any]:
    """What the template prints; all of it is text, numbers and places in per cent."""
    rows = [*report.organisation, *report.departments]
    reach = _reaches(_figures(rows, report))
    newest = max((row.cycle for row in rows), key=lambda cycle: cycle.period.start, default=None)
    latest = [row for row in report.departments if newest is not None and row.cycle.id == newest.id]
    days = [reading.data_as_of for row in rows for reading in _readings(row, report).values()]
    return {
        "language": speech().tag,
        "title": say("Customer service: what was contributed"),
        "lead": _lead(report, days),
        "indicators": [_over_time(key, report, reach[key]) for key in reach],
        "cycle": "" if newest is None else newest.name,
        "departments": [_department(row, report, reach) for row in sorted(latest, key=lambda row: row.group.sort_name)],
        "coverage": _coverage(report),
        "method": [say(sentence) for sentence in METHOD],
        "words": {
            "over_time": say("Indicators over time"),
            "departments": say("Departments"),
            "coverage": say("Who is measured, and who is not"),
            "method": say("How to read this"),
            "expected": say("expected"),
            "worse": say("worse"),
            "better": say("better"),
            "nothing": say("There is nothing scored that you may see."),
            "heads": [say("Cycle"), say("Indicator"), say("Measured"), say("Why the others are not")],
        },
    }


def _lead(report: Report, days: Sequence[date]) -> str:
    state = say("as finalised") if report.is_finalised else say("as known on {day}", day=in_words(report.made_on))
    if not days:
        return state
    upto = say("Data up to {day} (that day not included).", day=in_words(max(days)))
    return f"{state[:1].upper()}{state[1:]}. {upto}"


def _readings(row: ContributionRow, report: Report) -> Mapping[IndicatorKey, Reading]:
    found = {one.indicator: one.finalised if report.is_finalised else one.now for one in row.contributions}
    return {key: reading for key, reading in found.items() if reading is not None}


def _figures(rows: Iterable[ContributionRow], report: Report) -> Mapping[IndicatorKey, list[Figure]]:
    found: dict[IndicatorKey, list[Figure]] = defaultdict(list)
    for row in rows:
        for key, reading in _readings(row, report).items():
            found[key] += [reading.result] if isinstance(reading.result, Figure) else []
    return found


def _reaches(found: Mapping[IndicatorKey, list[Figure]]) -> dict[IndicatorKey, float]:
    """Of each indicator, how far from what was expected all its pictures reach."""
    reaches = {}
    for key, figures in found.items():
        ends = [abs(float(end - one.expected)) for one in figures for end in (one.lower, one.upper)]
        unit = definition_of(key).unit
        reaches[key] = max([*ends, OF_GROUPS * (LEAST[unit] if unit else 0.1)])
    return reaches


def _places(one: Figure, reach: float) -> dict[str, Any]:
    """In per cent from the worst; what was expected is at 50."""
    sign = -1 if definition_of(one.indicator).direction is Direction.LOWER_IS_BETTER else 1
    bounds = {
        "value": one.value,
        "lower": one.lower,
        "upper": one.upper,
        "lower90": one.lower_90,
        "upper90": one.upper_90,
    }
    places = {name: 50 + sign * float(value - one.expected) / reach * 46 for name, value in bounds.items()}
    return {**places, "verdict": {True: "better", False: "worse", None: "unsure"}[one.is_better]}


def _over_time(key: IndicatorKey, report: Report, reach: float) -> dict[str, Any]:
    rows = sorted(report.organisation, key=lambda row: row.cycle.period.start)[-SHOWN_CYCLES:]
    cycles = [(row.cycle.name, _readings(row, report).get(key)) for row in rows]
    told = [_told(reading) for _, reading in cycles]
    return {
        "name": say(definition_of(key).name),
        "question": say(definition_of(key).question),
        "alt": "; ".join(f"{name}: {words}" for (name, _), words in zip(cycles, told, strict=True)),
        "cycles": [
            {"name": name, "words": words, "drawing": _drawing(reading, reach)}
            for (name, reading), words in zip(cycles, told, strict=True)
        ],
    }


def _drawing(reading: Reading | None, reach: float) -> dict[str, Any] | None:
    return _places(reading.result, reach) if reading is not None and isinstance(reading.result, Figure) else None


def _told(reading: Reading | None) -> str:
    if reading is None:
        return say("not scored")
    if isinstance(reading.result, Absence):
        return say(ABSENCES[reading.result.kind])
    one = reading.result
    value, low, high, expected = (
        figure(one.indicator, part) for part in (one.value, one.lower, one.upper, one.expected)
    )
    return say("{value} ({low} to {high}), expected {expected}", value=value, low=low, high=high, expected=expected)


def _department(row: ContributionRow, report: Report, reach: Mapping[IndicatorKey, float]) -> dict[str, Any]:
    readings = _readings(row, report)
    return {
        "name": row.group.name,
        "indicators": [
            {
                "name": say(definition_of(key).name),
                "words": _told(readings.get(key)),
                "drawing": _drawing(readings.get(key), reach[key]),
            }
            for key in reach
        ],
    }


def _coverage(report: Report) -> list[list[str]]:
    """By cycle and indicator: how many are measured, and of the others how many for which reason."""
    lines = []
    for row in sorted(report.organisation, key=lambda row: row.cycle.period.start, reverse=True):
        for key, reading in _readings(row, report).items():
            if reading.cover is not None:
                cover = reading.cover
                of = say(
                    "{measured} of {employees}",
                    measured=marks(f"{cover.measured:,}"),
                    employees=marks(f"{cover.employees:,}"),
                )
                why = "; ".join(
                    f"{say(ABSENCES[kind])}: {marks(f'{count:,}')}" for kind, count in cover.absent if count
                )
                lines.append([row.cycle.name, say(definition_of(key).name), of, why])
    return lines
