"""Who reads which section, how much of it, and what the audit log keeps of it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.use_cases.conftest import (
    AT,
    Company,
    absence,
    composite,
    done,
    estimate,
    finalised,
    rated,
    shared,
    stepped,
    submitted,
)

from appraise.domain.access import Principal, Role, ServiceScope
from appraise.domain.identifiers import SectionId
from appraise.domain.indicators import ATTRITION, COMPOSITE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.profiles import Profile
from appraise.domain.reading import SectionsWanted
from appraise.domain.scorecards import Absence, AbsenceKind
from appraise.domain.section_states import SectionState
from appraise.errors import InvalidInput, NotFound
from appraise.storage import audit, scorecards
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.read_cycles import latest_run
from appraise.use_cases.read_sections import (
    count_sections,
    get_section,
    list_sections,
    section_of,
    sections_by_employee,
)


def test_what_was_scored_is_read_back_digit_for_digit(company: Company) -> None:
    run = company.scored()

    section = company.section("ann").section

    assert [item.result for item in section.items] == [estimate(), absence()]
    assert latest_run(company.deployment, company.principal("ann"), company.cycle.id) == run
    assert (section.state, section.version, section.manager, section.job_title, section.department) == (
        SectionState.COLLECTING,
        1,
        company.ids["max"],
        "Agent",
        "Customer Service",
    )


def test_items_weigh_as_the_role_profile_says_and_what_is_only_context_loses_its_rating(company: Company) -> None:
    company.scored()
    done(rated(company))
    lost = Profile("Keepers", ((ATTRITION, 0.6), (REPEAT_PURCHASE, 0.4)), jobs=("Agent",))
    company.scored(policy=replace(DEFAULT_POLICY, profiles=(lost,)))

    section = company.section("ann").section
    assert section.profile == "Keepers"
    assert {item.indicator: item.weight for item in section.items} == {SATISFACTION: 0, ATTRITION: Decimal("0.6")}
    assert [item.rating for item in section.items] == [None, None]

    company.scored()
    after = company.section("ann").section
    assert (after.profile, {item.weight for item in after.items}) == (None, {Decimal("0.25")})


def test_what_the_indicators_say_together_is_read_back_digit_for_digit(company: Company) -> None:
    run = company.scored()
    with company.deployment.database.reading() as session:
        stored = {card.employee: card.composite for card in scorecards.of_run(session, run.id)}

    assert company.section("ann").composite == composite() == stored[company.ids["ann"]]
    assert company.section("ben").composite == Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, "one figure")
    assert company.section("max").composite is None


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("ann", ["Ann"]),
        ("max", ["Ann", "Ben", "Max"]),
        ("dora", ["Ann", "Ben", "Max"]),
        ("hal", ["Ann", "Ben", "Max"]),
        ("otto", ["Ann", "Ben", "Max"]),
        ("vera", []),
    ],
)
def test_a_list_holds_the_sections_that_are_the_principals_to_see(
    company: Company, name: str, reached: list[str]
) -> None:
    company.scored()
    principal = company.principal(name)

    page = list_sections(company.deployment, principal, SectionsWanted(company.cycle.id), at=AT)
    batch = sections_by_employee(company.deployment, principal, company.ids.values(), company.cycle.id, at=AT)

    assert [row.employee_name for row in page.items] == reached
    assert count_sections(company.deployment, principal, SectionsWanted(company.cycle.id), at=AT) == len(reached)
    assert set(batch) == {company.ids[person.casefold()] for person in reached}


def test_an_executive_sees_a_section_once_it_is_handed_in(company: Company) -> None:
    company.scored()
    submitted(company)

    page = list_sections(company.deployment, company.principal("vera"), SectionsWanted(company.cycle.id), at=AT)

    assert [(row.employee_name, row.section.items[0].rating) for row in page.items] == [("Ann", 4)]


def test_a_service_sees_final_sections_only(company: Company) -> None:
    service = Principal("hris", roles=frozenset({Role.SERVICE}), scopes=frozenset({ServiceScope.READ_SECTIONS}))
    company.scored()
    shared(company)
    assert list_sections(company.deployment, service, SectionsWanted(company.cycle.id), at=AT).items == ()
    done(stepped(company, finalise_section, "hal", reason="calibrated"))

    page = list_sections(company.deployment, service, SectionsWanted(company.cycle.id), at=AT)

    assert [row.employee_name for row in page.items] == ["Ann"]


def test_ratings_are_withheld_from_the_employee_until_the_section_is_shared(company: Company) -> None:
    company.scored()
    submitted(company)
    own = company.section("ann", seen_by="ann")
    listed = list_sections(company.deployment, company.principal("ann"), SectionsWanted(company.cycle.id), at=AT).items[
        0
    ]

    assert (own.ratings_visible, own.is_own, own.section.items[0].rating, own.section.items[0].comment) == (
        False,
        True,
        None,
        None,
    )
    assert (listed.ratings_visible, listed.section) == (False, own.section)


def test_the_employee_reads_ratings_of_a_final_section(company: Company) -> None:
    company.scored()
    finalised(company)

    own = company.section("ann", seen_by="ann")

    assert (own.ratings_visible, own.section.items[0].rating) == (True, 4)


def test_pages_of_sections_join_to_the_whole_list(company: Company) -> None:
    company.scored()
    names = []
    after = None
    while True:
        page = list_sections(
            company.deployment, company.principal("hal"), SectionsWanted(company.cycle.id), at=AT, first=2, after=after
        )
        names += [row.employee_name for row in page.items]
        after = page.end_cursor
        if not page.has_next:
            break

    assert names == ["Ann", "Ben", "Max"]


def test_a_cursor_made_by_hand_is_refused(company: Company) -> None:
    with pytest.raises(InvalidInput, match="the cursor was not given out by Appraise"):
        list_sections(
            company.deployment, company.principal("hal"), SectionsWanted(company.cycle.id), at=AT, after="WzFd"
        )


def test_the_section_of_somebody_elses_report_does_not_exist_for_a_colleague(company: Company) -> None:
    company.scored()
    section = company.section("ann").section.id

    with pytest.raises(NotFound):
        get_section(company.deployment, company.principal("ben"), section, at=AT)
    with pytest.raises(NotFound):
        get_section(company.deployment, company.principal("ben"), SectionId("no such id"), at=AT)
    assert section_of(company.deployment, company.principal("ben"), company.ids["ann"], company.cycle.id, at=AT) is None


def test_reading_somebody_elses_section_is_audited_and_ones_own_is_not(company: Company) -> None:
    company.scored()
    section = company.section("ann", seen_by="ann").section
    company.section("ann", seen_by="max")

    with company.deployment.database.reading() as session:
        lines = [(entry.actor, entry.action) for entry in audit.about(session, f"section:{section.id}")]

    assert lines == [(f"employee:{company.ids['max']}", "section.read")]
