"""The bucket of cost points, by hand: 600 a minute are 10 a second."""

from appraise.api.rate import Balance, Buckets


def test_a_bucket_empties_by_cost_and_fills_by_time() -> None:
    now = [0.0]
    buckets = Buckets(600, lambda: now[0])

    assert buckets.take("a", 500) == Balance(600, 100, 50)
    assert buckets.take("a", 200) == Balance(600, 100, 50, wait=10)
    assert buckets.take("b", 600) == Balance(600, 0, 60)
    now[0] = 10.0
    assert buckets.take("a", 200) == Balance(600, 0, 60)
    now[0] = 1_000.0
    assert buckets.take("a", 0) == Balance(600, 600, 0)
