"""Reconciliation of people: what a second look at the source changes, and what it must not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference, PeopleRecord
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.progress import silent
from appraise.errors import InvalidInput
from appraise.storage import people
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_people import import_people, reconcile_people
from appraise.use_cases.people_changes import ChangedFact, Fact, Outcome, PersonChange
from appraise.use_cases.people_report import PeopleReport, UnresolvedManager
from appraise.use_cases.verify_audit import verify_audit

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
JANUARY, MARCH, JULY = date(2025, 1, 1), date(2025, 3, 1), date(2025, 7, 1)


def key(value: str) -> ExternalReference:
    return ExternalReference("hr:id", value)


def person(name: str, *, manager: str | None = None, row: int = 2, **fields: object) -> PeopleRecord:
    managers = () if manager is None else (ManagerReference(key(manager)),)
    record = PeopleRecord(key(name), (key(name),), name.title(), EmploymentStatus.ACTIVE, row, managers=managers)
    return replace(record, **{"hire_date": date(2020, 1, 1), **fields})


def imported(
    deployment: Deployment, *records: PeopleRecord, on: date, complete: bool = True, **options: str
) -> PeopleReport:
    numbered = tuple(replace(record, row=row) for row, record in enumerate(records, start=2))
    read = ReadPeople(numbered, (), complete=complete)
    chosen = ImportOptions("hr", as_of=on, settings={"missing": "end", **options})
    return reconcile_people(deployment, read, chosen, file="people.csv", at=AT, dry_run=False)


def snapshot(deployment: Deployment) -> PeopleSnapshot:
    with deployment.database.reading() as session:
        return people.snapshot(session)


def lines(deployment: Deployment) -> list[tuple[str, str, Period, ReportingKind]]:
    found = snapshot(deployment)
    names = {employee.id: employee.display_name for employee in found.employees}
    return sorted((names[line.employee], names[line.manager], line.period, line.kind) for line in found.reporting_lines)


def jobs(deployment: Deployment) -> list[tuple[str, str | None, Period]]:
    found = snapshot(deployment)
    names = {employee.id: employee.display_name for employee in found.employees}
    return sorted((names[job.employee], job.job_title, job.period) for job in found.employments)


def counts(report: PeopleReport) -> tuple[int, int, int, int]:
    return report.created, report.changed, report.ended, report.unchanged


def test_the_same_export_twice_changes_nothing(deployment: Deployment) -> None:
    export = [person("ann"), person("ben", manager="ann", department_code="S", email="ben@example.org")]
    imported(deployment, *export, on=JANUARY)
    before = snapshot(deployment)

    again = imported(deployment, *export, on=JULY)

    assert (counts(again), again.changes, snapshot(deployment)) == ((0, 0, 0, 2), (), before)


def test_titles_are_stored_letter_for_letter(deployment: Deployment) -> None:
    titles = ['"Lead", \\ & {co}', "tab\there", "Größe %s :x", "主任", "null", "O'Neil; --"]
    imported(deployment, *(person(f"p{number}", job_title=title) for number, title in enumerate(titles)), on=JANUARY)

    assert [title for _, title, _ in jobs(deployment)] == titles


def test_a_manager_change_becomes_two_reporting_lines(deployment: Deployment) -> None:
    top = [person("ann"), person("eve")]
    imported(deployment, *top, person("ben", manager="ann"), on=JANUARY)

    report = imported(deployment, *top, person("ben", manager="eve"), on=JULY)

    assert counts(report) == (0, 1, 0, 2)
    assert lines(deployment) == [
        ("Ben", "Ann", Period(JANUARY, JULY), ReportingKind.SOLID),
        ("Ben", "Eve", Period(JULY), ReportingKind.SOLID),
    ]


def test_managers_may_come_after_their_reports(deployment: Deployment) -> None:
    imported(deployment, person("ben", manager="ann"), person("ann"), on=JANUARY)

    assert lines(deployment) == [("Ben", "Ann", Period(JANUARY), ReportingKind.SOLID)]


def test_a_job_title_change_keeps_the_old_job_with_its_dates(deployment: Deployment) -> None:
    imported(deployment, person("ann", job_title="Agent"), on=JANUARY)
    imported(deployment, person("ann", job_title="Lead"), on=JULY)

    assert jobs(deployment) == [
        ("Ann", "Agent", Period(date(2020, 1, 1), JULY)),
        ("Ann", "Lead", Period(JULY)),
    ]


def test_an_export_that_shows_an_earlier_day_than_one_known_is_refused(deployment: Deployment) -> None:
    imported(deployment, person("ann", job_title="Lead"), on=JULY)
    before = snapshot(deployment)

    with pytest.raises(InvalidInput, match="shows 2025-03-01, and an export of hr that shows 2025-07-01 is known"):
        imported(deployment, person("ann", job_title="Agent", display_name="Ann Old"), on=MARCH)
    assert snapshot(deployment) == before
    assert imported(deployment, person("ann", job_title="Head"), on=JULY).changed == 1


def test_an_export_of_a_day_to_come_is_refused(deployment: Deployment) -> None:
    with pytest.raises(InvalidInput, match="is said to show 2026-03-03, which is still to come"):
        imported(deployment, person("ann"), on=date(2026, 3, 3))


def test_an_inactive_row_ends_job_and_line_on_its_last_day(deployment: Deployment) -> None:
    imported(deployment, person("ann"), person("ben", manager="ann"), on=JANUARY)
    gone = person("ben", manager="ann", status=EmploymentStatus.RETIRED, termination_date=date(2025, 5, 31))

    report = imported(deployment, person("ann"), gone, on=JULY)

    assert counts(report) == (0, 0, 1, 1)
    assert jobs(deployment)[1] == ("Ben", None, Period(date(2020, 1, 1), date(2025, 6, 1)))
    assert lines(deployment) == [("Ben", "Ann", Period(JANUARY, date(2025, 6, 1)), ReportingKind.SOLID)]


def test_a_loop_is_reported_with_its_path_and_the_line_known_before_stays(deployment: Deployment) -> None:
    imported(deployment, person("ann"), person("ben", manager="ann"), person("cid", manager="ben"), on=JANUARY)

    report = imported(
        deployment, person("ann", manager="cid"), person("ben", manager="ann"), person("cid", manager="ben"), on=JULY
    )

    assert report.loops == (("ann", "cid", "ben", "ann"),)
    assert lines(deployment) == [
        ("Ben", "Ann", Period(JANUARY), ReportingKind.SOLID),
        ("Cid", "Ben", Period(JANUARY), ReportingKind.SOLID),
    ]


def test_somebody_who_is_their_own_manager_is_a_loop(deployment: Deployment) -> None:
    report = imported(deployment, person("ann", manager="ann"), on=JANUARY)

    assert (report.loops, lines(deployment)) == ((("ann", "ann"),), [])


def test_an_unknown_manager_waits_and_is_found_by_a_later_import(deployment: Deployment) -> None:
    first = imported(deployment, person("ben", manager="ann"), on=JANUARY, complete=False)
    assert first.unresolved_managers == (UnresolvedManager(2, key("ben"), key("ann"), "nobody is known by this id"),)
    assert lines(deployment) == []

    second = imported(deployment, person("ann"), on=JULY, complete=False)

    assert (counts(second), second.unresolved_managers) == ((1, 1, 0, 0), ())
    assert lines(deployment) == [("Ben", "Ann", Period(JANUARY), ReportingKind.SOLID)]


def test_a_manager_named_like_two_people_is_not_guessed(deployment: Deployment) -> None:
    by_name = person("ben", managers=(ManagerReference(ExternalReference("name", "Ann Lee")),))
    twins = [person("a1", display_name="Ann Lee"), person("a2", display_name="ann  lee")]

    report = imported(deployment, *twins, by_name, on=JANUARY)

    assert [found.reason for found in report.unresolved_managers] == ["2 employees have this name"]


def test_an_effective_dated_export_gives_its_history(deployment: Deployment) -> None:
    rows: Sequence[PeopleRecord] = [
        person("ann", effective_from=date(2024, 1, 1)),
        person("eve", effective_from=date(2024, 1, 1)),
        person("ben", manager="ann", job_title="Agent", effective_from=date(2024, 1, 1)),
        person("ben", manager="eve", job_title="Agent", effective_from=MARCH),
        person("ben", manager="eve", job_title="Lead", effective_from=JULY),
    ]

    imported(deployment, *rows, on=JULY)
    again = imported(deployment, *rows, on=JULY)

    assert counts(again) == (0, 0, 0, 3)
    assert [job for job in jobs(deployment) if job[0] == "Ben"] == [
        ("Ben", "Agent", Period(date(2024, 1, 1), JULY)),
        ("Ben", "Lead", Period(JULY)),
    ]
    assert lines(deployment) == [
        ("Ben", "Ann", Period(date(2024, 1, 1), MARCH), ReportingKind.SOLID),
        ("Ben", "Eve", Period(MARCH), ReportingKind.SOLID),
    ]


def test_a_rehire_opens_a_second_job(deployment: Deployment) -> None:
    imported(deployment, person("ann", status=EmploymentStatus.TERMINATED, termination_date=MARCH), on=MARCH)
    imported(deployment, person("ann", hire_date=date(2025, 6, 1)), on=JULY)

    assert jobs(deployment) == [
        ("Ann", None, Period(date(2020, 1, 1), date(2025, 3, 2))),
        ("Ann", None, Period(date(2025, 6, 1))),
    ]


def test_ids_of_two_employees_on_one_row_reject_the_row(deployment: Deployment) -> None:
    imported(deployment, person("ann"), person("ben"), on=JANUARY)
    mixed = person("ann", references=(key("ann"), key("ben")))

    report = imported(deployment, mixed, on=JULY, complete=False)

    assert [(row.row, row.value) for row in report.rejected] == [(2, "ann")]


def numbered(name: str, number: str, **fields: object) -> PeopleRecord:
    return person(name, references=(key(name), ExternalReference("hr:number", number)), **fields)


def test_an_id_that_several_people_of_a_file_bear_names_nobody_and_is_told_with_the_rows(
    deployment: Deployment,
) -> None:
    by_number = person("dee", managers=(ManagerReference(ExternalReference("hr:number", "0")),))

    report = imported(deployment, *(numbered(name, "0") for name in ("ann", "ben", "cid")), by_number, on=JANUARY)

    assert (counts(report), [name for name, _, _ in jobs(deployment)]) == ((4, 0, 0, 0), ["Ann", "Ben", "Cid", "Dee"])
    assert report.warnings == ("hr:number 0 is borne by 3 people (rows 2, 3, 4): it names nobody",)
    assert [one.reason for one in report.unresolved_managers] == ["3 people of the file have this id"]


@pytest.mark.parametrize("is_shown", [True, False], ids=["with the leaver's row", "without"])
def test_a_new_hire_who_bears_the_number_of_a_leaver_is_somebody_else(deployment: Deployment, is_shown: bool) -> None:
    imported(deployment, person("ann"), numbered("ben", "E2"), on=JANUARY)
    gone = numbered("ben", "E2", status=EmploymentStatus.TERMINATED, termination_date=date(2025, 2, 28))

    shown = [gone] if is_shown else []
    report = imported(
        deployment, person("ann"), *shown, numbered("gil", "E2", hire_date=MARCH), on=JULY, allow_ends="yes"
    )

    assert counts(report) == (1, 0, 1, 1)
    end = MARCH if is_shown else JULY
    assert jobs(deployment)[1:] == [("Ben", None, Period(date(2020, 1, 1), end)), ("Gil", None, Period(MARCH))]
    assert report.warnings == (
        ("hr:number E2 is borne by 2 people (rows 3, 4): it names nobody",)
        if is_shown
        else ("row 3: hr:number E2 is another person's and stays theirs; gil does not get it",)
    )


def test_a_dry_run_reports_and_writes_nothing(deployment: Deployment) -> None:
    read = ReadPeople((person("ann"),), ())

    report = reconcile_people(deployment, read, ImportOptions("hr", as_of=JULY), file="people.csv", at=AT, dry_run=True)

    assert (counts(report), report.dry_run) == ((1, 0, 0, 0), True)
    assert snapshot(deployment) == PeopleSnapshot((), (), (), ())


def test_without_a_day_the_adapter_is_given_the_one_that_the_records_are_brought_to(
    deployment: Deployment, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "people.csv", tmp_path / "people.toml"
    file.write_text("id,name,end,boss\n1,Ann,,\n2,Ben,2027-03-31,1\n")
    columns = 'key = "id"\ndisplay_name = "name"\ntermination_date = "end"\nmanager = "boss"'
    mapping.write_text(f'kind = "people"\n[columns]\n{columns}\n[manager]\nkind = "id"\n')
    options = ImportOptions("csv", mapping=mapping)

    import_people(deployment, "csv", file, options, at=AT, dry_run=False, progress=silent)

    assert jobs(deployment)[1] == ("Ben", None, Period(AT.date(), date(2027, 4, 1)))
    assert [(who, manager) for who, manager, _, _ in lines(deployment)] == [("Ben", "Ann")]


def test_an_import_leaves_one_line_in_a_whole_audit_chain(deployment: Deployment) -> None:
    imported(deployment, person("ann"), on=JANUARY)

    verdict = verify_audit(deployment)

    assert (verdict.entries, verdict.first_break) == (1, None)


def test_a_plan_tells_of_each_what_changes_from_when_and_in_words(deployment: Deployment) -> None:
    known = [person("ann"), person("eve"), person("ben", manager="ann", job_title="Agent", email="b@example.org")]
    imported(deployment, *known, person("dan"), on=JANUARY)
    moved = person("ben", manager="eve", job_title="Lead", department_code="S", email="b@example.org")

    left = person("dan", status=EmploymentStatus.TERMINATED, termination_date=date(2025, 5, 31))
    report = imported(
        deployment, person("ann"), person("eve", display_name="Eve Ng"), moved, left, person("kim"), on=JULY
    )

    assert report.changes == (
        PersonChange(
            Outcome.CHANGED,
            "ben",
            "Ben",
            (
                ChangedFact(Fact.JOB_TITLE, "Agent", "Lead", JULY),
                ChangedFact(Fact.DEPARTMENT, None, "S", JULY),
                ChangedFact(Fact.MANAGERS, "Ann", "Eve Ng", JULY),
            ),
        ),
        PersonChange(Outcome.CHANGED, "eve", "Eve Ng", (ChangedFact(Fact.NAME, "Eve", "Eve Ng"),)),
        PersonChange(Outcome.ENDED, "dan", "Dan", (ChangedFact(Fact.JOB, "active", None, date(2025, 6, 1)),)),
        PersonChange(Outcome.NEW, "kim", "Kim"),
    )


def test_a_change_of_another_day_is_told_with_its_periods(deployment: Deployment) -> None:
    imported(deployment, person("ann", job_title="Agent"), on=MARCH)

    report = imported(deployment, person("ann", job_title="Agent", termination_date=date(2025, 12, 31)), on=JULY)

    told = ChangedFact(Fact.JOB, "Agent, active (2020-01-01 – open)", "Agent, active (2020-01-01 – 2026-01-01)")
    assert [change.facts for change in report.changes] == [(told,)]


def test_a_new_person_with_the_address_or_name_of_another_source_s_is_proposed_and_never_merged(
    deployment: Deployment,
) -> None:
    crm = ExternalReference("crm:id", "7")
    first = [person("ann", email="ann@example.org"), person("ben"), person("cem")]
    imported(deployment, *first, on=JANUARY)
    others = [
        replace(person("ann", email="Ann@example.org"), key=crm, references=(crm,)),
        replace(person("ben", display_name="BEN"), key=ExternalReference("crm:id", "8"), references=()),
    ]

    report = reconcile_people(
        deployment,
        ReadPeople(tuple(others), ()),
        ImportOptions("crm", as_of=JULY),
        file="crm.csv",
        at=AT,
        dry_run=False,
    )
    again = imported(deployment, *first, person("new", display_name="Cem"), on=JULY)

    assert (report.created, [(one.key, one.known, one.shared) for one in report.proposals]) == (
        2,
        [("7", "hr:id ann", ("email", "name")), ("8", "hr:id ben", ("name",))],
    )
    assert again.proposals == ()  # the source itself tells the two of one name apart


@pytest.mark.parametrize("first", [0, 1])
def test_a_department_is_called_as_the_newest_rows_say_and_keeps_its_name_where_none_do(
    deployment: Deployment, first: int
) -> None:
    """Readers put the code for a name that the file does not have."""

    def named(*records: PeopleRecord, on: date) -> list[str]:
        imported(deployment, *records[first:], *records[:first], on=on)
        return [department.name for department in snapshot(deployment).departments]

    sales = {"department_code": "S", "department_name": "Sales"}
    code_only = {"department_code": "S", "department_name": "S"}
    told = (person("ann", **sales), person("ben", **code_only), person("cid", department_code="S"))
    hidden = (person("ann", **code_only), person("ben", department_code="S"), person("cid", **code_only))
    dated = (
        person("ann", **sales, effective_from=date(2020, 1, 1), effective_to=date(2024, 1, 1)),
        person("ann", **(sales | {"department_name": "Growth"}), effective_from=date(2024, 1, 1)),
        person("ben", **code_only),
        person("cid", **code_only),
    )

    assert named(*told, on=JANUARY) == ["Sales"]
    assert named(*hidden, on=MARCH) == ["Sales"]
    assert named(*dated, on=JULY) == ["Growth"]
