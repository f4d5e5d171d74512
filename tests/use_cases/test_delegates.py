"""A delegate's time from the naming to its end, on both kinds of database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests.use_cases.conftest import AT, Company, done, rated, record, stepped

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.domain.access import Principal
from appraise.domain.delegations import NamedDelegation
from appraise.domain.disputes import DisputeKind
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.reading import HandedIn, ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.authenticate import authenticate
from appraise.use_cases.create_token import create_token
from appraise.use_cases.delegate import Wanted, end_delegation, may_name, name_delegate, read_delegations
from appraise.use_cases.file_dispute import file_dispute
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_disputes import read_beside
from appraise.use_cases.read_sections import section_of
from appraise.use_cases.read_tasks import read_tasks
from appraise.use_cases.share_section import share_section
from appraise.use_cases.submit_section import submit_section
from appraise.use_cases.verify_audit import verify_audit

DAY = timedelta(days=1)
LAST = date(2026, 3, 14)


def wanted(company: Company, delegate: str, *, may_submit: bool = True, **more: object) -> Wanted:
    return Wanted(company.ids[delegate], AT.date(), LAST, may_submit, **more)  # type: ignore[arg-type]


def named(company: Company, delegate: str = "ben", by: str = "max", **more: object) -> NamedDelegation | Refusal:
    return name_delegate(company.deployment, company.principal(by), wanted(company, delegate, **more), at=AT)  # type: ignore[arg-type]


def principal(company: Company, who: str, *, at: datetime = AT) -> Principal:
    """As they come in with a token."""
    token = create_token(
        company.deployment,
        name=who,
        employee=company.ids[who],
        roles=company.principal(who).roles,
        scopes=frozenset(),
        expires_at=None,
        at=AT,
    )
    return authenticate(company.deployment, token, origin=None, at=at)


def seen(company: Company, who: Principal, of: str = "ann", *, at: datetime = AT) -> ViewedSection | None:
    return section_of(company.deployment, who, company.ids[of], company.cycle.id, at=at)


def rated_by(company: Company, who: Principal) -> ViewedSection | Refusal:
    section = company.section("ann").section
    return rate_item(
        company.deployment,
        who,
        section.id,
        section.items[0].id,
        rating=4,
        comment="kept his promises",
        expected_version=section.version,
        at=AT,
    )


def test_a_delegate_rates_and_hands_in_for_the_manager_and_the_log_says_for_whom(company: Company) -> None:
    company.scored()
    assert seen(company, principal(company, "ben")) is None
    assert isinstance(named(company), NamedDelegation)
    ben = principal(company, "ben")

    viewed = seen(company, ben)
    assert viewed is not None
    assert viewed.allowed_actions == {Action.RATE}
    assert [(one.delegate_name, one.manager_name) for one in viewed.delegates] == [("Ben", "Max")]
    owed = [(one.task.kind.value, one.subject_name, one.for_name) for one in read_tasks(company.deployment, ben, at=AT)]
    assert ("RATE", "Ann", "Max") in owed
    assert [one for one in owed if one[1] == "Ben"] == [("ASSESS_SELF", "Ben", None)]
    done(rated_by(company, ben))
    section = company.section("ann").section
    handed_in = done(submit_section(company.deployment, ben, section.id, expected_version=section.version, at=AT))

    assert handed_in.handed_in == HandedIn("Ben", "Max")
    with company.deployment.database.reading() as session:
        lines = [
            line for line in audit.about(session, f"section:{section.id}") if line.actor.endswith(ben.employee or "")
        ]
    assert {line.action for line in lines} == {"section.read", "section.rate", "section.submit"}
    for line in lines:
        facts = dict(line.details)
        assert (facts["name"], facts["for"]) == ("Ben for Max", f"employee:{company.ids['max']}")
    assert verify_audit(company.deployment).first_break is None


def test_one_who_only_prepares_does_not_hand_in_and_nobody_rates_themselves(company: Company) -> None:
    company.scored()
    named(company, may_submit=False)
    ben = principal(company, "ben")
    done(rated_by(company, ben))
    section = company.section("ann").section

    with pytest.raises(Forbidden, match="to submit this section is not yours"):
        submit_section(company.deployment, ben, section.id, expected_version=section.version, at=AT)
    own = seen(company, ben, "ben")
    assert own is not None
    assert Action.RATE not in own.allowed_actions
    # What was prepared is the manager's to take over and to hand in.
    done(stepped(company, submit_section, "max"))
    assert company.section("ann").handed_in == HandedIn("Max")


def test_neither_the_delegate_nor_the_manager_decides_what_is_disputed_of_it(
    company: Company, move: Callable[[str, str | None], None]
) -> None:
    company.scored()
    named(company)
    ben = principal(company, "ben")
    done(rated_by(company, ben))
    section = company.section("ann").section
    done(submit_section(company.deployment, ben, section.id, expected_version=section.version, at=AT))
    move("ann", "ben")
    move("ben", "max")  # both who scored are above her now
    done(stepped(company, approve_section, "dora"))
    shared = done(stepped(company, share_section, "hal")).section
    done(
        file_dispute(
            company.deployment,
            company.principal("ann"),
            shared.id,
            shared.items[0].id,
            kind=DisputeKind.RATING,
            evidence=None,
            comment="x",
            expected_version=shared.version,
            at=AT,
        )
    )

    (dispute,) = read_beside(company.deployment, company.section("ann")).disputes
    assert dispute.reviewer == company.ids["dora"]


def test_it_ends_by_itself_and_by_those_whom_it_concerns(company: Company) -> None:
    company.scored()
    one = named(company)
    assert isinstance(one, NamedDelegation)
    after = AT + 14 * DAY

    assert seen(company, principal(company, "ben", at=after - DAY), at=after - DAY) is not None
    assert principal(company, "ben", at=after).stands_in == ()
    with pytest.raises(NotFound):
        end_delegation(company.deployment, company.principal("ann"), one.delegation.id, at=AT)
    assert isinstance(
        end_delegation(company.deployment, company.principal("ben"), one.delegation.id, at=AT), NamedDelegation
    )
    assert seen(company, principal(company, "ben")) is None
    again = end_delegation(company.deployment, company.principal("max"), one.delegation.id, at=AT)
    assert isinstance(again, Refusal)
    assert again.code == "ALREADY_DONE"


def test_hr_names_one_for_an_absent_manager_with_a_reason(company: Company) -> None:
    company.scored()
    rated(company)
    away = replace(record("max", "dora", 2), status=EmploymentStatus.LEAVE)
    options = ImportOptions("hr", as_of=AT.date())
    read = ReadPeople((away,), (), complete=False)
    reconcile_people(company.deployment, read, options, file="people.csv", at=AT, dry_run=False)
    dora, for_max = company.principal("dora"), {"manager": ExternalReference("name", "Max")}

    assert "SUBMIT_IN_PLACE" in {one.task.kind.value for one in read_tasks(company.deployment, dora, at=AT)}
    with pytest.raises(Forbidden, match="for yourself alone"):
        named(company, by="ann", **for_max)
    assert isinstance(named(company, by="hal", **for_max), Refusal)
    assert isinstance(named(company, by="hal", reason="in hospital", **for_max), NamedDelegation)
    assert "SUBMIT_IN_PLACE" not in {one.task.kind.value for one in read_tasks(company.deployment, dora, at=AT)}
    told = {
        who: [one.delegate_name for one in read_delegations(company.deployment, company.principal(who), at=AT)]
        for who in ("max", "ben", "ann", "hal")
    }
    assert told == {"max": ["Ben"], "ben": ["Ben"], "ann": [], "hal": ["Ben"]}
    assert {who: may_name(company.deployment, company.principal(who), at=AT) for who in ("max", "ann", "hal")} == {
        "max": True,
        "ann": False,
        "hal": True,
    }


def test_whoever_comes_to_report_through_somebody_else_stands_in_no_more(
    company: Company, move: Callable[[str, str | None], None]
) -> None:
    company.scored()
    named(company)
    assert principal(company, "ben").stands_in != ()
    move("ben", "ann")  # who reports to Max: Ben would rate his own manager

    assert principal(company, "ben").stands_in == ()
    (one,) = read_delegations(company.deployment, company.principal("max"), at=AT)
    assert one.is_good is False
    refused = [
        name_delegate(company.deployment, company.principal("max"), replace(wanted(company, "dora"), **change), at=AT)
        for change in (
            {"delegate": ExternalReference("email", "nobody@example.org")},
            {"delegate": company.ids["ben"]},
            {"last_day": AT.date() - DAY, "first_day": AT.date() - 2 * DAY},
            {"first_day": LAST + DAY},
        )
    ]
    assert [one.code for one in refused if isinstance(one, Refusal)] == [
        "UNKNOWN_EMPLOYEE",
        "NOT_NEUTRAL",
        "OUT_OF_RANGE",
        "OUT_OF_RANGE",
    ]


def test_whoever_leads_nobody_learns_nothing_of_others_by_naming_them(company: Company) -> None:
    company.scored()
    told = [
        name_delegate(
            company.deployment, company.principal("ann"), Wanted(one, AT.date(), LAST, may_submit=True), at=AT
        )
        for one in (company.ids["ben"], EmployeeId("nobody"), ExternalReference("email", "nobody@example.org"))
    ]

    assert {one.code for one in told if isinstance(one, Refusal)} == {"WRONG_STATE"}
    assert len({repr(one) for one in told}) == 1


@pytest.mark.parametrize("last", [date(2027, 3, 3), date(9999, 12, 31)])
def test_nobody_stands_in_for_longer_than_a_year_ahead(company: Company, last: date) -> None:
    company.scored()
    far = replace(wanted(company, "ben"), first_day=min(last, date(2027, 3, 1)), last_day=last)
    refused = name_delegate(company.deployment, company.principal("max"), far, at=AT)

    assert isinstance(refused, Refusal)
    assert (refused.code, refused.field) == ("OUT_OF_RANGE", "lastDay")
