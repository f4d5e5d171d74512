"""People as texts that can be hashed, kept, erased one by one and read again."""

import hashlib
from dataclasses import replace
from datetime import date

from appraise.domain.employees import (
    Department,
    Employee,
    Employment,
    EmploymentStatus,
    ExternalReference,
    ReportingKind,
    ReportingLine,
)
from appraise.domain.identifiers import EmployeeId
from appraise.domain.people import PeopleSnapshot
from appraise.domain.people_documents import PeopleDocuments, documents_of, people_hash, people_of
from appraise.domain.periods import Period

ANN, BEN = EmployeeId("ann"), EmployeeId("ben")
SPRING, SUMMER = date(2026, 3, 1), date(2026, 6, 1)
PEOPLE = PeopleSnapshot(
    employees=(
        Employee(ANN, "Ann Łęcka", "ann@example.org", (ExternalReference("hris", "7"), ExternalReference("desk", "a"))),
        Employee(BEN, "Ben", None, ()),
    ),
    employments=(
        Employment(ANN, Period(SPRING, SUMMER), EmploymentStatus.ACTIVE, "Agent", "billing", "service"),
        Employment(ANN, Period(SUMMER), EmploymentStatus.LEAVE, None, None, None),
        Employment(BEN, Period(SPRING), EmploymentStatus.ACTIVE, "Lead", "billing", None),
    ),
    reporting_lines=(
        ReportingLine(ANN, BEN, Period(SPRING, SUMMER), ReportingKind.SOLID),
        ReportingLine(ANN, BEN, Period(SUMMER), ReportingKind.DOTTED),
    ),
    departments=(Department("all", "Everybody", None), Department("billing", "Billing", "all")),
)
ANN_WRITTEN = (
    '{"display_name":"Ann Łęcka","email":"ann@example.org","employments":['
    '{"department":"billing","end":"2026-06-01","job_title":"Agent","profile":"service","start":"2026-03-01",'
    '"status":"active"},'
    '{"department":null,"end":null,"job_title":null,"profile":null,"start":"2026-06-01","status":"leave"}],'
    '"id":"ann","references":[["hris","7"],["desk","a"]],"reporting_lines":['
    '{"end":"2026-06-01","kind":"solid","manager":"ben","start":"2026-03-01"},'
    '{"end":null,"kind":"dotted","manager":"ben","start":"2026-06-01"}]}'
)
BEN_WRITTEN = (
    '{"display_name":"Ben","email":null,"employments":['
    '{"department":"billing","end":null,"job_title":"Lead","profile":null,"start":"2026-03-01","status":"active"}],'
    '"id":"ben","references":[],"reporting_lines":[]}'
)


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


INDEX_WRITTEN = (
    '{"departments":[{"code":"all","name":"Everybody","parent":null},'
    '{"code":"billing","name":"Billing","parent":"all"}],'
    f'"people":[["ann","{hashed(ANN_WRITTEN)}"],["ben","{hashed(BEN_WRITTEN)}"]]}}'
)


def test_each_person_is_written_apart_and_named_in_the_index_by_the_hash() -> None:
    assert documents_of(PEOPLE) == PeopleDocuments(INDEX_WRITTEN, {ANN: ANN_WRITTEN, BEN: BEN_WRITTEN})


def test_the_hash_of_people_is_that_of_the_index() -> None:
    assert people_hash(PEOPLE) == documents_of(PEOPLE).hash == hashed(INDEX_WRITTEN)


def test_the_order_in_which_people_are_given_does_not_count() -> None:
    assert documents_of(replace(PEOPLE, employees=PEOPLE.employees[::-1])) == documents_of(PEOPLE)


def test_what_is_written_is_read_as_itself() -> None:
    assert people_of(documents_of(PEOPLE)) == PEOPLE


def test_of_somebody_who_was_erased_nothing_is_read_and_the_others_can_still_be_verified() -> None:
    erased = replace(documents_of(PEOPLE), texts={BEN: BEN_WRITTEN})

    assert people_of(erased) == PeopleSnapshot((PEOPLE.employees[1],), (PEOPLE.employments[2],), (), PEOPLE.departments)
    assert (erased.hash, erased.erased, erased.changed) == (people_hash(PEOPLE), (ANN,), ())


def test_a_text_that_was_changed_is_told() -> None:
    changed = replace(documents_of(PEOPLE), texts={ANN: ANN_WRITTEN, BEN: BEN_WRITTEN.replace("Lead", "Head")})

    assert (changed.erased, changed.changed) == ((), (BEN,))


def test_somebody_without_a_job_has_an_empty_list_of_them() -> None:
    alone = PeopleSnapshot((Employee(ANN, "Ann", None, ()),), (), (), ())

    assert people_of(documents_of(alone)) == alone
