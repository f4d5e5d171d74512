"""Indicators that other packages offer: found, named where they cannot be used, and never in the way of the others."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import BY_KEY, SATISFACTION, definition_of
from appraise.domain.policies import DEFAULT_POLICY, DEFAULTS
from appraise.errors import InvalidInput
from appraise.scoring.installed import indicator_named, installed

OFFER = "from dataclasses import replace\nfrom appraise.scoring.transfers import INDICATOR as OTHER\n"
AGAIN = OFFER + "INDICATOR = OTHER\n"
FIFTH = OFFER + "INDICATOR = replace(OTHER, definition=replace(OTHER.definition, key='fifth', name='Fifth'))\n"


def test_the_own_six_are_installed() -> None:
    found = installed()

    assert list(found.indicators) == list(BY_KEY) == list(DEFAULTS)
    assert {package for key, package in found.packages.items() if definition_of(key).role == "rated"} == {"appraise"}
    assert all(indicator.definition == BY_KEY[key] for key, indicator in found.indicators.items())


def test_a_package_offers_an_indicator(install: Callable[[str, str], None]) -> None:
    install("one_more", FIFTH)

    found = installed()

    assert (list(found.indicators)[-1], found.packages[IndicatorKey("fifth")]) == ("fifth", "one_more 1.2")
    assert definition_of(IndicatorKey("fifth")).name == "Fifth"
    assert found.refused == ()


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("import nothing_of_the_kind", "ModuleNotFoundError"),
        ("1 / 0", "ZeroDivisionError"),
        ("x = 1", "AttributeError"),
        ("INDICATOR = 'satisfaction'", "is a str, not an appraise.scoring.indicator.Indicator"),
        (AGAIN, "the key 'transfers' is taken by appraise"),
        (FIFTH.replace("key='fifth'", "key='composite'"), "the key 'composite' is reserved"),
        (FIFTH.replace("key='fifth'", "key='The 5th'"), "or not of small letters, digits and underscores"),
    ],
)
def test_what_cannot_be_used_is_named_and_stops_no_other(
    install: Callable[[str, str], None], module: str, reason: str
) -> None:
    install("bad_apple", module)
    install("one_more", FIFTH)

    found = installed()

    [refused] = found.refused
    assert (refused.name, refused.package) == ("bad_apple", "bad_apple 1.2")
    assert reason in refused.reason
    assert "fifth" in found.indicators
    assert found.indicators[SATISFACTION].definition.name == "Satisfaction"
    with pytest.raises(InvalidInput, match=r"bad_apple of bad_apple 1\.2 is not used"):
        indicator_named(IndicatorKey("bad_apple"))


def test_an_indicator_that_fails_is_named_with_its_package(install: Callable[[str, str], None], world: Any) -> None:
    install("one_more", FIFTH.replace("replace(OTHER, ", "replace(OTHER, measure=lambda *_: 1 / 0, "))
    world.team("a", "b")
    for name in ("a", "b"):
        world.contact(f"c-{name}", 1, name)
    rules = replace(DEFAULTS[IndicatorKey("fifth")], weight=1.0)

    with pytest.raises(InvalidInput, match=r"the indicator 'fifth' of one_more 1\.2 failed: ZeroDivisionError"):
        world.score(replace(DEFAULT_POLICY, indicators=((IndicatorKey("fifth"), rules),)))


def test_a_result_of_a_package_that_is_gone_can_still_be_read() -> None:
    gone = definition_of(IndicatorKey("first_reply"))

    assert (gone.name, gone.unit, gone.direction, gone.role) == ("First reply", None, None, "context")
    assert IndicatorKey("first_reply") not in BY_KEY
