"""The adverse-impact report against tables counted by hand, and against a reader who subtracts."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.use_cases.conftest import AT, Company, absence, estimate, finalised

from appraise.cli.fairness_report import print_report
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, ItemId, RunId, SectionId
from appraise.domain.indicators import ATTRITION, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Item, Section
from appraise.errors import Forbidden, NotFound
from appraise.statistics.adverse_impact import Verdict
from appraise.storage import audit
from appraise.storage.protected import ProtectedStore
from appraise.use_cases.impact_report import AttributeReport, Line, Question, Table, attribute_report
from appraise.use_cases.report_adverse_impact import ImpactReport, report_adverse_impact


def scored(indicator: IndicatorKey, value: float, *, better: bool = False) -> Estimate:
    """Better than expected where asked, else not to be told; `value` in the indicator's own direction."""
    number = Decimal(str(round(value, 3)))
    low = number - 1 if better else Decimal(-1000)
    high = number + 1 if better else Decimal(1000)
    expected = (number - 2 if indicator is not ATTRITION else number + 2) if better else number
    return replace(
        estimate(),
        indicator=indicator,
        value=number,
        unshrunk=number,
        lower_90=low,
        upper_90=high,
        expected=expected,
    )


def section(
    number: int,
    *results: Estimate | Absence,
    rating: int | None = None,
    state: SectionState = SectionState.FINALISED,
) -> Section:
    items = tuple(
        Item(
            ItemId(f"{number}-{at}"),
            result.indicator,
            Decimal(1),
            result,
            rating if isinstance(result, Estimate) else None,
        )
        for at, result in enumerate(results)
    )
    return Section(SectionId(f"s{number}"), EmployeeId(f"e{number}"), CycleId("c"), RunId("r"), state, 1, 1, items)


def table(report: AttributeReport, question: Question, indicator: IndicatorKey | None) -> Table:
    return next(found for found in report.tables if (found.question, found.indicator) == (question, indicator))


def line(found: Table, category: str) -> Line:
    return next(one for one in found.lines if one.category == category)


def guidelines_company() -> tuple[list[Section], dict[EmployeeId, str]]:
    """48 of 80 men and 12 of 40 women rated 4, the rest 3 (UGESP questions and answers); 7 people unknown."""
    ratings = [4] * 48 + [3] * 32 + [4] * 12 + [3] * 28 + [5] * 7
    sections = [section(at, scored(SATISFACTION, at), rating=rating) for at, rating in enumerate(ratings)]
    known = {EmployeeId(f"e{at}"): "men" if at < 80 else "women" for at in range(120)}
    return sections, known


def test_the_guidelines_example_is_evidence_by_item_and_by_total() -> None:
    report = attribute_report("sex", *guidelines_company())

    assert (report.people, report.unknown, report.hidden) == (120, 7, ())
    for indicator in (SATISFACTION, None):
        found = table(report, Question.RATED_HIGH, indicator)
        women, men = line(found, "women"), line(found, "men")
        assert (men.people, men.selected, men.rate, men.impact) == (80, 48, pytest.approx(0.6), None)
        assert (women.people, women.selected, women.rate) == (40, 12, pytest.approx(0.3))
        assert found.compared_with == "men"
        assert women.impact is not None
        assert (women.impact.ratio, women.impact.verdict) == (pytest.approx(0.5), Verdict.EVIDENCE)
        assert women.impact.fisher_p == pytest.approx(stats.fisher_exact([[12, 28], [48, 32]]).pvalue)


def test_only_sections_that_were_handed_in_count_as_rated() -> None:
    sections, known = guidelines_company()
    drafts = [replace(one, state=SectionState.DRAFT) for one in sections[:40]] + sections[40:]

    found = table(attribute_report("sex", drafts, known), Question.RATED_HIGH, None)
    assert line(found, "men").people == 40
    assert (line(found, "men").selected, line(found, "women").people) == (8, 40)


def test_better_than_expected_follows_each_indicators_direction() -> None:
    """Low attrition is good: 9 of 10 of a, 3 of 10 of b are better."""
    better = [True] * 9 + [False] + [True] * 3 + [False] * 7
    sections = [section(at, scored(ATTRITION, 1, better=is_better)) for at, is_better in enumerate(better)]
    known = {EmployeeId(f"e{at}"): "ab"[at >= 10] for at in range(20)}

    found = table(attribute_report("group", sections, known), Question.BETTER, ATTRITION)
    assert [(one.category, one.selected, one.people) for one in found.lines] == [("a", 9, 10), ("b", 3, 10)]


def test_the_scoring_rate_takes_the_median_of_everybody_and_counts_low_attrition_as_high() -> None:
    """20 people, attrition 0 to 19: the ten lowest lie above the median; a holds 0 to 7, b 8 to 15, four unknown."""
    sections = [section(at, scored(ATTRITION, at)) for at in range(20)]
    known = {EmployeeId(f"e{at}"): "ab"[at >= 8] for at in range(16)}

    found = table(attribute_report("group", sections, known), Question.ABOVE_MEDIAN, ATTRITION)
    assert [(one.category, one.selected, one.people) for one in found.lines] == [("a", 8, 8), ("b", 2, 8)]
    second = line(found, "b").impact
    assert second is not None
    assert second.ratio == pytest.approx(0.25)


def test_categories_under_two_percent_are_marked_and_never_the_standard() -> None:
    """5 of 305 people are 1.6 %: all of them selected, yet the others are not held to their rate."""
    sections = [section(at, scored(SATISFACTION, at), rating=4 if at % 2 or at >= 300 else 3) for at in range(305)]
    known = {EmployeeId(f"e{at}"): "most" if at < 300 else "few" for at in range(305)}

    found = table(attribute_report("group", sections, known), Question.RATED_HIGH, None)
    assert (line(found, "few").small, line(found, "most").small) == (True, False)
    assert found.compared_with == "most"


def test_gaps_and_missing_shares_are_those_of_the_groups() -> None:
    rng = np.random.default_rng(5)
    values = np.concatenate([rng.normal(70, 5, 30), rng.normal(66, 5, 20)])
    absent = Absence(REPEAT_PURCHASE, AbsenceKind.NOT_OBSERVED, "no purchase")
    sections = [
        section(at, scored(SATISFACTION, value), absent if at % 3 == 0 else scored(REPEAT_PURCHASE, value / 50))
        for at, value in enumerate(values)
    ]
    known = {EmployeeId(f"e{at}"): "ab"[at >= 30] for at in range(50)}
    report = attribute_report("group", sections, known)

    gap = line(table(report, Question.SCORE_GAP, SATISFACTION), "b").gap
    test = stats.ttest_ind(values[30:], values[:30]).statistic
    assert gap is not None
    assert gap.estimate == pytest.approx(test * np.sqrt(1 / 30 + 1 / 20) * (1 - 3 / (4 * 48 - 1)), abs=1e-3)
    missing = table(report, Question.MISSING, REPEAT_PURCHASE)
    assert [(one.category, one.selected, one.people) for one in missing.lines] == [("a", 10, 30), ("b", 7, 20)]
    contrast = line(table(report, Question.BIAS_CONTRAST, None), "b").gap
    assert contrast is not None
    assert contrast.lower < 0 < contrast.upper  # both indicators tell the same


def test_calibration_tells_whose_scores_are_drawn_further_than_their_evidence() -> None:
    """Attrition, less is better: b's scores lie 2 above its own figures, a's and those of unknown category on them."""
    rng = np.random.default_rng(6)
    figures = rng.normal(10, 3, 30)
    sections = []
    for at, figure in enumerate(figures):
        result = scored(ATTRITION, figure + rng.normal(2.0 if 12 <= at < 24 else 0.0, 0.1))
        sections.append(section(at, replace(result, unshrunk=Decimal(str(figure)))))
    known = {EmployeeId(f"e{at}"): "ab"[at >= 12] for at in range(24)}

    found = table(attribute_report("group", sections, known), Question.CALIBRATION, ATTRITION)
    first, second = line(found, "a").gap, line(found, "b").gap
    assert (found.compared_with, line(found, "b").people) == ("everybody", 12)
    assert first is not None
    assert second is not None
    assert second.upper < 0 < first.lower
    drawn = (second.estimate, first.estimate)
    assert drawn == pytest.approx((-2.0 * 18 / 30 / 3, 2.0 * 12 / 30 / 3), rel=0.3)


def test_where_nobody_was_selected_nothing_is_compared() -> None:
    sections = [section(at, scored(SATISFACTION, 1), rating=2) for at in range(20)]
    known = {EmployeeId(f"e{at}"): "ab"[at >= 10] for at in range(20)}
    report = attribute_report("group", sections, known)

    for found in (table(report, Question.RATED_HIGH, None), table(report, Question.ABOVE_MEDIAN, SATISFACTION)):
        assert found.note is not None
        assert "nobody" in found.note
        assert all(one.impact is None for one in found.lines)


def test_small_categories_show_in_no_table_and_thin_indicators_not_at_all() -> None:
    """d has 3 people and c keeps it company; repeat purchases were estimated for 4 people of b."""
    groups = "a" * 20 + "b" * 12 + "c" * 8 + "d" * 3
    thin = set(range(20, 28))
    sections = [
        section(
            at,
            scored(SATISFACTION, at),
            Absence(REPEAT_PURCHASE, AbsenceKind.NOT_OBSERVED, "none") if at in thin else scored(REPEAT_PURCHASE, at),
            rating=4,
        )
        for at in range(len(groups))
    ]
    report = attribute_report("group", sections, {EmployeeId(f"e{at}"): name for at, name in enumerate(groups)})

    assert report.hidden == ("c", "d")
    assert {one.category for found in report.tables for one in found.lines} == {"a", "b"}
    shown = {(found.question, found.indicator) for found in report.tables if found.lines}
    assert {indicator for _, indicator in shown} == {SATISFACTION, None}


@st.composite
def companies(draw: st.DrawFn) -> tuple[list[Section], dict[EmployeeId, str]]:
    """Up to four categories of a few people each, some of unknown category, some without an estimate or a rating."""
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    names = [name for name, size in zip("abcd", sizes, strict=False) for _ in range(size)]
    unknown = draw(st.integers(0, 3))
    sections = []
    for at in range(len(names) + unknown):
        is_scored, rating = draw(st.booleans()) or draw(st.booleans()), draw(st.sampled_from([None, 3, 4]))
        result = scored(SATISFACTION, at, better=draw(st.booleans())) if is_scored else absence_of(SATISFACTION)
        sections.append(section(at, result, rating=rating))
    return sections, {EmployeeId(f"e{at}"): name for at, name in enumerate(names)}


def absence_of(indicator: IndicatorKey) -> Absence:
    return replace(absence(), indicator=indicator)


def tables_that_fit(cells: int, total: int) -> list[tuple[int, ...]]:
    return [found for found in product(range(total + 1), repeat=cells) if sum(found) == total]


@settings(max_examples=150)
@given(companies())
def test_no_hidden_cell_can_be_had_by_subtraction(company: tuple[list[Section], dict[EmployeeId, str]]) -> None:
    """A reader who knows everybody's number in each table tries all hidden counts that fit: two or more values stay.

    The same for the hidden numbers above the median, of which the sum is known: it is half of the people.
    """
    sections, known = company
    report = attribute_report("group", sections, known)
    hidden = [name for name in dict.fromkeys(known.values()) if name in report.hidden]
    people = population(sections)
    for found in report.tables:
        assert all(one.people is None or one.people == 0 or one.people >= 5 for one in found.lines)
        assert {one.category for one in found.lines}.isdisjoint(hidden)
        if not hidden or not found.lines or found.question is Question.BIAS_CONTRAST:
            continue
        total = sum(1 for person in people[found.question] if person in known)
        rest = total - sum(one.people or 0 for one in found.lines)
        assert_undetermined(len(hidden), rest)
        if found.question is Question.ABOVE_MEDIAN:
            truth = Counter(known[person] for person in above(sections) if person in known)
            assert 0 < sum(truth[name] for name in hidden) < rest


def population(sections: Sequence[Section]) -> dict[Question, list[EmployeeId]]:
    everybody = [one.employee for one in sections]
    with_estimate = [one.employee for one in sections if isinstance(one.items[0].result, Estimate)]
    rated = [one.employee for one in sections if one.items[0].rating is not None]
    return {
        Question.RATED_HIGH: rated,
        Question.BETTER: with_estimate,
        Question.ABOVE_MEDIAN: with_estimate,
        Question.SCORE_GAP: with_estimate,
        Question.CALIBRATION: with_estimate,
        Question.MISSING: everybody,
    }


def above(sections: Sequence[Section]) -> list[EmployeeId]:
    values = {
        one.employee: float(one.items[0].result.value) for one in sections if isinstance(one.items[0].result, Estimate)
    }
    middle = np.median(list(values.values()))
    return [person for person, value in values.items() if value > middle]


def assert_undetermined(cells: int, rest: int) -> None:
    fitting = tables_that_fit(cells, rest)
    assert rest >= 5
    assert all(len({found[cell] for found in fitting}) > 1 for cell in range(cells))


@pytest.fixture
def store(company: Company, tmp_path: object) -> ProtectedStore:
    opened = ProtectedStore(f"sqlite:///{tmp_path}/protected.sqlite", records=company.deployment.database.url)
    opened.create()
    opened.replace({"sex": {company.ids["ann"]: "f", company.ids["ben"]: "m"}})
    return opened


def test_the_report_reads_the_cycle_and_is_audited(company: Company, store: ProtectedStore) -> None:
    company.scored()
    finalised(company)
    report = report_adverse_impact(
        company.deployment, store, company.principal("hal"), company.cycle.id, attribute=None, at=AT
    )
    store.close()

    assert (report.cycle, report.sections) == ("2025", 3)
    assert report.attributes == (AttributeReport("sex", 2, 1, ("f", "m"), ()),)
    with company.deployment.database.reading() as session:
        last = list(audit.entries(session))[-1]
    assert (last.action, dict(last.details)) == (
        "fairness.report",
        {"name": "Hal", "cycle": "2025", "attributes": "sex"},
    )


@pytest.mark.parametrize("who", ["ann", "max", "vera", "otto"])
def test_nobody_but_hr_administrators_reads_it(company: Company, store: ProtectedStore, who: str) -> None:
    with pytest.raises(Forbidden):
        report_adverse_impact(
            company.deployment, store, company.principal(who), company.cycle.id, attribute=None, at=AT
        )
    store.close()


def test_an_attribute_that_is_not_known_is_refused(company: Company, store: ProtectedStore) -> None:
    with pytest.raises(NotFound, match="nothing is known of the attribute 'age'"):
        report_adverse_impact(
            company.deployment, store, company.principal("hal"), company.cycle.id, attribute="age", at=AT
        )
    store.close()


def printed(format: str, capsys: pytest.CaptureFixture[str]) -> str:  # noqa: A002  # as in src
    sections, known = guidelines_company()
    part = attribute_report("sex", sections, {**known, EmployeeId("e120"): "=1+1"})
    print_report(ImpactReport("2025", AT, len(sections), (part,)), format=format)
    return capsys.readouterr().out


def test_a_category_that_is_alone_takes_the_next_with_it_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    for format in ("table", "csv", "json"):  # noqa: A001  # as in src
        text = printed(format, capsys)
        assert "men" in text
        assert "=1+1" in text
        assert "12 " not in text.replace(",", " ")  # the women's selections are withheld with them


def test_rows_for_a_spreadsheet_carry_the_figures_of_the_tables(capsys: pytest.CaptureFixture[str]) -> None:
    sections, known = guidelines_company()
    report = ImpactReport("2025", AT, len(sections), (attribute_report("sex", sections, known),))
    print_report(report, format="csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    print_report(report, format="json")
    document = json.loads(capsys.readouterr().out)
    print_report(report, format="table")
    text = capsys.readouterr().out

    women = next(row for row in rows if row["category"] == "women" and not row["indicator"])
    assert [(row["question"], row["people"]) for row in rows[:2]] == [
        ("category known", "120"),
        ("category unknown", "7"),
    ]
    assert (women["question"], women["people"], women["selected"], women["rate"]) == ("rated 4 or 5", "40", "12", "0.3")
    assert (women["compared_with"], women["ratio"], women["flip_flop"], women["verdict"]) == (
        "men",
        "0.5",
        "False",
        "evidence",
    )
    lines = document["attributes"][0]["tables"][0]["lines"]
    assert [(one["category"], one["rate"]) for one in lines] == [("men", 0.6), ("women", 0.3)]
    assert lines[1]["impact"]["verdict"] == "EVIDENCE"
    assert "known of 120 people, unknown of 7" in text
    assert "passed" not in text.casefold()
