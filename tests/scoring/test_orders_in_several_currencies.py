"""Amounts of different currencies are never added: 10 euros and 100,000 yen are not 1,010 euros."""

from typing import Any

import numpy as np

from appraise.domain.indicators import LIFETIME_VALUE
from appraise.domain.scorecards import AbsenceKind
from appraise.scoring.prepared import in_several_currencies, of_one_currency


def test_an_order_in_several_currencies_is_left_out_and_counted(world: Any) -> None:
    world.team("a")
    world.purchase("c", 1, 1000, order_id="lines").purchase("c", 1, 100_000, order_id="lines", currency="JPY")
    world.purchase("d", 1, 5000, order_id="sent back").purchase("d", 3, -4000, order_id="sent back", currency="USD")
    world.purchase("e", 2, 5000, order_id="whole", currency="USD").purchase(
        "e", 3, -4000, order_id="whole", currency="USD"
    )
    world.purchase("f", -9, 10, order_id="before").purchase("f", -9, 10, order_id="before", currency="JPY")
    prepared = world.prepared()

    assert [(row["currency"], row["amount"]) for row in of_one_currency(prepared.orders).to_pyarrow().to_pylist()] == [
        ("USD", 1000)
    ]
    assert in_several_currencies(prepared.orders, prepared.start, prepared.end) == 2


def with_buyers(world: Any, *names: str) -> Any:
    """Sixty buyers in euros, served by `a` to `e`, beside what a test adds."""
    random = np.random.Generator(np.random.PCG64(3))
    world.team("a", "b", "c", "d", "e", *names)
    for k in range(60):
        usual = random.gamma(4.0, 250.0)
        for day in (*np.cumsum(random.exponential(20 + 2 * k, 12)) - 365, 20 + 2 * k):
            world.purchase(f"buyer {k}", float(day), max(1, int(usual * random.gamma(5.0, 0.2))))
        world.contact(f"buyer {k}", 5 + k, "abcde"[k % 5])
    return world


def test_buyers_in_another_currency_are_no_first_time_customers_and_the_working_names_it(world: Any, only: Any) -> None:
    with_buyers(world, "f")
    world.purchase("yen", -9, 5000, currency="JPY").purchase("yen", -8, 50, currency="USD").contact("yen", 5, "a")
    world.contact("new", 5, "a").purchase("new", 6, 50, currency="USD").contact("new", 7, "a")
    world.contact("new", 5, "f").contact("yen", 5, "f").purchase("buyer 0", 21, 500, currency="SEK")

    result = world.score(only(LIFETIME_VALUE))
    found = {card.employee: card.result(LIFETIME_VALUE) for card in result.scorecards}

    assert dict(found["a"].evidence.left_out) == {
        "customer who had paid only in JPY, USD, without an exchange rate (`appraise rates import`)": 1,
        "customer who had paid only in USD, without an exchange rate (`appraise rates import`)": 1,
        "customer without a purchase before the contact": 1,
        "purchases after a contact, paid in SEK, without an exchange rate (`appraise rates import`)": 1,
    }
    assert found["b"].evidence.left_out == ()
    assert (found["f"].kind, found["f"].reason) == (
        AbsenceKind.NOT_OBSERVED,
        (
            "The customers of this employee who had bought before had paid only in JPY, USD, without an exchange rate to "
            "EUR (`appraise rates import`)."
        ),
    )
    assert sum(count for _, count in found["f"].evidence.left_out) == 3
