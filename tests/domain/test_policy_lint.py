"""What lint finds in a policy: each rule by a document that breaks it alone."""

import dataclasses
import re
from pathlib import Path

import pytest

from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import BY_KEY, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import document_of, read_toml
from appraise.domain.policy_keys import OF_AN_INDICATOR, OF_THE_POLICY
from appraise.domain.policy_lint import CONTROLLED, PROTECTED, Finding, Level, lint, refuse_errors
from appraise.errors import InvalidInput
from appraise.scoring.case_mix import PRIOR_PURCHASES
from appraise.scoring.installed import installed

installed()  # what is installed is known, also where these tests run without the others

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "policy.md"
BESIDE = "[indicators.attrition]\nweight = 0.5\n"
ALONE = "[indicators.satisfaction]\nweight = 1\n"
PAIR = f"{BESIDE}[indicators.satisfaction]\nweight = 0.5\n"
PURCHASES = f"{BESIDE}[indicators.repeat_purchase]\nweight = 0.5\n"
TWICE = "[indicators.repeat_purchase]\nweight = 0.5\n[indicators.lifetime_value]\nweight = 0.5\n"
OF_ITS_OWN = (
    'attribution = "linear"\ncase_mix = []\nminimum_events = 5\nwindow_days = 9\nhalf_life_days = 9\nhorizon_days = 9\n'
)
THREE_QUARTERS = "[indicators.satisfaction]\nweight = 0.75\n"
TENTHS = (  # 0.1 + 0.7 + 0.2 is not 1 in binary
    "[indicators.satisfaction]\nweight = 0.1\n[indicators.repeat_purchase]\nweight = 0.7\n"
    "[indicators.attrition]\nweight = 0.2\n"
)
EVEN = "{ satisfaction = 0.5, attrition = 0.5 }"


def profile(name: str, rest: str = "", weights: str = EVEN) -> str:
    return f'[[profiles]]\nname = "{name}"\nweights = {weights}\n{rest}\n'


ERRORS = [
    (profile("A", weights="{ satisfaction = 0.5, attrition = 0.4 }"), "profile-weights-do-not-sum", "profiles.A"),
    (profile("A", weights="{ satisfaction = 0.5, charm = 0.5 }"), "profile-weighs-unscored", "profiles.A"),
    (profile("A", 'jobs = ["x"]') + profile("a", 'jobs = ["x"]'), "profile-twice", "profiles.a"),
    ("attributable_share = 1", "share-without-reason", "attributable_share"),
    ("publish_reliability = 0.49", "publish-under-floor", "publish_reliability"),
    ("consequence_reliability = 0.69", "consequence-under-floor", "consequence_reliability"),
    (
        "publish_reliability = 0.8\nconsequence_reliability = 0.75",
        "consequence-under-publish",
        "consequence_reliability",
    ),
    ("[indicators.satisfaction]\nweight = 0.9", "weights-do-not-sum", "indicators"),
    ("[indicators.satisfaction]\nweight = 0.99999", "weights-do-not-sum", "indicators"),
    (f"{PAIR}minimum_events = 9", "minimum-under-floor", "indicators.satisfaction.minimum_events"),
    (f"{PURCHASES}minimum_events = 4", "minimum-under-floor", "indicators.repeat_purchase.minimum_events"),
    (f'{PAIR}case_mix = ["handle_time"]', "employee-controls-covariate", "indicators.satisfaction.case_mix"),
    (f'{PAIR}case_mix = ["topic", "gender"]', "protected-covariate", "indicators.satisfaction.case_mix"),
    (f'{PAIR}case_mix = ["mood"]', "unknown-covariate", "indicators.satisfaction.case_mix"),
    (f'{PAIR}case_mix = ["prior_purchases"]', "unknown-covariate", "indicators.satisfaction.case_mix"),
    (
        f'{PAIR}[indicators.transfers]\nweight = 0\nattribution = "linear"',
        "attribution-not-possible",
        "indicators.transfers.attribution",
    ),
    (
        f"{THREE_QUARTERS}[indicators.handle_time]\nweight = 0.25\n{OF_ITS_OWN}",
        "employee-controls-item",
        "indicators.handle_time",
    ),
    (f"{THREE_QUARTERS}[indicators.charm]\nweight = 0.25\n{OF_ITS_OWN}", "unknown-indicator", "indicators.charm"),
    (f"{THREE_QUARTERS}[indicators.charm]\nweight = 0.25", "unknown-indicator", "indicators.charm"),
    (f"{THREE_QUARTERS}[indicators.AHT]\nweight = 0.25", "employee-controls-item", "indicators.AHT"),
    ("attributable_share = 0.09", "share-too-small", "attributable_share"),
]
WARNINGS = [
    (ALONE, "policy-of-one", "indicators"),
    (f"{ALONE}[indicators.transfers]\nweight = 0", "policy-of-one", "indicators"),
    (TWICE, "one-kind-of-events", "indicators"),
    (
        f'{BESIDE}relation = "non_contractual"\n[indicators.lifetime_value]\nweight = 0.5\n',
        "one-kind-of-events",
        "indicators",
    ),
    (
        profile("A", weights="{ repeat_purchase = 0.5, lifetime_value = 0.5, satisfaction = 0 }"),
        "one-kind-of-events",
        "profiles.A",
    ),
    (profile("A", weights="{ satisfaction = 1, attrition = 0 }"), "profile-of-one", "profiles.A"),
    (profile("A", 'jobs = ["x", "y"]') + profile("B", 'jobs = ["x"]'), "profile-hidden", "profiles.B"),
    (
        profile("A", 'departments = ["D"]') + profile("B", 'departments = ["D"]\njobs = ["x"]'),
        "profile-hidden",
        "profiles.B",
    ),
    ("attributable_share = 0.701", "share-above-range", "attributable_share"),
    ("attributable_share = 0.1", "share-below-range", "attributable_share"),
    ("attributable_share = 0.499", "share-below-range", "attributable_share"),
    (f"{PURCHASES}horizon_days = 89", "horizon-under-window", "indicators.repeat_purchase.horizon_days"),
    ('rating_rule = "evaas"', "levels-without-margin", "rating_rule"),
    ("margin = 0", "margin-none", "margin"),
    ("margin = 1.01", "margin-wide", "margin"),
    ("level_certainty = 0.79", "certainty-low", "level_certainty"),
    ("rank_width = 0.51", "rank-width-wide", "rank_width"),
    ("false_discovery_rate = 0.21", "false-flags-many", "false_discovery_rate"),
    (f"{PURCHASES}half_life_days = 91", "half-life-over-window", "indicators.repeat_purchase.half_life_days"),
]


def found(text: str) -> list[tuple[Level, str, str]]:
    return [(finding.level, finding.code, finding.path) for finding in lint(read_toml(text))]


@pytest.mark.parametrize(("text", "code", "path"), ERRORS)
def test_an_error_is_found_alone(text: str, code: str, path: str) -> None:
    assert found(text) == [(Level.ERROR, code, path)]


@pytest.mark.parametrize(("text", "code", "path"), WARNINGS)
def test_a_warning_is_found_alone(text: str, code: str, path: str) -> None:
    assert found(text) == [(Level.WARNING, code, path)]


@pytest.mark.parametrize(
    "text",
    [
        "attributable_share = 0.7",
        "attributable_share = 0.5",
        "publish_reliability = 0.5\nconsequence_reliability = 0.7",
        "publish_reliability = 0.8\nconsequence_reliability = 0.8",
        'attributable_share = 1\n[reasons]\nattributable_share = "an automatic distributor deals customers at random"',
        f"{PAIR}minimum_events = 10",
        f"{PURCHASES}minimum_events = 5\nhorizon_days = 90\nwindow_days = 90\nhalf_life_days = 90",
        f'{PURCHASES}attribution = "last_touch"\nhorizon_days = 30',  # a last touch has no window
        f'{PURCHASES}attribution = "linear"\nhalf_life_days = 365',  # and equal shares no half-life
        TENTHS,
        "margin = 1\nlevel_certainty = 0.8\nrank_width = 0.5\nfalse_discovery_rate = 0.2",
        "margin = 0.01\nrank_width = 0",
        profile("A", 'jobs = ["x"]') + profile("B", 'jobs = ["x", "y"]'),
        profile("A", 'jobs = ["x"]\ndepartments = ["D"]') + profile("B", 'jobs = ["x"]'),
        profile("A", 'jobs = ["x"]') + profile("B", 'departments = ["D"]'),
        profile("A") + profile("B"),
        profile("A") + profile("B", 'jobs = ["x"]'),
    ],
)
def test_what_is_just_allowed_is_not_found(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("key", ["margin = 0", "level_certainty = 0.79"])
def test_what_evaas_does_not_read_is_said_and_not_judged(key: str) -> None:
    assert found(f'rating_rule = "evaas"\n{key}') == [
        (Level.WARNING, "levels-without-margin", "rating_rule"),
        (Level.WARNING, "not-read", key.split(" ", maxsplit=1)[0]),
    ]


def test_the_default_policy_is_clean() -> None:
    assert lint(document_of(DEFAULT_POLICY)) == ()


@pytest.fixture
def courtesy(monkeypatch: pytest.MonkeyPatch) -> str:
    """A fifth indicator that somebody installed."""
    key = IndicatorKey("courtesy")
    monkeypatch.setitem(BY_KEY, key, dataclasses.replace(BY_KEY[SATISFACTION], key=key))
    return "[indicators.courtesy]\n" + OF_ITS_OWN


def test_a_fifth_indicator_carries_no_weight_without_a_reason(courtesy: str) -> None:
    weighed = f"{THREE_QUARTERS}{courtesy}weight = 0.25\n"

    assert found(weighed) == [(Level.ERROR, "unapproved-indicator", "indicators.courtesy.weight")]
    assert found(f'{weighed}[reasons]\n"indicators.courtesy.weight" = "agreed with the works council"') == []
    assert found(f"{PAIR}{courtesy}weight = 0\n") == []


def test_what_the_employee_controls_may_be_context_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    controlled = f"[indicators.talk_time]\n{OF_ITS_OWN}"
    error = (Level.ERROR, "employee-controls-item", "indicators.talk_time")
    assert found(f"{PAIR}{controlled}weight = 0") == [error]

    key = IndicatorKey("talk_time")
    monkeypatch.setitem(BY_KEY, key, dataclasses.replace(BY_KEY[SATISFACTION], key=key))
    assert found(f"{PAIR}{controlled}weight = 0") == []
    assert found(f"{THREE_QUARTERS}{controlled}weight = 0.25") == [error]


@pytest.mark.parametrize(
    "name",
    [
        "handle_time",
        "averageHandleTime",
        "AHT",
        "talk-time",
        "discount_given",
        "transfers",
        "channel_moved_to",
        "outcome",
    ],
)
def test_what_the_employee_controls_is_recognised_however_it_is_spelt(name: str) -> None:
    assert found(f'{PAIR}case_mix = ["{name}"]')[0][1] == "employee-controls-covariate"


@pytest.mark.parametrize(
    "name", ["age", "customerAge", "date_of_birth", "Sex", "ethnicity", "marital-status", "union_member"]
)
def test_a_protected_attribute_is_recognised_however_it_is_spelt(name: str) -> None:
    assert found(f'{PAIR}case_mix = ["{name}"]')[0][1] == "protected-covariate"


@pytest.mark.parametrize("name", ["language", "package", "essex", "thandle_timer", "outcomes2"])
def test_a_word_inside_a_longer_word_is_not_taken_for_it(name: str) -> None:
    assert found(f'{PAIR}case_mix = ["{name}"]')[0][1] == "unknown-covariate"


def test_the_documentation_lists_every_code_with_its_level_and_every_key() -> None:
    page = DOCUMENTATION.read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    codes = {row[0].strip("| `"): row[1] for row in rows if row[1] in {level.value for level in Level}}
    keys = {row[0].strip("| `") for row in rows} - set(codes)

    assert codes == {
        **dict.fromkeys([code for _, code, _ in ERRORS], "error"),
        "unapproved-indicator": "error",
        **dict.fromkeys([code for _, code, _ in WARNINGS], "warning"),
        "not-read": "warning",
    }
    assert keys == {key.name for key in (*OF_THE_POLICY, *OF_AN_INDICATOR)}


def test_the_documents_in_the_documentation_can_be_followed() -> None:
    documents = re.findall(r"```toml\n(.*?)```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)

    assert [found(text) for text in documents] == [[], [], [], []]


def test_no_term_is_empty() -> None:
    """An empty term would be found in every name."""
    assert all(CONTROLLED)
    assert all(PROTECTED)


def test_errors_come_before_warnings() -> None:
    text = "attributable_share = 0.8\npublish_reliability = 0.1"

    assert [level for level, _, _ in found(text)] == [Level.ERROR, Level.WARNING]


def test_a_misspelt_factor_is_answered_with_the_nearest() -> None:
    assert lint(read_toml(f'{PURCHASES}case_mix = ["prior_purchase"]')) == (
        Finding(
            "unknown-covariate",
            Level.ERROR,
            f"repeat_purchase cannot be compared by prior_purchase; did you mean {PRIOR_PURCHASES}?",
            "indicators.repeat_purchase.case_mix",
        ),
    )


def test_all_errors_are_named_at_once_and_warnings_stop_nothing() -> None:
    refuse_errors(read_toml("attributable_share = 0.8"))

    with pytest.raises(InvalidInput) as refused:
        refuse_errors(read_toml("attributable_share = 1\npublish_reliability = 0.1\n"))
    assert [line.split(";")[-1] for line in refused.value.found.splitlines()] == [
        "the policy has 2 errors",
        " share-without-reason)",
        " publish-under-floor)",
    ]


def test_context_is_named_alone_and_takes_its_own_defaults() -> None:
    assert found(f"{PAIR}[indicators.transfers]\n[indicators.first_contact_resolution]") == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("weight = 0.25", "unapproved-indicator"),
        ("minimum_events = 9", "minimum-under-floor"),
        ('attribution = "ownership"', "attribution-not-possible"),
    ],
)
def test_context_keeps_to_its_own_defaults(line: str, code: str) -> None:
    start = THREE_QUARTERS if "weight" in line else PAIR
    path = f"indicators.first_contact_resolution.{line.partition(' ')[0]}"

    assert found(f"{start}[indicators.first_contact_resolution]\n{line}") == [(Level.ERROR, code, path)]
