"""Amounts of different currencies are never added: 10 euros and 100,000 yen are not 1,010 euros."""

from typing import Any

from appraise.scoring.prepared import in_several_currencies, orders


def test_an_order_in_several_currencies_is_left_out_and_counted(world: Any) -> None:
    world.team("a")
    world.purchase("c", 1, 1000, order_id="lines").purchase("c", 1, 100_000, order_id="lines", currency="JPY")
    world.purchase("d", 1, 5000, order_id="sent back").purchase("d", 3, -4000, order_id="sent back", currency="USD")
    world.purchase("e", 2, 5000, order_id="whole", currency="USD").purchase(
        "e", 3, -4000, order_id="whole", currency="USD"
    )
    world.purchase("f", -9, 10, order_id="before").purchase("f", -9, 10, order_id="before", currency="JPY")
    prepared = world.prepared()

    assert [(row["currency"], row["amount"]) for row in orders(prepared.purchases).to_pyarrow().to_pylist()] == [
        ("USD", 1000)
    ]
    assert in_several_currencies(prepared.purchases, prepared.start, prepared.end) == 2
