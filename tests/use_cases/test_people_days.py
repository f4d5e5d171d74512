"""Corrected days, missing columns, reused keys; and the law that the days of all looks are kept as they were."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.use_cases.test_import_people import AT, JANUARY, JULY, MARCH, counts, imported, jobs, key, lines, person

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference, PeopleRecord
from appraise.api.types.imports import PeopleImportReport
from appraise.cli.importing import print_people
from appraise.domain.employees import EmploymentStatus, ReportingKind
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period
from appraise.domain.timelines import on_day
from appraise.storage.people_import import Job
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.import_reports import document_of
from appraise.use_cases.people_changes import ChangedFact, Fact, Outcome
from appraise.use_cases.people_history import Known, Look, history, left
from appraise.use_cases.people_report import PeopleReport

LEFT = EmploymentStatus.TERMINATED
HIRED = date(2020, 1, 1)
JUNE, AUGUST = date(2025, 6, 1), date(2025, 8, 1)


def ben(deployment: Deployment) -> list[tuple[str | None, Period]]:
    return [(title, period) for name, title, period in jobs(deployment) if name == "Ben"]


def bens_lines(deployment: Deployment) -> list[tuple[str, Period]]:
    return [(manager, period) for name, manager, period, _ in lines(deployment) if name == "Ben"]


@pytest.mark.parametrize(
    ("first", "then", "day", "job", "line"),
    [
        ({"termination_date": JULY}, {"termination_date": AUGUST}, MARCH, (HIRED, date(2025, 8, 2)), JANUARY),
        ({"termination_date": JULY}, {}, MARCH, (HIRED, None), JANUARY),
        ({"termination_date": JUNE}, {}, AUGUST, (HIRED, None), JANUARY),
        (
            {"termination_date": JUNE, "status": LEFT},
            {"termination_date": JULY, "status": LEFT},
            AUGUST,
            (HIRED, date(2025, 7, 2)),
            JANUARY,
        ),
        ({"hire_date": JUNE}, {"hire_date": AUGUST}, MARCH, (AUGUST, None), AUGUST),
        ({"hire_date": JUNE}, {"hire_date": AUGUST}, JULY, (AUGUST, None), AUGUST),
        ({"hire_date": JUNE}, {"hire_date": MARCH}, AUGUST, (MARCH, None), MARCH),
        ({"termination_date": JULY}, {"termination_date": JULY}, MARCH, (HIRED, date(2025, 7, 2)), JANUARY),
    ],
    ids=[
        "leaving is postponed",
        "leaving is withdrawn",
        "leaving was withdrawn before it came",
        "a last day to come is a later one",
        "a start is postponed",
        "a start is postponed after it should have been",
        "a start was earlier",
        "nothing is told anew",
    ],
)
def test_a_day_that_is_told_anew_moves_job_and_line(
    first: dict[str, object],
    then: dict[str, object],
    day: date,
    job: tuple[date, date | None],
    line: date,
) -> None:
    known = seen(Known(), person("ben", **first), Look(JANUARY))

    after = seen(known, person("ben", **then), Look(day, JANUARY))

    assert [segment.period for segment in after.jobs] == [Period(*job)]
    assert [segment.period for segment in after.solid] == [Period(line, job[1])]
    assert (after == known) is (first == then)


def seen(known: Known, record: PeopleRecord, look: Look) -> Known:
    return history(known, [record], {record.row: [(ReportingKind.SOLID, BOSSES[0])]}, look)


def test_a_past_last_day_is_told_anew(deployment: Deployment) -> None:
    gone = person("ben", manager="ann", status=LEFT)
    imported(deployment, person("ann"), person("ben", manager="ann"), on=JANUARY)
    imported(deployment, person("ann"), replace(gone, termination_date=date(2025, 1, 31)), on=MARCH)

    report = imported(deployment, person("ann"), replace(gone, termination_date=date(2025, 3, 31)), on=JULY)

    assert counts(report) == (0, 1, 0, 1)
    assert ben(deployment) == [(None, Period(HIRED, date(2025, 4, 1)))]
    assert bens_lines(deployment) == [("Ann", Period(JANUARY, date(2025, 4, 1)))]


def test_whoever_was_to_come_and_is_missing_does_not_come(deployment: Deployment) -> None:
    imported(deployment, person("ann"), person("ben", manager="ann", hire_date=JUNE), on=JANUARY)

    report = imported(deployment, person("ann"), on=MARCH)

    assert (counts(report), ben(deployment), bens_lines(deployment)) == ((0, 0, 1, 1), [], [])


def test_a_return_and_a_leaving_between_two_looks_is_a_second_job(deployment: Deployment) -> None:
    imported(deployment, person("ben", status=LEFT, termination_date=JANUARY, job_title="Agent"), on=JANUARY)

    again = person("ben", status=LEFT, hire_date=MARCH, termination_date=date(2025, 5, 31), job_title="Lead")
    imported(deployment, again, on=JULY)

    assert ben(deployment) == [("Agent", Period(HIRED, date(2025, 1, 2))), ("Lead", Period(MARCH, JUNE))]


def test_a_mapping_with_its_own_days_keeps_the_last_job_of_a_leaver(deployment: Deployment) -> None:
    told = [
        person("ben", job_title="Agent", effective_from=HIRED),
        person("ben", job_title="Senior", effective_from=JANUARY, termination_date=date(2025, 5, 31), status=LEFT),
        person("cy", effective_from=JANUARY, termination_date=date(2025, 5, 31), status=LEFT),
        person("di", effective_from=JANUARY, termination_date=date(2026, 5, 31)),
    ]

    imported(deployment, *told, on=JULY)

    assert jobs(deployment) == [
        ("Ben", "Agent", Period(HIRED, JANUARY)),
        ("Ben", "Senior", Period(JANUARY, JUNE)),
        ("Cy", None, Period(JANUARY, JUNE)),
        ("Di", None, Period(JANUARY, date(2026, 6, 1))),
    ]


def few(
    deployment: Deployment, *records: PeopleRecord, on: date, told: frozenset[str], **settings: str
) -> PeopleReport:
    read = ReadPeople(tuple(replace(one, row=row) for row, one in enumerate(records, start=2)), (), told=told)
    options = ImportOptions("hr", as_of=on, settings=settings)
    return reconcile_people(deployment, read, options, file="few.csv", at=AT, dry_run=False)


def test_what_an_export_has_no_column_of_stays_as_it_was(deployment: Deployment) -> None:
    dotted = ManagerReference(key("ann"), ReportingKind.DOTTED)
    full = person("ben", job_title="Lead", department_code="S", attributes=(("level", "4"), ("site", "X")))
    full = replace(full, managers=(ManagerReference(key("cid")), dotted), termination_date=date(2026, 1, 31))
    away = replace(full, status=EmploymentStatus.LEAVE)
    imported(deployment, person("ann"), away, person("cid"), on=JANUARY)
    before = lines(deployment)

    report = few(deployment, *map(person, ("ann", "ben", "cid")), on=MARCH, told=frozenset({"attribute.site"}))
    again = few(
        deployment,
        person("ann"),
        person("ben", job_title="Head"),
        person("cid"),
        on=JULY,
        told=frozenset({"job_title"}),
    )

    kept = "job_title, department, managers, dotted_managers, termination_date, attribute.level"
    assert report.warnings == (f"few.csv tells nothing of {kept}: what is known stays as it was",)
    assert [change.facts[0].after for change in report.changes] == ["level 4"]
    assert (again.changed, lines(deployment)) == (1, before)
    assert sorted(ben(deployment), key=lambda one: one[1]) == [
        ("Lead", Period(HIRED, MARCH)),
        ("Lead", Period(MARCH, JULY)),
        ("Head", Period(JULY, date(2026, 2, 1))),
    ]


def test_a_key_given_to_another_person_is_not_filed_under_the_one_who_left(deployment: Deployment) -> None:
    imported(deployment, person("ben"), on=JANUARY)
    imported(deployment, person("ben", status=LEFT), on=MARCH)
    other = person("ben", display_name="Yara Young", email="yara@example.org", hire_date=JUNE)

    refused = imported(deployment, other, on=JULY)
    names = [name for name, _, _ in jobs(deployment)]
    taken = imported(deployment, other, on=JULY, rehired="ben")

    [row] = refused.rejected
    assert (row.value, refused.conflicting, names) == ("ben", 1, ["Ben"])
    assert "import with the setting rehired=ben; if it is another one, give them an id of their own" in row.reason
    assert (taken.rejected, [(name, period) for name, _, period in jobs(deployment)]) == (
        (),
        [("Yara Young", Period(HIRED, MARCH)), ("Yara Young", Period(JUNE))],
    )


def test_a_return_is_told_as_such_with_its_first_day(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(deployment, person("ben", job_title="Agent"), person("eve"), person("fay"), on=JANUARY)
    gone = [person(name, status=LEFT, termination_date=date(2025, 2, 28)) for name in ("ben", "eve", "fay")]
    imported(deployment, *gone, on=MARCH)

    back = person("ben", job_title="Lead", hire_date=JUNE), person("eve", hire_date=AUGUST)
    report = imported(deployment, *back, person("fay", status=LEFT, termination_date=date(2025, 2, 27)), on=JULY)

    assert (report.rehired, counts(report)) == (2, (0, 1, 0, 0))
    assert [(one.key, one.outcome, one.since) for one in report.changes] == [
        ("fay", Outcome.CHANGED, None),
        ("ben", Outcome.REHIRED, JUNE),
        ("eve", Outcome.REHIRED, AUGUST),
    ]
    assert report.changes[1].facts == (ChangedFact(Fact.JOB, None, "Lead, active", JUNE),)
    shown = PeopleImportReport.of(document_of(report)["people"])
    assert (shown.rehired, shown.changes[1].outcome.name, shown.changes[1].since) == (2, "REHIRED", JUNE)
    print_people(Path("people.csv"), replace(report, dry_run=True))
    table = capsys.readouterr().out
    assert "0 people would be new, 1 changed, 2 rehired, 0 ended, 0 unchanged" in table
    assert "rehired from 2025-06-01" in table
    assert imported(deployment, *back, on=JULY, complete=False).rehired == 0


def test_a_return_under_the_known_name_needs_no_word(deployment: Deployment) -> None:
    imported(deployment, person("ben"), on=JANUARY)
    imported(deployment, person("ben", status=LEFT), on=MARCH)

    assert imported(deployment, person("ben", hire_date=JUNE), on=JULY).rejected == ()


# The law: whatever exports of a true story look like, all that they showed on their day is known of it for good.

DAYS = [date(2025, 1, 1) + timedelta(days=number) for number in range(24)]
BOSSES = [EmployeeId("ann"), EmployeeId("eve")]
ALL = frozenset({"job_title", "managers", "dotted_managers", "termination_date", "status", "department"})


@dataclass(frozen=True)
class Truth:
    """One person: each employment's first and last day, and what title and manager held from which day on."""

    employments: tuple[tuple[int, int], ...]
    titles: tuple[tuple[int, str], ...]
    bosses: tuple[tuple[int, EmployeeId], ...]

    def on(self, number: int) -> tuple[str, EmployeeId] | None:
        if not any(first <= number <= last for first, last in self.employments):
            return None
        return _latest(self.titles, number), _latest(self.bosses, number)


def _latest(told: Sequence[tuple[int, str]], number: int) -> str:
    return [value for day, value in told if day <= number][-1]


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    ends = sorted(draw(st.lists(st.integers(1, 23), min_size=2, max_size=4, unique=True)))
    employments = tuple(zip(ends[::2], ends[1::2], strict=False))
    changes = st.lists(st.integers(1, 22), max_size=3, unique=True).map(sorted)
    titles = ((0, "Agent"), *((day, f"Job {day}") for day in draw(changes)))
    bosses = ((0, BOSSES[0]), *((day, BOSSES[(place + 1) % 2]) for place, day in enumerate(draw(changes))))
    return Truth(employments, titles, bosses)


@st.composite
def exports(
    draw: st.DrawFn, truth: Truth, number: int, *, is_known: bool
) -> tuple[PeopleRecord | None, frozenset[str], bool]:
    """What an export of a day shows of the person: None where they are left out; which columns it has; a manager.

    Who is known to be at work is not shown with a hire to come before an export has shown that they left: that is a
    transfer, of which an export with one row tells only the next job.
    """
    begun = [one for one in truth.employments if one[0] <= number]
    coming = [one for one in truth.employments if one[0] > number]
    shown = truth.on(number)
    columns = ALL - (draw(st.sets(st.sampled_from(["termination_date", "dotted_managers"]))))
    record = PeopleRecord(key("ben"), (), "Ben", EmploymentStatus.ACTIVE, 2)
    if shown is not None:
        first, last = begun[-1]
        foretold = draw(st.none() | st.just(last) | st.integers(number, 23)) if "termination_date" in columns else None
        end = None if foretold is None else DAYS[foretold]
        return replace(record, job_title=shown[0], hire_date=DAYS[first], termination_date=end), columns, True
    if coming and not is_known and draw(st.booleans()):
        foretold = draw(st.just(coming[0][0]) | st.integers(number + 1, 23))
        hired = replace(record, job_title=_latest(truth.titles, number), hire_date=DAYS[foretold])
        return hired, columns, True
    if begun and draw(st.booleans()):
        first, last = begun[-1]
        end = DAYS[last] if draw(st.booleans()) else None
        return replace(record, status=LEFT, hire_date=DAYS[first], termination_date=end), columns, False
    return None, columns, False


@given(st.data(), truths(), st.lists(st.integers(0, 23), min_size=1, max_size=6, unique=True).map(sorted))
def test_the_days_of_all_looks_stay_as_they_were_shown(data: st.DataObject, truth: Truth, looks: list[int]) -> None:
    known, before = Known(), None
    for number in looks:
        on = DAYS[number]
        record, columns, has_manager = data.draw(exports(truth, number, is_known=bool(on_day(known.jobs, on))))
        boss = EmployeeId(_latest(truth.bosses, number))
        managers = {2: [(ReportingKind.SOLID, boss)]} if has_manager else {}
        look = Look(on, before, columns)
        known = left(known, on=on) if record is None else history(known, [record], managers, look)
        before = on

    for number in looks:
        shown = truth.on(number)
        told = on_day(known.jobs, DAYS[number]), on_day(known.solid, DAYS[number])
        job = None if shown is None else Job(EmploymentStatus.ACTIVE, shown[0], None, ())
        assert told == (([], []) if shown is None else ([job], [shown[1]]))
