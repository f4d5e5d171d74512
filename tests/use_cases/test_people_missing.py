"""Who is known at work and missing from an export: ended where that is declared, within the brake."""

from datetime import date

import pytest
from tests.use_cases.test_import_people import AT, JANUARY, JULY, counts, imported, jobs, person, snapshot

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import RejectedRow
from appraise.domain.periods import Period
from appraise.errors import InvalidInput
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_people import reconcile_people

UNDECLARED = (
    "1 employees are missing from the export, and their jobs go on: if it holds everybody and they have left, import it"
    " with the setting missing=end; missing=keep says that it does not"
)


def test_someone_missing_from_a_complete_export_has_left(deployment: Deployment) -> None:
    everybody = [person(f"p{number:02}") for number in range(10)]
    imported(deployment, *everybody, on=JANUARY)

    report = imported(deployment, *everybody[1:], on=JULY)

    assert counts(report) == (0, 0, 1, 9)
    assert jobs(deployment)[0] == ("P00", None, Period(date(2020, 1, 1), JULY))


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (
            {},
            (UNDECLARED,),
        ),
        ({"missing": "keep"}, ()),
    ],
)
def test_unless_it_is_declared_nobody_ends_for_being_missing(
    deployment: Deployment, policy: dict[str, str], told: tuple[str, ...]
) -> None:
    everybody = [person(f"p{number:02}") for number in range(10)]
    imported(deployment, *everybody, on=JANUARY)
    before, read = snapshot(deployment), ReadPeople(tuple(everybody[1:]), ())

    options = ImportOptions("hr", as_of=JULY, settings=policy)
    report = reconcile_people(deployment, read, options, file="people.csv", at=AT, dry_run=False)

    assert (counts(report), report.warnings, snapshot(deployment)) == ((0, 0, 0, 9), told, before)


def test_a_file_that_does_not_hold_everybody_ends_nobody_whatever_is_declared(deployment: Deployment) -> None:
    imported(deployment, person("ann"), person("ben"), on=JANUARY)

    report = imported(deployment, person("ann"), on=JULY, complete=False)

    told = "people.csv does not hold everybody: nobody's job was ended for being missing"
    assert (report.ended, report.warnings) == (0, (told,))


def test_a_policy_that_is_not_known_is_refused_with_those_that_are(deployment: Deployment) -> None:
    with pytest.raises(InvalidInput, match="the setting missing=ended is not known") as refusal:
        imported(deployment, person("ann"), on=JANUARY, missing="ended")

    assert refusal.value.expected == "one of: end, keep"


def test_a_complete_export_that_would_end_over_a_tenth_is_refused(deployment: Deployment) -> None:
    everybody = [person(f"p{number:02}") for number in range(10)]
    imported(deployment, *everybody, on=JANUARY)
    before = snapshot(deployment)

    with pytest.raises(InvalidInput, match=r"2 of 10 current employees are missing from people\.csv"):
        imported(deployment, *everybody[2:], on=JULY)
    assert snapshot(deployment) == before
    assert imported(deployment, *everybody[2:], on=JULY, allow_ends="yes").ended == 2


def test_nobody_is_ended_when_rows_of_the_export_were_rejected(deployment: Deployment) -> None:
    everybody = [person(f"p{number:02}") for number in range(20)]
    imported(deployment, *everybody, on=JANUARY)
    rejected = (RejectedRow("people.csv", 2, "hire", "soon", "no date"),)
    read = ReadPeople(tuple(everybody[1:]), rejected)

    options = ImportOptions("hr", as_of=JULY, settings={"missing": "end"})
    report = reconcile_people(deployment, read, options, file="people.csv", at=AT, dry_run=False)

    assert (report.ended, report.rejected, report.warnings) == (
        0,
        rejected,
        ("1 employees are missing from the export; as rows were rejected, nobody's job was ended",),
    )
