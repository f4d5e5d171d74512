"""The policy as a document: what is written is what is read, and nothing misspelt passes for something left out."""

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, BY_KEY, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Attribution, IndicatorPolicy, Policy, RatingRule, WatchLists
from appraise.domain.policy_documents import (
    PolicyDocument,
    canonical_json,
    document_of,
    from_json,
    policy_hash,
    read_toml,
    schema_text,
    to_toml,
)
from appraise.domain.policy_keys import OF_AN_INDICATOR, OF_THE_POLICY
from appraise.errors import InvalidInput
from appraise.scoring.installed import installed

installed()  # what is installed is known, also where these tests run without the others

SCHEMA = Path(__file__).parents[2] / "schema" / "records" / "policy.schema.json"

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
reason = words.filter(str.strip)
days = st.integers(1, 3660)
shares = st.floats(0, 1)
positive_shares = st.floats(0, 1, exclude_min=True)
names = st.one_of(st.sampled_from(sorted(BY_KEY)), words.map(IndicatorKey))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    keys = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    parts = draw(st.lists(st.integers(1, 1000), min_size=len(keys), max_size=len(keys)))
    indicators = tuple(
        (
            key,
            IndicatorPolicy(
                attribution=draw(st.sampled_from(Attribution)),
                case_mix=tuple(draw(st.lists(words, max_size=3, unique=True))),
                minimum_events=draw(st.integers(0, 1000)),
                weight=part / sum(parts),
                window_days=draw(days),
                half_life_days=draw(days),
                horizon_days=draw(days),
            ),
        )
        for key, part in zip(keys, parts, strict=True)
    )
    known = ["attributable_share", "annual_discount", f"indicators.{keys[0]}.weight"]
    return Policy(
        indicators=document_of(dataclasses.replace(DEFAULT_POLICY, indicators=indicators)).indicators,
        version=draw(st.integers(1, 1_000_000)),
        attributable_share=draw(positive_shares),
        publish_reliability=draw(shares),
        consequence_reliability=draw(shares),
        annual_discount=draw(shares),
        ownership_grace_days=draw(st.integers(0, 3660)),
        minimum_observed_weight=draw(shares),
        minimum_customers=draw(st.integers(0, 1_000_000)),
        minimum_group=draw(st.integers(5, 1_000)),
        minimum_known=draw(shares),
        minimum_linkable=draw(shares),
        rating_rule=draw(st.sampled_from(RatingRule)),
        margin=draw(st.floats(0, 3)),
        level_certainty=draw(st.floats(0.5, 0.999, exclude_min=True)),
        rank_width=draw(shares),
        false_discovery_rate=draw(st.floats(0, 0.5, exclude_min=True)),
        watch_lists=draw(st.sampled_from(WatchLists)),
        reasons=tuple(sorted(draw(st.dictionaries(st.sampled_from(known), reason)).items())),
    )


@given(policies())
def test_a_policy_written_as_toml_is_read_as_itself(policy: Policy) -> None:
    assert read_toml(to_toml(policy)).policy() == policy


@given(policies())
def test_a_document_survives_being_a_policy_and_being_json(policy: Policy) -> None:
    document = document_of(policy)

    assert document_of(document.policy()) == document
    assert from_json(json.loads(json.dumps(document.as_json()))) == document


@given(policies(), st.randoms(use_true_random=False))
def test_the_order_of_keys_and_tables_does_not_change_the_hash(policy: Policy, shuffle: random.Random) -> None:
    """Written by another TOML writer, in a random order."""

    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: shuffled(value[key]) for key in shuffle.sample(list(value), len(value))}

    text = tomli_w.dumps(shuffled(document_of(policy).as_json()))

    assert policy_hash(read_toml(text).policy()) == policy_hash(policy)


@given(policies(), policies())
def test_different_policies_have_different_canonical_json(one: Policy, other: Policy) -> None:
    assert (canonical_json(one) == canonical_json(other)) == (one == other)


def test_the_order_of_the_case_mix_is_part_of_the_policy() -> None:
    """Strata are nested in that order."""
    texts = ['case_mix = ["channel", "topic"]', 'case_mix = ["topic", "channel"]']
    one, other = (read_toml(f"[indicators.satisfaction]\nweight = 1\n{text}").policy() for text in texts)

    assert policy_hash(one) != policy_hash(other)


def test_a_whole_number_means_the_same_as_its_decimal_form() -> None:
    one, other = (read_toml(f"[indicators.satisfaction]\nweight = {text}").policy() for text in ("1", "1.0"))

    assert policy_hash(one) == policy_hash(other)


def test_an_empty_document_is_the_default_policy() -> None:
    assert read_toml("").policy() == DEFAULT_POLICY


def test_indicators_that_are_not_named_are_not_scored() -> None:
    policy = read_toml("[indicators.attrition]\nweight = 0.5\n[indicators.satisfaction]\nweight = 0.5").policy()

    halves = tuple((key, dataclasses.replace(DEFAULT_POLICY.of(key), weight=0.5)) for key in (SATISFACTION, ATTRITION))
    assert policy == dataclasses.replace(DEFAULT_POLICY, indicators=halves)


def test_a_document_may_hold_weights_that_make_no_policy() -> None:
    document = read_toml("[indicators.satisfaction]\nweight = 0.5")

    assert isinstance(document, PolicyDocument)
    with pytest.raises(InvalidInput, match=r"sum to 0\.5"):
        document.policy()


UNKNOWN = [
    ("version = 1\nanual_discount = 0.1", "anual_discount", 2, "annual_discount"),
    ("weigth = 1", "weigth", 1, "weight in [indicators.NAME]"),
    ("[indicator.satisfaction]\nweight = 1", "indicator", 1, "indicators"),
    (
        "[indicators.satisfaction]\n\nhalflife = 3",
        "indicators.satisfaction.halflife",
        3,
        "half_life_days",
    ),
    ('[reasons]\n"attributable-share" = "random"', "reasons.attributable-share", 2, "attributable_share"),
    (
        '[reasons]\n"indicators.attrition.wait" = "x"',
        "reasons.indicators.attrition.wait",
        2,
        "indicators.attrition.weight",
    ),
]


@pytest.mark.parametrize(("text", "key", "row", "meant"), UNKNOWN)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(text: str, key: str, row: int, meant: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_toml(text, file="policy.toml")

    problem = refused.value
    assert (problem.found, str(problem.place), problem.hint) == (
        f"{key} is no key of a policy",
        f"policy.toml, row {row}",
        f"did you mean {meant}?",
    )


WRONG = [
    ("version = 1.5", "version is 1.5", "a whole number, 1 to 1000000"),
    ("version = true", "version is True", "a whole number, 1 to 1000000"),
    ("attributable_share = 0", "attributable_share is 0", "a number, above 0, at most 1"),
    ("attributable_share = nan", "attributable_share is nan", "a number, above 0, at most 1"),
    ("publish_reliability = 1.01", "publish_reliability is 1.01", "a number, 0 to 1"),
    ("annual_discount = -0.1", "annual_discount is -0.1", "a number, 0 to 1"),
    ("ownership_grace_days = inf", "ownership_grace_days is inf", "a whole number, 0 to 3660"),
    ("indicators = 4", "indicators is 4", "a table: [indicators] and its keys below"),
    ("[indicators]", "indicators names no indicator", "at least one table [indicators.NAME]"),
    ("margin = 3.1", "margin is 3.1", "a number, 0 to 3"),
    ("level_certainty = 0.5", "level_certainty is 0.5", "a number, above 0.5, at most 0.999"),
    ("false_discovery_rate = 0", "false_discovery_rate is 0", "a number, above 0, at most 0.5"),
    ("rating_rule = 'curve'", "rating_rule is 'curve'", "one of: probability, evaas"),
    ("[reasons]\nversion = ' '", "reasons.version is ' '", "a sentence that says why"),
]
WRONG_OF_AN_INDICATOR = [
    ("weight = 'much'", "weight is 'much'", "a number, 0 to 1"),
    ("window_days = 0", "window_days is 0", "a whole number, 1 to 3660"),
    (
        "attribution = 'shapley'",
        "attribution is 'shapley'",
        "one of: direct, last_touch, linear, time_decay, ownership",
    ),
    ("case_mix = 'topic'", "case_mix is 'topic'", 'a list of different texts, e.g. ["channel", "topic"]'),
    ("case_mix = ['a', 'a']", "case_mix is ['a', 'a']", 'a list of different texts, e.g. ["channel", "topic"]'),
]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        *WRONG,
        *(
            (f"[indicators.attrition]\n{text}", f"indicators.attrition.{found}", expected)
            for text, found, expected in WRONG_OF_AN_INDICATOR
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_place_and_what_was_expected(text: str, found: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_toml(text, file="policy.toml")

    problem = refused.value
    assert (problem.found, problem.expected) == (found, expected)
    assert str(problem.place) == f"policy.toml, row {len(text.splitlines())}"


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"no TOML: .*line 2"):
        read_toml("version = 1\nversion : 2\n")


@pytest.mark.parametrize("text", ["version = " + "1" * 5000, "version = " + "[" * 5000, "version = 1\0"])
def test_a_hostile_document_is_refused_like_any_other(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_toml(text)


ONE = st.one_of(st.booleans(), st.integers(), st.floats(), st.just("direct"), st.just(""), st.dates())
ANYTHING = st.one_of(ONE, st.lists(ONE, max_size=2), st.dictionaries(st.just("x"), ONE, max_size=1))
LIKELY = st.sampled_from(
    [key.name for key in (*OF_THE_POLICY, *OF_AN_INDICATOR)] + ["satisfaction", "indicators", "reasons"]
)


@given(st.dictionaries(LIKELY, st.one_of(ANYTHING, st.dictionaries(LIKELY, st.dictionaries(LIKELY, ANYTHING)))))
def test_whatever_a_document_holds_it_is_read_or_refused(values: dict[str, Any]) -> None:
    try:
        document = read_toml(tomli_w.dumps(values))
    except InvalidInput:
        return
    assert read_toml(tomli_w.dumps(document.as_json())) == document


@pytest.mark.parametrize(
    ("type_", "keys", "apart"),
    [
        (Policy, OF_THE_POLICY, {"indicators", "reasons", "exclusions", "profiles"}),
        (IndicatorPolicy, OF_AN_INDICATOR, set()),
    ],
)
def test_every_choice_of_a_policy_is_a_key_of_its_document(type_: Any, keys: Any, apart: set[str]) -> None:
    """A choice that is no key would change scores and not the hash."""
    assert {key.name for key in keys} == {field.name for field in dataclasses.fields(type_)} - apart


def test_the_published_schema_is_that_of_the_domain() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


def test_the_schema_offers_every_default() -> None:
    schema = json.loads(schema_text())
    offered = schema["properties"]
    inside = offered["indicators"]["properties"]

    assert [offered[key.name]["default"] for key in OF_THE_POLICY] == [
        getattr(DEFAULT_POLICY, key.name) for key in OF_THE_POLICY
    ]
    assert {name: inside[name]["properties"]["minimum_events"]["default"] for name in inside} == {
        SATISFACTION: 10,
        REPEAT_PURCHASE: 5,
        LIFETIME_VALUE: 5,
        ATTRITION: 5,
        "first_contact_resolution": 10,
        "transfers": 10,
    }
