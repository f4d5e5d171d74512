"""How many people and customers the generated company has, by size."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """`leads`, `front` and `leavers` by branch; `contacts_a_year` of a customer before follow-ups and transfers."""

    leads: tuple[tuple[str, int], ...]
    front: tuple[tuple[str, int], ...]
    leavers: tuple[tuple[str, int], ...]
    newcomers: int
    customers: int
    subscriptions: int
    contacts_a_year: float


SIZES = {
    "small": Size(
        leads=(("service", 2), ("accounts", 1)),
        front=(("service", 9), ("accounts", 6), ("operations", 1)),
        leavers=(("service", 1),),
        newcomers=1,
        customers=2_000,
        subscriptions=700,
        contacts_a_year=1.8,
    ),
    "company": Size(
        leads=(("service", 10), ("accounts", 4), ("operations", 2), ("corporate", 2)),
        front=(("service", 100), ("accounts", 32), ("operations", 3), ("corporate", 2)),
        leavers=(("service", 3), ("accounts", 1)),
        newcomers=4,
        customers=30_000,
        subscriptions=5_500,
        contacts_a_year=1.5,
    ),
    "large": Size(
        leads=(("service", 62), ("accounts", 20), ("operations", 6), ("corporate", 6)),
        front=(("service", 680), ("accounts", 190), ("operations", 20), ("corporate", 11)),
        leavers=(("service", 20), ("accounts", 4)),
        newcomers=12,
        customers=300_000,
        subscriptions=32_000,
        contacts_a_year=1.05,
    ),
}
