"""`appraise fairness report`: tables for people, lines for spreadsheets, JSON for machines."""

import csv
import sys
from collections.abc import Iterator

from rich.padding import Padding
from rich.table import Table as Grid

from appraise.adapters.spreadsheets import spreadsheet_cell
from appraise.bootstrap import utc_now
from appraise.cli.deployment import AT_THE_MACHINE, cycle_named
from appraise.cli.fairness_output import open_with_store
from appraise.cli.output import console, print_json
from appraise.domain.indicators import definition_of
from appraise.domain.language import in_percent
from appraise.statistics.adverse_impact import Verdict
from appraise.use_cases.impact_report import Line, Question, Table
from appraise.use_cases.publish_verdicts import publish_verdicts
from appraise.use_cases.report_adverse_impact import ImpactReport, report_adverse_impact, verdicts_of

WORDS = {
    Verdict.NO_EVIDENCE: "no evidence",
    Verdict.MONITOR: "monitor",
    Verdict.EVIDENCE: "evidence",
    Verdict.TOO_SMALL: "too small",
}
_RATES = ("category", "n", "yes", "rate", "ratio", "95 % interval", "Fisher p", "mid-p", "flip-flop", "verdict")
HEADS = {
    Question.RATED_HIGH: _RATES,
    Question.BETTER: _RATES,
    Question.ABOVE_MEDIAN: _RATES,
    Question.SCORE_GAP: ("category", "n", "gap in sd", "95 % interval"),
    Question.MISSING: ("category", "n", "without", "share", "difference", "95 % interval"),
    Question.CALIBRATION: ("category", "n", "gap in sd", "95 % interval"),
    Question.BIAS_CONTRAST: ("category", "contrast in sd", "95 % interval"),
}
LEGEND = """\
  evidence      under 4/5 of the highest rate, unlikely by chance (mid-p < .05), and one person would not turn it
  monitor       only one of the two: under 4/5, or unlikely by chance; look again with more people
  too small     too few people to show a difference, or one person selected instead of another would turn it
  no evidence   neither; this does not show that there is no difference
No verdict clears anybody, and a rate says nothing of why. Of many comparisons some differ by chance alone."""
COLUMNS = (
    *("cycle", "attribute", "question", "indicator", "category", "compared_with", "people", "selected", "rate"),
    *("ratio", "gap", "lower", "upper", "fisher_p", "mid_p", "flip_flop", "verdict", "under_2_percent", "note"),
)


def report_and_print(
    cycle: str,
    *,
    attribute: str | None,
    format: str,  # noqa: A002  # the option's name
    publish: bool,
) -> None:
    deployment, store = open_with_store()
    wanted = cycle_named(deployment, cycle)
    report = report_adverse_impact(deployment, store, AT_THE_MACHINE, wanted.id, attribute=attribute, at=utc_now())
    if publish:
        publish_verdicts(deployment, AT_THE_MACHINE, verdicts_of(wanted.id, report), at=utc_now())
    print_report(report, format=format)


def print_report(report: ImpactReport, *, format: str) -> None:  # noqa: A002  # as above
    match format:
        case "json":
            print_json(report)
        case "csv":
            writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_rows(report))
        case _:
            _print(report)


def _print(report: ImpactReport) -> None:
    _say(f"Adverse impact in {report.cycle}, {report.sections:,} sections, {report.at:%Y-%m-%d}")
    for part in report.attributes:
        _say(f"\n{part.attribute}: known of {part.people:,} people, unknown of {part.unknown:,}")
        if part.hidden:
            _say(f"  Not shown, to keep small groups unseen: {', '.join(part.hidden)}")
        if not part.tables:
            _say("  No category can be shown.")
        for table in part.tables:
            _print_table(table)
    _say("\n" + LEGEND)


def _print_table(table: Table) -> None:
    _say(f"\n  {_title(table)}" + (f" (against {table.compared_with})" if table.compared_with else ""))
    if table.note is not None:
        _say(f"    {table.note}")
    if not table.lines:
        return
    grid = Grid(*HEADS[table.question], box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for line in table.lines:
        grid.add_row(*_texts(table.question, line))
    console.print(Padding(grid, (0, 0, 0, 4)), markup=False, highlight=False)


def _texts(question: Question, line: Line) -> tuple[str, ...]:
    name = line.category + (" (under 2 %)" if line.small else "")
    people, selected = (f"{count or 0:,}" for count in (line.people, line.selected))
    rate = "" if line.rate is None else in_percent(line.rate, 1)
    match question:
        case Question.BIAS_CONTRAST:
            return name, *_gap(line, "+.2f")
        case Question.SCORE_GAP | Question.CALIBRATION:
            return name, people, *_gap(line, "+.2f")
        case Question.MISSING:
            return name, people, selected, rate, *_gap(line, "+.1%")
        case _:
            return name, people, selected, rate, *_impact(line)


def _impact(line: Line) -> tuple[str, ...]:
    result = line.impact
    if result is None:
        return ("",) * 6
    return (
        f"{result.ratio:.2f}",
        f"{result.lower:.2f} to {result.upper:.2f}",
        f"{result.fisher_p:.4f}",
        f"{result.mid_p:.4f}",
        "yes" if result.flip_flop else "no",
        WORDS[result.verdict],
    )


def _gap(line: Line, form: str) -> tuple[str, str]:
    if line.gap is None:
        return "", ""
    estimate, lower, upper = (
        f"{value:{form}}".replace("%", "\N{NO-BREAK SPACE}%")
        for value in (line.gap.estimate, line.gap.lower, line.gap.upper)
    )
    return estimate, f"{lower} to {upper}"


def _title(table: Table) -> str:
    if table.indicator is None:
        return f"Total: {table.question}" if table.question is Question.RATED_HIGH else f"Bias: {table.question}"
    return f"{definition_of(table.indicator).name}: {table.question}"


def _rows(report: ImpactReport) -> Iterator[dict[str, str]]:
    """For each attribute how many people are known and unknown, then a row for each line, or for a table's note."""
    for part in report.attributes:
        start: dict[str, object] = {"cycle": report.cycle, "attribute": part.attribute}
        hidden = f"not shown: {', '.join(part.hidden)}" if part.hidden else None
        yield _cells({**start, "question": "category known", "people": part.people, "note": hidden})
        yield _cells({**start, "question": "category unknown", "people": part.unknown})
        for table in part.tables:
            about = {**start, "question": table.question, "indicator": table.indicator, "note": table.note}
            if not table.lines:
                yield _cells(about)
            for line in table.lines:
                yield _cells({**about, "compared_with": table.compared_with, **_figures(line)})


def _figures(line: Line) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(line, name) for name in ("category", "people", "selected", "rate")}
    values["under_2_percent"] = line.small
    if (gap := line.gap) is not None:
        values |= {"gap": gap.estimate, "lower": gap.lower, "upper": gap.upper}
    if (result := line.impact) is not None:
        figures = ("ratio", "lower", "upper", "fisher_p", "mid_p", "flip_flop")
        values |= {name: getattr(result, name) for name in figures}
        values["verdict"] = WORDS[result.verdict]
    return values


def _cells(values: dict[str, object]) -> dict[str, str]:
    return {name: "" if values.get(name) is None else spreadsheet_cell(str(values[name])) for name in COLUMNS}


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
