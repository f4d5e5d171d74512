"""What lint says of a policy, word for word: what was found, in which key, what it means, what would do."""

import pytest

from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.policy_documents import read_toml
from appraise.domain.policy_lint import lint, refuse_errors, warnings_of
from appraise.errors import InvalidInput
from appraise.scoring.installed import installed

installed()  # what is installed is known, also where these tests run without the others

BESIDE = "[indicators.attrition]\nweight = 0.5\n"
HALF = f"{BESIDE}[indicators.satisfaction]\nweight = 0.5\n"
PURCHASES = f"{BESIDE}[indicators.repeat_purchase]\nweight = 0.5\n"
CHANNELS = "channel, topic, product, segment, region"
COMPLETE = (
    'attribution = "linear"\ncase_mix = []\nminimum_events = 5\nwindow_days = 9\nhalf_life_days = 9\nhorizon_days = 9\n'
)
THREE_QUARTERS = "[indicators.satisfaction]\nweight = 0.75\n"
INSTALLED = "satisfaction, repeat_purchase, lifetime_value, attrition, first_contact_resolution, transfers"


@pytest.mark.parametrize(
    ("text", "finding", "where"),
    [
        (
            "[indicators.satisfaction]\nweight = 1\n",
            "warning: satisfaction alone decides: nothing else is weighed against it",
            "indicators; policy-of-one",
        ),
        (
            "[indicators.repeat_purchase]\nweight = 0.5\n[indicators.lifetime_value]\nweight = 0.5\n",
            (
                "warning: all that is weighed comes of purchases: where these are wrong or incomplete everything is, and "
                "chance moves all of it together"
            ),
            "indicators; one-kind-of-events",
        ),
        (
            "[[profiles]]\nname = 'A'\nweights = { repeat_purchase = 0.5, lifetime_value = 0.5 }",
            (
                "warning: all that is weighed in the profile A comes of purchases: where these are wrong or incomplete "
                "everything is, and chance moves all of it together"
            ),
            "profiles.A; one-kind-of-events",
        ),
        (
            "attributable_share = 1",
            (
                "error: all of the difference between employees is taken to be their own, and no reason is given; say under"
                " [reasons] how customers come to reach employees at random"
            ),
            "attributable_share; share-without-reason",
        ),
        (
            "attributable_share = 0.75",
            "warning: 0.75 is above the reference range of .5 to .7: busy employees will be flagged by luck",
            "attributable_share; share-above-range",
        ),
        (
            "attributable_share = 0.4",
            ("warning: 0.4 is under the reference range of .5 to .7: most of what employees did is taken for chance"),
            "attributable_share; share-below-range",
        ),
        (
            "attributable_share = 0.09",
            (
                "error: with 0.09 hardly any of the difference between employees is their own: all would be shown as"
                " average, in intervals that are narrow only because the policy says so; at least .1"
            ),
            "attributable_share; share-too-small",
        ),
        (
            "publish_reliability = 0.49",
            "error: estimates would be published at a reliability of 0.49: more noise than signal; at least .5",
            "publish_reliability; publish-under-floor",
        ),
        (
            "consequence_reliability = 0.69",
            "error: estimates would carry consequences at a reliability of 0.69; at least .7",
            "consequence_reliability; consequence-under-floor",
        ),
        (
            "publish_reliability = 0.8\nconsequence_reliability = 0.75",
            "error: 0.75 is less than it takes to publish (0.8): every estimate would carry consequences",
            "consequence_reliability; consequence-under-publish",
        ),
        (
            "[indicators.satisfaction]\nweight = 0.9",
            "error: the weights of the indicators sum to 0.9, not to 1",
            "indicators; weights-do-not-sum",
        ),
        (
            f"{HALF}minimum_events = 9",
            "error: an estimate would be published on 9 answers; at least 10",
            "indicators.satisfaction.minimum_events; minimum-under-floor",
        ),
        (
            f"{PURCHASES}minimum_events = 4",
            "error: an estimate would be published on 4 expected events; at least 5",
            "indicators.repeat_purchase.minimum_events; minimum-under-floor",
        ),
        (
            f"{HALF}[indicators.transfers]\nminimum_events = 9",
            "error: an estimate would be published on 9 events; at least 10",
            "indicators.transfers.minimum_events; minimum-under-floor",
        ),
        (
            f"{HALF}[indicators.transfers]\nminimum_events = 1",
            "error: an estimate would be published on 1 event; at least 10",
            "indicators.transfers.minimum_events; minimum-under-floor",
        ),
        (
            f'{HALF}case_mix = ["handle_time"]',
            "error: the employee controls handle_time: to adjust for it takes away what is to be measured",
            "indicators.satisfaction.case_mix; employee-controls-covariate",
        ),
        (
            f'{HALF}case_mix = ["topic", "gender"]',
            "error: gender is a protected attribute: it serves the adverse-impact analysis and nothing else",
            "indicators.satisfaction.case_mix; protected-covariate",
        ),
        (
            f'{HALF}case_mix = ["mood"]',
            f"error: satisfaction cannot be compared by mood; one of: {CHANNELS}",
            "indicators.satisfaction.case_mix; unknown-covariate",
        ),
        (
            f'{PURCHASES}case_mix = ["Prior_Purchase"]',
            "error: repeat_purchase cannot be compared by Prior_Purchase; did you mean prior_purchases?",
            "indicators.repeat_purchase.case_mix; unknown-covariate",
        ),
        (
            f'{HALF}[indicators.transfers]\ncase_mix = ["mood"]',
            f"error: transfers cannot be compared by mood; one of: {CHANNELS}, prior_purchases",
            "indicators.transfers.case_mix; unknown-covariate",
        ),
        (
            f"{THREE_QUARTERS}[indicators.handle_time]\nweight = 0.25\n{COMPLETE}",
            (
                "error: handle_time is what the employee does, not what becomes of the customer: scored, it rewards the"
                " doing"
            ),
            "indicators.handle_time; employee-controls-item",
        ),
        (
            f"{THREE_QUARTERS}[indicators.charm]\nweight = 0.25\n{COMPLETE}",
            f"error: there is no indicator charm; one of: {INSTALLED}",
            "indicators.charm; unknown-indicator",
        ),
        (
            f"{THREE_QUARTERS}[indicators.SATISFACTIONS]\nweight = 0.25\n{COMPLETE}",
            "error: there is no indicator SATISFACTIONS; did you mean satisfaction?",
            "indicators.SATISFACTIONS; unknown-indicator",
        ),
        (
            f"{THREE_QUARTERS}[indicators.first_contact_resolution]\nweight = 0.25",
            (
                "error: first_contact_resolution is read as context and carries no weight, unless [reasons] says why under"
                ' "indicators.first_contact_resolution.weight"'
                ""
            ),
            "indicators.first_contact_resolution.weight; unapproved-indicator",
        ),
        (
            f"{PURCHASES}horizon_days = 89",
            (
                "warning: outcomes count for 89 days, touches for 90: the older ones earn credit only for what later"
                " contacts brought about"
            ),
            "indicators.repeat_purchase.horizon_days; horizon-under-window",
        ),
        (
            f"{PURCHASES}horizon_days = 1",
            (
                "warning: outcomes count for 1 day, touches for 90: the older ones earn credit only for what later"
                " contacts brought about"
            ),
            "indicators.repeat_purchase.horizon_days; horizon-under-window",
        ),
        (
            f"{PURCHASES}half_life_days = 91",
            (
                "warning: the half-life of 91 days is longer than the window of 90: credit hardly decays before it is cut"
                " off"
            ),
            "indicators.repeat_purchase.half_life_days; half-life-over-window",
        ),
    ],
)
def test_a_finding_says_what_is_wrong_and_where(text: str, finding: str, where: str) -> None:
    assert [str(one) for one in lint(read_toml(text))] == [f"{finding} ({where})"]


EVAAS = (
    "levels by standard errors say how sure a difference is, not how large: "
    "with much evidence a small one becomes a 5 or a 1"
)
LEVELS_AND_LISTS = [
    (
        'rating_rule = "evaas"\nmargin = 0.25',
        [
            EVAAS,
            "margin is not read where the rating_rule is evaas",
        ],
    ),
    (
        'rating_rule = "evaas"\nlevel_certainty = 0.9',
        [
            EVAAS,
            "level_certainty is not read where the rating_rule is evaas",
        ],
    ),
    (
        "margin = 0",
        ["with a margin of 0 any difference that is sure is a 5 or a 1, however small; nobody gets a 4 or a 2"],
    ),
    ("margin = 1.5", ["hardly anybody is surely further than 1.5 sds from the average: nobody gets a 5 or a 1"]),
    ("level_certainty = 0.75", ["a level 5 or 1 may be wrong with a probability of 0.25; at most .2 is usual"]),
    (
        "rank_width = 0.75",
        ["ranks would be told that are known to within 75\N{NO-BREAK SPACE}% of the list only: read out, they mislead"],
    ),
    (
        "false_discovery_rate = 0.25",
        ["of those flagged as different from expected, 25\N{NO-BREAK SPACE}% may be expected not to be"],
    ),
]


@pytest.mark.parametrize(("text", "sentences"), LEVELS_AND_LISTS)
def test_what_is_odd_about_levels_and_lists_is_said_in_full(text: str, sentences: list[str]) -> None:
    assert [found.sentence for found in lint(read_toml(text))] == sentences


def profiles(*named: tuple[str, str, str]) -> str:
    """By name, weights, and what else stands in the table."""
    return "".join(f'[[profiles]]\nname = "{name}"\nweights = {{ {one} }}\n{more}\n' for name, one, more in named)


PAIR = "[indicators.satisfaction]\nweight = 0.5\n[indicators.attrition]\nweight = 0.5\n"
EVEN = "satisfaction = 0.5, attrition = 0.5"
CONTEXT = f"{PAIR}[indicators.transfers]\n[indicators.first_contact_resolution]\n"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            PAIR + profiles(("A", "satisfaction = 0.5, attrition = 0.4", "")),
            ["the weights of the profile A sum to 0.9, not to 1"],
        ),
        (
            PAIR + profiles(("A", "satisfaction = 0.5, charm = 0.5", "")),
            ["the profile A weighs charm, which the policy does not score"],
        ),
        (PAIR + profiles(("A", EVEN, ""), ("a", EVEN, "")), ["there are two profiles a"]),
        (
            PAIR + profiles(("A", EVEN, "jobs = ['x', 'y']"), ("B", EVEN, "jobs = ['x']")),
            ["B stands below A, which covers its jobs: nobody has it by its lists"],
        ),
        (
            PAIR + profiles(("A", "satisfaction = 1, attrition = 0", "")),
            ["one indicator alone decides in the profile A: nothing else is weighed against it"],
        ),
        (
            CONTEXT + profiles(("A", "satisfaction = 0.5, transfers = 0.5", "")),
            ["transfers is what the employee does, not what becomes of the customer: scored, it rewards the doing"],
        ),
        (
            CONTEXT + profiles(("A", EVEN, ""), ("B", "satisfaction = 0.9, first_contact_resolution = 0.1", "")),
            [
                (
                    "first_contact_resolution is read as context and carries no weight, unless [reasons] says why under"
                    ' "indicators.first_contact_resolution.weight"'
                )
            ],
        ),
        (CONTEXT + profiles(("A", EVEN, ""), ("B", f"{EVEN}, transfers = 0, first_contact_resolution = 0", "")), []),
    ],
)
def test_what_is_wrong_or_odd_about_profiles_is_said_in_full(text: str, sentences: list[str]) -> None:
    assert [found.sentence for found in lint(read_toml(text))] == sentences


def test_credit_that_a_context_indicator_cannot_share_is_answered_with_the_one_way_in_which_it_can() -> None:
    text = f'{HALF}[indicators.first_contact_resolution]\nattribution = "ownership"'

    assert [one.sentence for one in lint(read_toml(text))] == [
        "credit for first_contact_resolution cannot be shared by ownership, only by direct"
    ]


def test_the_warnings_that_are_kept_with_a_run_are_sentences() -> None:
    policy = read_toml("attributable_share = 0.75").policy()

    assert warnings_of(policy) == (
        (
            "warning: 0.75 is above the reference range of .5 to .7: busy employees will be flagged by luck"
            " (attributable_share; share-above-range)"
        ),
    )
    assert warnings_of(DEFAULT_POLICY) == ()
    assert warnings_of(read_toml("publish_reliability = 0.1").policy()) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "publish_reliability = 0.49\nattributable_share = 0.75",
            (
                "the policy has an error\n"
                "  error: estimates would be published at a reliability of 0.49: more noise than signal; at least .5"
                " (publish_reliability; publish-under-floor)"
            ),
        ),
        (
            "publish_reliability = 0.49\nconsequence_reliability = 0.69",
            (
                "the policy has 2 errors\n"
                "  error: estimates would be published at a reliability of 0.49: more noise than signal; at least .5"
                " (publish_reliability; publish-under-floor)\n"
                "  error: estimates would carry consequences at a reliability of 0.69; at least .7"
                " (consequence_reliability; consequence-under-floor)"
            ),
        ),
    ],
)
def test_a_policy_with_errors_is_refused_with_all_of_them(text: str, found: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_errors(read_toml(text))

    problem = refused.value
    assert (problem.found, problem.expected, problem.hint) == (
        found,
        "a policy in which `appraise policy lint` finds no error",
        "mend these keys; `appraise policy show` prints a policy to start from",
    )
