"""How often customers answer, and where their answers cannot speak for all."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from appraise.domain.explanations import absence_sentence, sentences
from appraise.domain.indicators import SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Attribution
from appraise.domain.scorecards import AbsenceKind, Estimate, Evidence
from appraise.scoring.responses import by_employee, unspoken

TEAM = tuple("abcdefghijkl")
FEW, USUAL, CONTACTS = 5, 20, 40


def with_contacts(world: Any) -> Any:
    """Forty chats each, half of them answered; after those of `a` five, all of them with praise. Nobody asks by phone."""
    world.team(*TEAM)
    for name in TEAM:
        for k in range(CONTACTS):
            world.contact(f"{name}{k}", k, name, channel="chat", event_id=f"{name}-{k}")
            world.contact(f"{name}{k}", k + 0.5, name, channel="phone", event_id=f"{name}-{k}-phone")
        for k in range(FEW if name == "a" else USUAL):
            world.rating(
                f"{name}{k}", k + 1, None, 5 if name == "a" else 1 + (ord(name) + k) % 5, contact_id=f"{name}-{k}"
            )
    return world


def results(world: Any, policy: Any) -> dict[str, Any]:
    return {card.employee: card.result(SATISFACTION) for card in world.score(policy).scorecards}


def test_whose_customers_hardly_answer_beside_colleagues_gets_a_reason_and_no_figure(world: Any, only: Any) -> None:
    """By colleagues' rate of a half, 20 of 40; what the others answered is told as if `a` were not there."""
    with_contacts(world)
    found = results(world, only(SATISFACTION, case_mix=()))
    indifferent = results(world, only(SATISFACTION, case_mix=(), response_ratio=0))

    assert (found["a"].kind, found["a"].evidence.events) == (AbsenceKind.INSUFFICIENT_EVIDENCE, FEW)
    assert absence_sentence(found["a"]) == (
        "Too little evidence for a figure. Customers answered after 5 of 40 contacts, where colleagues' customers would "
        "have given 20 answers; so far apart they may not speak for all customers. Seen so far: 5 answers from 5 customers."
    )
    others = [found[name] for name in TEAM[1:]]
    assert all(isinstance(one, Estimate) for one in others)
    assert sum(one.evidence.events for one in others) == (len(TEAM) - 1) * USUAL
    assert isinstance(indifferent["a"], Estimate)
    assert indifferent["b"].expected != found["b"].expected


def test_from_too_few_answers_nothing_is_told_and_the_reason_says_how_many(world: Any, only: Any) -> None:
    with_contacts(world)
    found = results(world, only(SATISFACTION, case_mix=(), minimum_response=0.2, response_ratio=0))

    assert absence_sentence(found["a"]).startswith(
        "Too little evidence for a figure. Customers answered after 5 of 40 contacts (12.5\N{NO-BREAK SPACE}%); from less than 20\N{NO-BREAK SPACE}% "
        "nothing is told of all customers."
    )
    # Of eleven others 19 tell (5 + 10·20)/(40 + 10·40) = 205/440 for `b`, so 18.6 of 40.
    assert (
        "Customers answered after 20 of 40 contacts (50\N{NO-BREAK SPACE}%); by colleagues' rates 19 answers"
        in " ".join(sentences(found["b"]))
    )


def test_answers_that_name_no_contact_or_are_shared_are_not_held_against_contacts(world: Any, only: Any) -> None:
    with_contacts(world)
    shared = results(world, only(SATISFACTION, case_mix=(), attribution=Attribution.LAST_TOUCH, minimum_response=1))
    for row in world.rows.values():
        row[:] = [{**one, "contact_id": None, "employee_namespace": "desk:agent",
                   "employee_key": one["customer_key"][0]} for one in row]  # fmt: skip
    unnamed = results(world, only(SATISFACTION, case_mix=(), minimum_response=1))

    assert isinstance(shared["a"], Estimate)
    assert isinstance(unnamed["a"], Estimate)
    assert "Customers answered after" not in " ".join(sentences(unnamed["b"]))


def counts(employee: Any, contacts: Any, answered: Any) -> pa.Table:
    size = len(contacts)
    channels = {"source": ["desk"] * size, "channel": ["chat"] * size}
    return pa.table({"employee": employee, **channels, "contacts": contacts, "answered": answered})


def test_chance_and_differences_between_customers_take_the_figure_from_hardly_anybody() -> None:
    """2,000 employees whose customers' rates differ (Beta(20, 60): mean .25, sd .05), and twenty from whom two thirds
    of the answers were kept: at most a hundredth of the former and half of the latter."""
    rng = np.random.default_rng(5)
    n, rate = rng.integers(40, 400, 2020), rng.beta(20, 60, 2020)
    rate[2000:] /= 3
    found = by_employee(counts(np.arange(2020), n, rng.binomial(n, rate)))
    evidence = {
        employee: Evidence(one.answered, one.answered, Decimal(one.answered)) for employee, one in found.items()
    }
    told = sorted(unspoken(SATISFACTION, found, evidence, DEFAULT_POLICY.of(SATISFACTION)))

    assert len([employee for employee in told if employee < 2000]) <= 20
    assert len([employee for employee in told if employee >= 2000]) >= 10


def test_somebody_alone_on_a_channel_is_compared_with_nobody() -> None:
    table = counts([0, 1, 2], [40, 40, 40], [2, 20, 20]).set_column(2, "channel", pa.array(["mail", "chat", "chat"]))
    found = by_employee(table)

    assert (found[0].expected, found[0].apart) == (None, 0)
    assert found[1] == found[2]
    assert found[1].expected == pytest.approx(20)


def test_few_contacts_of_colleagues_say_little_of_anybody() -> None:
    """80 of 400 answered beside 2 of 4 by one colleague: Fisher's exact test sees nothing in it (p = .19, SciPy).

    Twenty others work by mail alone, where all answer as often, so that nothing excuses a distance.
    """
    size = 22
    table = counts(range(size), [400, 4, *[400] * 20], [80, 2, *[100] * 20])
    found = by_employee(table.set_column(2, "channel", pa.array(["chat", "chat", *["mail"] * 20])))

    assert stats.fisher_exact([[80, 320], [2, 2]]).pvalue == pytest.approx(0.19, abs=0.01)
    assert (found[0].expected, found[0].apart) == (200.0, 0)
