"""E-mail addresses that go from one person to another: told in the plan, and nobody's identity."""

from datetime import date

from tests.use_cases.test_import_people import AT, JANUARY, JULY, counts, imported, lines, person, snapshot

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference
from appraise.domain.employees import ExternalReference, ReportingKind
from appraise.domain.periods import Period
from appraise.scoring.references import AMBIGUOUS, directory
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_people import reconcile_people
from appraise.use_cases.people_changes import ChangedFact, Fact, Outcome
from appraise.use_cases.people_report import PeopleReport

X, Y, Z = "x@example.org", "y@example.org", "z@example.org"
HIRED = date(2020, 1, 1)


def addresses(deployment: Deployment) -> dict[str, str | None]:
    return {one.display_name: one.email for one in snapshot(deployment).employees}


def told(report: PeopleReport) -> dict[str, tuple[ChangedFact, ...]]:
    return {change.key: change.facts for change in report.changes}


def of(before: str | None, after: str | None) -> tuple[ChangedFact, ...]:
    return (ChangedFact(Fact.EMAIL, before, after),)


def warning(address: str, had: str, has: str) -> str:
    return (
        f"{address} was the address of {had} and is that of {has} now: neither is another person for it, and what names"
        " people by this address names nobody"
    )


def test_addresses_that_are_swapped_in_one_file_are_told_and_leave_everybody_who_they_are(
    deployment: Deployment,
) -> None:
    imported(
        deployment, person("ann", email=X, job_title="Lead"), person("ben", email=Y, job_title="Agent"), on=JANUARY
    )
    before = snapshot(deployment)

    swapped = person("ann", email=Y.upper(), job_title="Lead"), person("ben", email=X, job_title="Agent")
    report = imported(deployment, *swapped, on=JULY)

    assert (counts(report), told(report)) == ((0, 2, 0, 0), {"ann": of(X, Y.upper()), "ben": of(Y, X)})
    assert report.warnings == (warning(Y.upper(), "Ben", "Ann"), warning(X, "Ann", "Ben"))
    assert snapshot(deployment).employments == before.employments
    assert addresses(deployment) == {"Ann": Y.upper(), "Ben": X}
    people = directory(snapshot(deployment).employees)
    assert {people.resolve("email", one) for one in (X, Y)} == {(None, AMBIGUOUS)}  # no contact goes to the wrong one
    assert counts(imported(deployment, *swapped, on=JULY)) == (0, 0, 0, 2)


def test_an_address_that_moves_on_is_taken_from_whoever_is_shown_without_one(deployment: Deployment) -> None:
    imported(deployment, person("ann", email=X), person("ben", email=Y), on=JANUARY)

    report = imported(deployment, person("ann"), person("ben", email=X), on=JULY)

    assert told(report) == {"ann": of(X, None), "ben": of(Y, X)}
    assert report.warnings == (warning(X, "Ann", "Ben"),)
    assert addresses(deployment) == {"Ann": None, "Ben": X}
    assert imported(deployment, person("ann"), person("ben", email=X), on=JULY).changes == ()


def test_the_address_of_a_leaver_goes_to_a_new_hire_who_is_somebody_new(deployment: Deployment) -> None:
    imported(deployment, person("ann"), person("ben", email=X), on=JANUARY)

    report = imported(deployment, person("ann"), person("gil", email=X), on=JULY, allow_ends="yes")

    assert [(one.outcome, one.key) for one in report.changes] == [(Outcome.ENDED, "ben"), (Outcome.NEW, "gil")]
    assert report.changes[0].facts[0] == ChangedFact(Fact.EMAIL, X, None)
    assert (report.warnings, report.proposals) == ((warning(X, "Ben", "Gil"),), ())
    assert addresses(deployment) == {"Ann": None, "Ben": None, "Gil": X}


def test_an_address_that_two_are_shown_with_is_theirs_together(deployment: Deployment) -> None:
    imported(deployment, person("ann", email=X), person("ben", email=Y), on=JANUARY)

    report = imported(deployment, person("ann", email=X), person("ben", email=X), on=JULY)

    assert (report.warnings, addresses(deployment)) == ((), {"Ann": X, "Ben": X})


def test_another_source_takes_nobodys_address(deployment: Deployment) -> None:
    """Its person may be the same one, which is proposed."""
    imported(deployment, person("ann", email=X), on=JANUARY)
    crm = ExternalReference("crm:id", "7")
    other = person("zoe", key=crm, references=(crm,), email=X)

    report = reconcile_people(
        deployment, ReadPeople((other,), ()), ImportOptions("crm", as_of=JULY), file="crm.csv", at=AT, dry_run=False
    )

    assert (report.created, report.warnings, len(report.proposals)) == (1, (), 1)
    assert addresses(deployment) == {"Ann": X, "Zoe": X}


def test_a_manager_named_by_an_address_that_moved_is_whom_the_file_shows_with_it(deployment: Deployment) -> None:
    by_address = person("cid", managers=(ManagerReference(ExternalReference("email", X)),))
    imported(deployment, person("ann", email=X), person("ben", email=Y), by_address, on=JANUARY)

    report = imported(deployment, person("ann", email=Z), person("ben", email=X), by_address, on=JULY)

    assert report.unresolved_managers == ()
    assert lines(deployment) == [
        ("Cid", "Ann", Period(JANUARY, JULY), ReportingKind.SOLID),
        ("Cid", "Ben", Period(JULY), ReportingKind.SOLID),
    ]
