"""Parts of former managers from the question to the signature, on both kinds of database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.use_cases.conftest import AT, Company, done, rated, record, stepped, submitted

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference
from appraise.domain.cycles import CycleRules
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.domain.indicators import ATTRITION, SATISFACTION
from appraise.domain.parts import Mark, PartKind
from appraise.domain.sections import Refusal
from appraise.errors import NotFound
from appraise.storage import audit, cycles
from appraise.use_cases.give_part import give_part
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.own_record import own_record
from appraise.use_cases.read_parts import Asked, asked_of, read_parts
from appraise.use_cases.read_tasks import read_tasks
from appraise.use_cases.submit_section import submit_section

THREE = [Mark(SATISFACTION, 3, " steady "), Mark(ATTRITION, None, "  ")]
Move = Callable[[str, str | None], None]


def give(company: Company, who: str = "max", marks: list[Mark] | None = None, of: str = "ann") -> Asked | Refusal:
    section = company.section(of).section.id
    return give_part(company.deployment, company.principal(who), section, marks or THREE, at=AT)


def tasks(company: Company, who: str) -> list[tuple[str, str]]:
    found = read_tasks(company.deployment, company.principal(who), at=AT)
    return [(one.task.kind.value, one.subject_name) for one in found if one.subject_name == "Ann"]


def with_rules(company: Company, rules: CycleRules) -> None:
    with company.deployment.database.transaction() as session:
        cycles.save(session, replace(cycles.get(session, company.cycle.id), rules=rules))


def test_a_former_manager_leaves_a_part_that_the_present_one_reads_and_signs(company: Company, move: Move) -> None:
    company.scored()
    move("ann", "dora")

    assert tasks(company, "max") == [("GIVE_PART", "Ann")]
    (asked,) = asked_of(company.deployment, company.principal("max"), at=AT)
    assert (asked.employee_name, asked.expected.days, asked.part) == ("Ann", 365, None)
    given = give(company)
    assert isinstance(given, Asked)
    assert given.part is not None
    assert given.part.marks == (Mark(SATISFACTION, 3, "steady"),)
    assert tasks(company, "max") == []

    viewed = company.section("ann", "dora")
    assert viewed.section.items[0].rating is None  # nothing is applied by itself
    found = read_parts(company.deployment, company.principal("dora"), viewed, at=AT)
    assert [(one.author_name, one.part is not None) for one in found.parts] == [("Max", True)]
    assert found.by_days == {SATISFACTION: Decimal("3.0")}
    own = read_parts(company.deployment, company.principal("ann"), company.section("ann", "ann"), at=AT)
    assert ([one.part for one in own.parts], own.by_days) == ([None], {})
    record_of_ann = own_record(company.deployment, company.principal("ann"), at=AT).document
    assert record_of_ann["sections"][0]["parts"][0]["part"] is None
    assert record_of_ann["sections"][0]["cycle"] == "2025"
    with company.deployment.database.reading() as session:
        (line,) = [one for one in audit.about(session, f"section:{viewed.section.id}") if "part" in one.action]
    assert (line.action, dict(line.details)["days"], "steady" in str(line)) == ("section.give_part", "365", False)


def test_nobody_else_gives_a_part_and_none_is_taken_after_handing_in(company: Company, move: Move) -> None:
    company.scored()
    for who in ("max", "ben", "ann", "hal", "dora"):
        with pytest.raises(NotFound, match="no part of yours"):
            give(company, who)
    move("ann", "dora")
    assert isinstance(give(company), Asked)
    changed = give(company, marks=[Mark(SATISFACTION, 5, None)])
    assert isinstance(changed, Refusal)
    assert changed.code == "COMMENT_MISSING"
    move("ann", "max")  # who is the manager again, and not asked any more
    assert tasks(company, "max") == [("RATE", "Ann")]
    submitted(company)
    move("ann", "dora")
    with pytest.raises(NotFound):
        give(company)


def test_a_part_whose_author_is_the_manager_again_stays_to_be_read_and_counts_no_more(
    company: Company, move: Move
) -> None:
    company.scored()
    move("ann", "dora")
    give(company)
    move("ann", "max")
    rated(company)

    found = read_parts(company.deployment, company.principal("max"), company.section("ann", "max"), at=AT)
    (kept,) = found.parts
    assert (kept.expected.kind, kept.author_name, kept.expected.days) == (PartKind.KEPT, "Max", 365)
    assert kept.part is not None
    assert kept.part.marks == (Mark(SATISFACTION, 3, "steady"),)
    assert found.by_days == {}
    assert asked_of(company.deployment, company.principal("max"), at=AT) == []
    record_of_max = own_record(company.deployment, company.principal("max"), at=AT).document
    (given,) = record_of_max["parts_given"]
    assert (given["employee"], given["cycle"], given["marks"][0]["comment"]) == ("Ann", company.cycle.name, "steady")


def test_the_section_waits_for_who_was_manager_longer_and_no_longer_than_the_last_day(
    company: Company, move: Move
) -> None:
    company.scored()
    rated(company)
    move("ann", "dora")
    with_rules(company, CycleRules(rate_by=AT.date()))

    refused = stepped(company, submit_section, "dora")
    assert isinstance(refused, Refusal)
    assert (refused.code, "Max was their manager for 365 days" in refused.message) == ("PART_MISSING", True)
    away = replace(record("max", "dora", 2), status=EmploymentStatus.LEAVE)
    options = ImportOptions("hr", as_of=AT.date())
    read = ReadPeople((away,), (), complete=False)
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)
    done(stepped(company, submit_section, "dora"))


def test_who_has_left_is_not_asked_any_more(company: Company, move: Move) -> None:
    company.scored()
    move("ann", "dora")
    gone = replace(record("max", "dora", 2), status=EmploymentStatus.TERMINATED)
    options = ImportOptions("hr", as_of=AT.date())
    read = ReadPeople((gone,), (), complete=False)
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)
    later = AT + timedelta(days=1)

    assert asked_of(company.deployment, company.principal("max"), at=later) == []
    (one,) = read_parts(company.deployment, company.principal("dora"), company.section("ann", "dora"), at=later).parts
    assert one.can_give is False


def test_a_dotted_manager_is_heard_where_the_rules_say_so_and_signs_nothing(company: Company) -> None:
    company.scored()
    ann = record("ann", "max", 2)
    vera = ManagerReference(ExternalReference("hr:id", "vera"), ReportingKind.DOTTED)
    matrix = replace(ann, managers=(*ann.managers, vera))
    options = ImportOptions("hr", as_of=date(2025, 6, 1))
    read = ReadPeople((matrix,), (), complete=False)
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)

    assert tasks(company, "vera") == []
    with_rules(company, CycleRules(dotted_parts=True))
    assert tasks(company, "vera") == [("GIVE_PART", "Ann")]
    assert isinstance(give(company, "vera"), Asked)
    found = read_parts(company.deployment, company.principal("max"), company.section("ann", "max"), at=AT)
    assert [(one.author_name, one.expected.kind.value) for one in found.parts] == [("Vera", "DOTTED")]
    assert found.by_days == {}
