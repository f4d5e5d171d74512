"""Exclusions in a policy document: read, written and refused with what was found and what was expected."""

from datetime import date

import pytest

from appraise.domain.employees import Employment, EmploymentStatus
from appraise.domain.exclusions import Exclusion, exclusion_from, left_out
from appraise.domain.identifiers import EmployeeId
from appraise.domain.periods import Period
from appraise.domain.policy_documents import document_of, from_json, read_toml, to_toml
from appraise.errors import InvalidInput

DOCUMENT = """
[[exclusions]]
reason = "trainers serve no customers"
jobs = ["Trainer"]

[[exclusions]]
reason = "the telephones were out of order"
first_day = 2025-04-11
last_day = "2025-04-12"
topics = ["outage"]

[[exclusions]]
reason = "a holiday"
first_day = 2025-05-01
"""
READ = (
    Exclusion("trainers serve no customers", jobs=("Trainer",)),
    Exclusion(
        "the telephones were out of order",
        topics=("outage",),
        first_day=date(2025, 4, 11),
        last_day=date(2025, 4, 12),
    ),
    Exclusion("a holiday", first_day=date(2025, 5, 1), last_day=date(2025, 5, 1)),
)


def test_a_document_and_what_is_stored_of_it_say_the_same() -> None:
    policy = read_toml(DOCUMENT).policy()

    assert policy.exclusions == READ
    assert read_toml(to_toml(policy)).policy() == policy
    assert from_json(document_of(policy).as_json()).policy() == policy


@pytest.mark.parametrize(
    ("entry", "found", "expected"),
    [
        ('jobs = ["Trainer"]', "has the reason None", "a sentence"),
        ('reason = " "\njobs = ["Trainer"]', "has the reason ' '", "a sentence"),
        ('reason = "x"', "leaves out nothing", "either departments or jobs, or some of topics, segments, first_day"),
        ('reason = "x"\njobs = ["y"]\ntopics = ["z"]', "employees and evidence at once", "either departments"),
        ('reason = "x"\njob = ["y"]', "has the key job", "one of: reason, departments, jobs"),
        ('reason = "x"\njobs = "y"', "has jobs = 'y'", "a list of texts"),
        ('reason = "x"\nfirst_day = "soon"', "has first_day = 'soon'", "a day such as"),
        ('reason = "x"\nfirst_day = 2025-04-11T08:00:00', "has first_day", "a day such as"),
        ('reason = "x"\nlast_day = 2025-04-11', "goes from None", "first_day, and a last_day not before it"),
        ('reason = "x"\nfirst_day = 2025-04-11\nlast_day = 2025-04-10', "goes from 2025-04-11", "not before it"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_number(entry: str, found: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read_toml(f'[[exclusions]]\nreason = "fine"\ntopics = ["t"]\n[[exclusions]]\n{entry}\n')

    assert "exclusions, number 2," in str(error.value)
    assert found in str(error.value)
    assert expected in str(error.value)


def test_a_single_table_is_no_list() -> None:
    with pytest.raises(InvalidInput, match=r"tables \[\[exclusions\]\]"):
        read_toml('[exclusions]\nreason = "x"\n')


@pytest.mark.parametrize(
    ("exclusion", "sentence"),
    [
        (
            Exclusion("no customers", departments=("D",), jobs=("A", "B")),
            "Left out, departments D; jobs A, B: no customers",
        ),
        (
            Exclusion("the line was down", topics=("outage",), first_day=date(2025, 4, 11), last_day=date(2025, 4, 12)),
            "Left out, topics outage; days 11 April 2025 to 12 April 2025: the line was down",
        ),
        (Exclusion("tests", segments=("test",)), "Left out, segments test: tests"),
    ],
)
def test_it_is_told_in_a_sentence(exclusion: Exclusion, sentence: str) -> None:
    assert exclusion.sentence == sentence


BILLING = Exclusion("billing only sends letters", departments=("billing",))
TRAINERS = Exclusion("trainers serve no customers", jobs=("Trainer",))


def job(title: str | None, department: str | None) -> Employment:
    return Employment(EmployeeId("ann"), Period(date(2025, 1, 1)), EmploymentStatus.ACTIVE, title, department)


@pytest.mark.parametrize(
    ("jobs", "reason"),
    [
        ([], None),
        ([job("Agent", "desk")], None),
        ([job("Agent", "billing")], BILLING.reason),
        ([job("Trainer", "desk")], TRAINERS.reason),
        ([job("Trainer", "billing")], BILLING.reason),
        ([job("Trainer", "desk"), job("Agent", "billing")], TRAINERS.reason),
        ([job("Trainer", "desk"), job("Agent", "desk")], None),
    ],
)
def test_whoever_has_only_jobs_that_are_left_out_is_left_out(jobs: list[Employment], reason: str | None) -> None:
    assert left_out(iter(jobs), iter([BILLING, TRAINERS])) == reason
    assert left_out(jobs, []) is None


@pytest.mark.parametrize(
    ("values", "found", "expected"),
    [
        (7, "is 7", "a table [[exclusions]] with its keys below"),
        ({}, "has the reason None", "reason: a sentence for those whom it concerns to read"),
        ({"reason": "x", "jobs": 7}, "has jobs = 7", 'jobs = ["…"], a list of texts'),
        ({"reason": "x", "jobs": ["a", ""]}, "has jobs = ['a', '']", 'jobs = ["…"], a list of texts'),
        ({"reason": "x", "jobs": ["a", 7]}, "has jobs = ['a', 7]", 'jobs = ["…"], a list of texts'),
        (
            {"reason": "x", "first_day": date(2025, 4, 11), "last_day": date(2025, 4, 10)},
            "goes from 2025-04-11 to 2025-04-10",
            "first_day, and a last_day not before it",
        ),
        (
            {"reason": "x", "jobs": ["a"], "topics": ["b"]},
            "leaves out employees and evidence at once",
            "either departments or jobs, or some of topics, segments, first_day",
        ),
        (
            {"reason": "x"},
            "leaves out nothing",
            "either departments or jobs, or some of topics, segments, first_day",
        ),
    ],
)
def test_a_refusal_says_what_was_found_and_what_was_expected(values: object, found: str, expected: str) -> None:
    with pytest.raises(LookupError) as error:
        exclusion_from(values, LookupError)

    assert error.value.args == (found, expected)


def test_lists_are_written_as_lists() -> None:
    assert BILLING.as_json() == {"reason": BILLING.reason, "departments": ["billing"]}
