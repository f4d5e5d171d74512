from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.employees import OUT_OF_SERVICE, Employment, EmploymentStatus
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import read_toml, to_toml
from appraise.domain.profiles import GENERAL, Profile, main_profile, profile_from, said_of, shares_of, weights_of
from appraise.errors import InvalidInput

YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
A, B = IndicatorKey("satisfaction"), IndicatorKey("attrition")
SECOND = Profile("Second line", ((A, 0.25), (B, 0.75)), jobs=("Senior agent",))
INTERNAL = Profile("Internal", ((A, 1.0),), departments=("IT", "HR"))
EVEN = {A: 0.5, B: 0.5}


def job(
    title: str | None = None, department: str | None = None, start: date = YEAR.start, **more: object
) -> Employment:
    held = Employment(EmployeeId("e"), Period(start, None), EmploymentStatus.ACTIVE, title, department)
    return replace(held, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("profile", "held", "covers"),
    [
        (SECOND, job("Senior agent"), True),
        (SECOND, job("Agent"), False),
        (SECOND, job(), False),
        (INTERNAL, job("Agent", "IT"), True),
        (INTERNAL, job("Agent", "CS"), False),
        (replace(SECOND, departments=("IT",)), job("Senior agent", "IT"), True),
        (replace(SECOND, departments=("IT",)), job("Senior agent", "CS"), False),
        (replace(SECOND, departments=("IT",)), job("Agent", "IT"), False),
        (replace(SECOND, jobs=()), job("Senior agent"), False),
        (replace(SECOND, jobs=()), job("Agent", profile=" second LINE "), True),
        (SECOND, job("Senior agent", profile="Internal"), False),
    ],
)
def test_what_the_hr_system_names_comes_before_jobs_and_departments(
    profile: Profile, held: Employment, covers: bool
) -> None:
    assert profile.covers(held) is covers


def shares(*jobs: Employment, as_of: date = date(2026, 1, 1)) -> dict[str | None, Fraction]:
    found = shares_of(jobs, [SECOND, INTERNAL], cycle=YEAR, data_as_of=as_of)
    return {profile and profile.name: share for profile, share in found.get(EmployeeId("e"), ())}


def test_days_are_counted_in_service_within_the_cycle_and_the_data() -> None:
    before = job("Agent", start=date(2020, 1, 1), period=Period(date(2020, 1, 1), date(2025, 3, 15)))
    after = job("Senior agent", period=Period(date(2025, 3, 15), None))
    # From 1 January to 14 March there are 31 + 28 + 14 days; 292 are left of the year, 17 of March.
    assert shares(before, after) == {"Second line": Fraction(292, 365), None: Fraction(73, 365)}
    assert shares(before, after, as_of=date(2025, 4, 1)) == {"Second line": Fraction(17, 90), None: Fraction(73, 90)}
    for status in OUT_OF_SERVICE:
        assert shares(before, replace(after, status=status)) == {None: 1}
        assert shares(replace(after, status=status), before) == {None: 1}
    assert shares(before, replace(after, status=EmploymentStatus.LEAVE)) == shares(before, after)
    assert shares(job(period=Period(date(2026, 1, 1), None))) == {}
    assert shares(after, as_of=YEAR.start) == {}
    assert shares_of([after], [], cycle=YEAR, data_as_of=date(2026, 1, 1)) == {}


def test_of_two_profiles_the_first_counts_and_two_jobs_at_once_have_the_days_of_both() -> None:
    assert shares(job("Senior agent", "IT")) == {"Second line": 1}
    assert shares(job("Senior agent"), job("Clerk", "HR")) == {
        "Second line": Fraction(1, 2),
        "Internal": Fraction(1, 2),
    }


def test_several_jobs_of_one_profile_are_one_share() -> None:
    first = job("Senior agent", period=Period(date(2025, 1, 1), date(2025, 2, 1)))
    between = job("Agent", period=Period(date(2025, 2, 1), date(2025, 3, 1)))
    back = job("Senior agent", period=Period(date(2025, 3, 1), date(2025, 3, 2)))

    assert shares(first, between, back) == {"Second line": Fraction(32, 60), None: Fraction(28, 60)}


def test_weights_are_those_of_the_profile_and_by_days_where_it_changed() -> None:
    assert weights_of(GENERAL, EVEN) == {A: Decimal("0.5"), B: Decimal("0.5")}
    assert weights_of(((SECOND, Fraction(1)),), EVEN) == {A: Decimal("0.25"), B: Decimal("0.75")}
    assert weights_of(((INTERNAL, Fraction(1)),), EVEN) == {A: 1, B: 0}
    # By hand: .8 of .25 and .2 of .5 are .3; .8 of .75 and .2 of .5 are .7.
    changed = ((SECOND, Fraction(292, 365)), (None, Fraction(73, 365)))
    assert weights_of(changed, EVEN) == {A: Decimal("0.3000"), B: Decimal("0.7000")}
    # An indicator that the profile does not name weighs nothing there: .2 of .5.
    in_it = ((INTERNAL, Fraction(4, 5)), (None, Fraction(1, 5)))
    assert weights_of(in_it, EVEN) == {A: Decimal("0.9000"), B: Decimal("0.1000")}


def test_what_rounding_leaves_over_goes_to_the_largest() -> None:
    """By hand: a third of .1, .8, .1 and two of .15, .7, .15 are .13333, .73333, .13333, which round to .9999."""
    a, b, c = (IndicatorKey(name) for name in "abc")
    thirds = ((Profile("x", ((a, 0.1), (b, 0.8), (c, 0.1))), Fraction(1, 3)), (None, Fraction(2, 3)))
    exact = {a: Decimal("0.1333"), b: Decimal("0.7334"), c: Decimal("0.1333")}

    assert weights_of(thirds, {a: 0.15, b: 0.7, c: 0.15}) == exact
    with localcontext(rounding=ROUND_UP):  # a caller's own rounding is none of its business
        assert weights_of(thirds, {a: 0.15, b: 0.7, c: 0.15}) == exact


@given(st.lists(st.integers(1, 366), min_size=2, max_size=3), st.data())
def test_weights_by_days_make_one(days: list[int], data: st.DataObject) -> None:
    keys = [IndicatorKey(name) for name in "abcd"]

    def some_weights() -> dict[IndicatorKey, float]:
        parts = data.draw(st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any))
        tenths = [round(part / sum(parts), 3) for part in parts]
        tenths[0] = round(1 - sum(tenths[1:]), 3)
        return dict(zip(keys, tenths, strict=True))

    profiles = [Profile(str(at), tuple(some_weights().items())) for at in range(len(days) - 1)]
    held = [*zip([*profiles, None], [Fraction(count, sum(days)) for count in days], strict=True)]
    found = weights_of(tuple(held), some_weights())
    assert sum(found.values()) == 1
    assert all(weight >= 0 for weight in found.values())


def test_it_is_told_in_a_sentence() -> None:
    assert SECOND.sentence == (
        "Second line, for the jobs Senior agent, and jobs that the HR system calls Second line: Attrition 75\N{NO-BREAK SPACE}%, "
        "Satisfaction 25\N{NO-BREAK SPACE}%. The other indicators are context there."
    )
    assert INTERNAL.sentence.startswith("Internal, for all jobs of IT, HR, and jobs that")
    assert replace(SECOND, jobs=()).sentence.startswith("Second line, for jobs that the HR system calls Second line: ")
    both = replace(SECOND, departments=("IT",), weights=((A, 1.0), (B, 0.0)))
    assert both.sentence.startswith("Second line, for the jobs Senior agent of IT, and jobs")
    assert "Second line: Satisfaction 100\N{NO-BREAK SPACE}%. The other" in both.sentence


def test_what_is_said_of_it() -> None:
    assert said_of(GENERAL) is None
    assert said_of(((SECOND, Fraction(1)),)) == "Second line"
    changed = ((SECOND, Fraction(292, 365)), (None, Fraction(73, 365)))
    assert (
        said_of(changed)
        == "Second line (80\N{NO-BREAK SPACE}% of the days), no profile (20\N{NO-BREAK SPACE}% of the days)"
    )


@pytest.mark.parametrize(
    ("said", "main"),
    [
        (None, None),
        ("Second line", "Second line"),
        (
            "Second line (80\N{NO-BREAK SPACE}% of the days), no profile (20\N{NO-BREAK SPACE}% of the days)",
            "Second line",
        ),
        (
            "Sales, EMEA (20\N{NO-BREAK SPACE}% of the days), Second line (70\N{NO-BREAK SPACE}% of the days), A (10\N{NO-BREAK SPACE}% of the days)",
            "Second line",
        ),
        ("A (10\N{NO-BREAK SPACE}% of the days), no profile (90\N{NO-BREAK SPACE}% of the days)", None),
        ("A (50\N{NO-BREAK SPACE}% of the days), B (50\N{NO-BREAK SPACE}% of the days)", "A"),
    ],
)
def test_the_main_profile_is_that_of_most_days(said: str | None, main: str | None) -> None:
    assert main_profile(said) == main


TOML = """
[[profiles]]
name = "Second line"
weights = { attrition = 0.75, satisfaction = 0.25 }
jobs = ["Senior agent"]
"""


def test_a_policy_s_profiles_are_read_and_written() -> None:
    policy = read_toml(TOML).policy()
    assert policy.profiles == (Profile("Second line", ((B, 0.75), (A, 0.25)), jobs=("Senior agent",)),)
    assert read_toml(to_toml(policy)).policy() == policy
    assert policy.weighs(A)
    only = tuple((key, replace(rules, weight=float(key == A))) for key, rules in policy.indicators)
    assert replace(policy, indicators=only).weighs(B)
    assert not replace(policy, indicators=only, profiles=()).weighs(B)


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("profiles = 3", " is 3", "tables [[profiles]], one for each"),
        ("profiles = [3]", ", number 1, is 3", "a table [[profiles]] with its keys below"),
        (
            TOML.replace("jobs", "job"),
            ", number 1, has the key job, which is none of a profile",
            "one of: name, weights, jobs, departments",
        ),
        (TOML.replace('"Second line"', '" "'), ", number 1, has the name ' '", "name: what people call the profile"),
        (
            TOML.replace("{ attrition = 0.75, satisfaction = 0.25 }", "{}"),
            ", number 1, has weights = {}",
            "weights = { satisfaction = 0.6, … }, by indicator",
        ),
        (TOML.replace("0.75", "1.75"), ", number 1, has the weight 1.75 for attrition", "a number from 0 to 1"),
        (TOML.replace("0.75", "true"), ", number 1, has the weight True for attrition", "a number from 0 to 1"),
        (
            TOML.replace('["Senior agent"]', '"Senior agent"'),
            ", number 1, has jobs = 'Senior agent'",
            'jobs = ["…"], a list of texts',
        ),
        (
            TOML.replace('jobs = ["Senior agent"]', 'departments = [""]'),
            ", number 1, has departments = ['']",
            'departments = ["…"], a list of texts',
        ),
    ],
)
def test_what_cannot_be_read_is_named(text: str, found: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_toml(text)
    assert (raised.value.found, raised.value.expected) == (f"profiles{found}", expected)


def test_an_entry_that_is_right_raises_nothing() -> None:
    def wrong(found: str, _expected: str) -> Exception:
        return AssertionError(found)

    values = {"name": " X ", "weights": {"satisfaction": 1, "attrition": 0}, "departments": ["IT"]}
    assert profile_from(values, wrong) == Profile("X", ((B, 0.0), (A, 1.0)), departments=("IT",))


def test_weights_that_do_not_make_one_are_no_policy() -> None:
    with pytest.raises(InvalidInput, match=r"the weights of the profile 'Internal' sum to 0\.5"):
        replace(DEFAULT_POLICY, profiles=(replace(INTERNAL, weights=((A, 0.5),)),))


def test_days_and_moments_do_not_depend_on_the_order_of_jobs() -> None:
    jobs = [
        job("Senior agent", period=Period(YEAR.start + timedelta(at), YEAR.start + timedelta(at + 9))) for at in (0, 50)
    ]
    assert shares(*jobs) == shares(*reversed(jobs)) == {"Second line": 1}
