"""People in lists and one by one, as of a day, as far as the principal may see."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.use_cases.conftest import AT, Company, record

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.access import Principal, Role, ServiceScope
from appraise.domain.departments import DepartmentsWanted
from appraise.domain.employees import Department, Employee, EmploymentStatus, ExternalReference
from appraise.domain.reading import PersonRow
from appraise.errors import InvalidInput, NotFound
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.read_departments import department_tree
from appraise.use_cases.read_people import (
    count_people,
    find_people,
    get_person,
    list_people,
    people_by_id,
)


def listed(company: Company, who: str, **filters: str) -> list[str]:
    page = list_people(company.deployment, company.principal(who), at=AT, **filters)
    return [row.employee.display_name for row in page.items]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("ann", ["Ann"]),
        ("max", ["Ann", "Ben", "Max"]),
        ("dora", ["Ann", "Ben", "Dora", "Max"]),
        ("hal", ["Ann", "Ben", "Dora", "Hal", "Max", "Otto", "Vera"]),
        ("vera", ["Ann", "Ben", "Dora", "Hal", "Max", "Otto", "Vera"]),
    ],
)
def test_every_door_to_people_shows_the_same_ones(company: Company, who: str, seen: list[str]) -> None:
    principal = company.principal(who)
    batch = people_by_id(company.deployment, principal, company.ids.values(), at=AT)
    single = []
    for name, employee in company.ids.items():
        try:
            single.append(get_person(company.deployment, principal, at=AT, employee=employee).employee.display_name)
        except NotFound:
            assert name.title() not in seen

    assert listed(company, who) == seen
    assert count_people(company.deployment, principal, at=AT) == len(seen)
    assert sorted(row.employee.display_name for row in batch.values()) == seen
    assert sorted(single) == seen


def test_a_person_is_shown_with_job_department_and_manager(company: Company) -> None:
    found = get_person(company.deployment, company.principal("max"), at=AT, employee=company.ids["ann"])

    references = (
        ExternalReference("email", "ann@example.org"),
        ExternalReference("hr:id", "ann"),
        ExternalReference("name", "Ann"),
    )
    assert found == PersonRow(
        employee=Employee(company.ids["ann"], "Ann", "ann@example.org", references),
        status=EmploymentStatus.ACTIVE,
        job_title="Agent",
        department_code="CS",
        department_name="Customer Service",
        level="3",
        manager=company.ids["max"],
        manager_name="Max",
        since=date(2020, 1, 1),
    )


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"search": "AN"}, ["Ann"]),
        ({"search": "en@example"}, ["Ben"]),
        ({"search": "%"}, []),
        ({"department": "CS"}, ["Ann", "Ben", "Dora", "Hal", "Max", "Otto", "Vera"]),
        ({"department": "Sales"}, []),
    ],
)
def test_lists_are_searched_by_name_address_and_department(
    company: Company, filters: dict[str, str], found: list[str]
) -> None:
    assert listed(company, "hal", **filters) == found
    assert count_people(company.deployment, company.principal("hal"), at=AT, **filters) == len(found)


def test_pages_join_to_the_whole_list(company: Company) -> None:
    pages = []
    after = None
    for _ in range(4):
        page = list_people(company.deployment, company.principal("hal"), at=AT, first=2, after=after)
        pages.append([row.employee.display_name for row in page.items])
        after = page.end_cursor

    assert (pages, page.has_next) == ([["Ann", "Ben"], ["Dora", "Hal"], ["Max", "Otto"], ["Vera"]], False)


@pytest.mark.parametrize("first", [0, -1, 1001])
def test_a_page_of_an_impossible_size_is_refused(company: Company, first: int) -> None:
    with pytest.raises(InvalidInput, match=r"expected: from 1 to 1000|a page of"):
        list_people(company.deployment, company.principal("hal"), at=AT, first=first)


def test_a_leaver_is_in_no_list_and_still_to_be_found(company: Company) -> None:
    gone = replace(
        record("ben", "max", 2), status=EmploymentStatus.RETIRED, termination_date=AT.date() - timedelta(days=1)
    )
    read = ReadPeople((gone,), (), complete=False)
    options = ImportOptions("hr", as_of=AT.date())
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)

    found = get_person(company.deployment, company.principal("hal"), at=AT, employee=company.ids["ben"])

    assert "Ben" not in listed(company, "hal")
    assert (found.status, found.manager) == (EmploymentStatus.RETIRED, None)


def test_the_past_is_shown_as_it_was_and_seen_by_todays_lines(company: Company) -> None:
    later = replace(record("ann", "dora", 2), job_title="Lead")
    options = ImportOptions("hr", as_of=AT.date())
    read = ReadPeople((later,), (), complete=False)
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)
    ann, before = company.ids["ann"], AT.date() - timedelta(days=1)

    seen = get_person(company.deployment, company.principal("dora"), at=AT, on=before, employee=ann)

    assert (seen.job_title, seen.manager_name) == ("Agent", "Max")
    with pytest.raises(NotFound):
        get_person(company.deployment, company.principal("max"), at=AT, on=before, employee=ann)


def test_a_person_is_found_by_how_a_source_names_them(company: Company) -> None:
    reference = ExternalReference("email", "ANN@example.org ")

    found = get_person(company.deployment, company.principal("hal"), at=AT, reference=reference)

    assert found.employee.id == company.ids["ann"]


@pytest.mark.parametrize("text", ["ann@EXAMPLE.org", "ann", "hr:id=ann"])
def test_people_are_found_by_address_name_or_reference(company: Company, text: str) -> None:
    namespace, equals, value = text.partition("=")
    reference = ExternalReference(namespace, value) if equals else None

    found = find_people(company.deployment, company.principal("hal"), text=text, reference=reference, at=AT)

    assert [row.employee.id for row in found] == [company.ids["ann"]]


def test_departments_are_shown_to_whoever_sees_anybody(company: Company) -> None:
    service = Principal("hris", roles=frozenset({Role.SERVICE}), scopes=frozenset({ServiceScope.READ_SECTIONS}))

    seen = department_tree(company.deployment, company.principal("ann"), at=AT)
    assert seen.chosen(DepartmentsWanted()) == [Department("CS", "Customer Service")]
    assert department_tree(company.deployment, service, at=AT).chosen(DepartmentsWanted()) == []
