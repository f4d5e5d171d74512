"""A standing is a rank with its percentile, or a tier: never both, never neither."""

from decimal import Decimal

import pytest

from appraise.domain.standings import Standing, Tier

HALF = Decimal("0.5")


@pytest.mark.parametrize(
    ("rank", "percentile", "tier", "is_one"),
    [
        (3, HALF, None, True),
        (None, None, Tier.ABOVE, True),
        (3, None, None, False),
        (None, HALF, Tier.ABOVE, False),
        (None, HALF, None, False),
        (3, None, Tier.ABOVE, False),
        (3, HALF, Tier.ABOVE, False),
        (None, None, None, False),
    ],
)
def test_it_is_a_rank_with_its_percentile_or_a_tier(
    rank: int | None, percentile: Decimal | None, tier: Tier | None, *, is_one: bool
) -> None:
    def made() -> Standing:
        return Standing(listed=9, lower_90=HALF, upper_90=HALF, rank=rank, percentile=percentile, tier=tier)

    if is_one:
        assert made().rank == rank
    else:
        with pytest.raises(ValueError, match=r"^a standing has a rank with its percentile, or a tier$"):
            made()
