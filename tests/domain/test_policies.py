"""The weights of a policy make 1; what a package registers is known."""

from dataclasses import replace

import pytest

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, BY_KEY, REPEAT_PURCHASE, SATISFACTION, definition_of
from appraise.domain.policies import DEFAULT_POLICY, DEFAULTS, Policy, register
from appraise.domain.profiles import Profile
from appraise.errors import InvalidInput
from appraise.scoring.installed import installed

installed()  # what is installed is known, also where these tests run without the others

COURTESY = IndicatorKey("courtesy")


def weighed(*weights: float) -> Policy:
    rules = DEFAULT_POLICY.of(SATISFACTION)
    return Policy(tuple((key, replace(rules, weight=weight)) for key, weight in zip(BY_KEY, weights, strict=False)))


@pytest.mark.parametrize("weights", [(1.0,), (0.25, 0.75), (0.1, 0.7, 0.2), (0.5, 0.5 + 1e-10), (0.5, 0.5 - 1e-10)])
def test_weights_that_make_1_but_for_rounding_are_taken(weights: tuple[float, ...]) -> None:
    assert [rules.weight for _, rules in weighed(*weights).indicators] == list(weights)


@pytest.mark.parametrize(
    ("weights", "total"), [((0.5,), "0.5"), ((0.5, 0.6), "1.1"), ((), "0"), ((0.5, 0.50001), "1.00001"), ((2.0,), "2")]
)
def test_weights_that_do_not_make_1_are_refused(weights: tuple[float, ...], total: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        weighed(*weights)

    assert str(refused.value).splitlines() == [
        f"the weights of the policy's indicators sum to {total}",
        "  expected: 1",
        "  to do:    change the weights so that together they make 1",
    ]


def test_a_profile_has_weights_of_its_own_that_make_1() -> None:
    only_satisfaction = weighed(1.0, 0.0)
    loyal = Profile("Loyal", ((ATTRITION, 1.0), (SATISFACTION, 0.0)))
    policy = replace(only_satisfaction, profiles=(loyal,))

    assert [policy.weighs(key) for key in (SATISFACTION, ATTRITION, REPEAT_PURCHASE, COURTESY)] == [
        True,
        True,
        False,
        False,
    ]
    assert [only_satisfaction.weighs(key) for key in (SATISFACTION, ATTRITION)] == [True, False]
    assert weighed(0.25, 0.75).weighs(SATISFACTION)
    with pytest.raises(InvalidInput, match=r"^the weights of the profile 'Loyal' sum to 0\.5\n"):
        replace(policy, profiles=(replace(loyal, weights=((ATTRITION, 0.5),)),))


def test_the_rules_of_an_indicator_are_found_by_its_key() -> None:
    assert DEFAULT_POLICY.of(ATTRITION) is dict(DEFAULT_POLICY.indicators)[ATTRITION]


@pytest.fixture
def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers under `courtesy` is gone after it."""
    for known in (BY_KEY, DEFAULTS):
        monkeypatch.setitem(known, COURTESY, None)  # type: ignore[arg-type]


@pytest.mark.usefixtures("nothing_stays")
def test_a_registered_indicator_is_known_with_its_defaults() -> None:
    definition = replace(definition_of(SATISFACTION), key=COURTESY)
    defaults = replace(DEFAULT_POLICY.of(SATISFACTION), weight=0.0)

    register(definition, defaults)

    assert definition_of(COURTESY) is definition
    assert DEFAULTS[COURTESY] is defaults
