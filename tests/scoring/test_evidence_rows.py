"""The events behind figures, one by one: as many, with as much credit, as the figures say of themselves."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.scoring.conftest import AS_OF, CYCLE, on

from appraise.domain.events import EventKind
from appraise.domain.evidence import EvidenceRow
from appraise.domain.exclusions import Exclusion
from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import Policy
from appraise.scoring.evidence_rows import USED_FOR, evidence_rows

TEAM = ("a", "b", "c", "d", "e", "f")


def served(world: Any) -> Any:
    """Everybody serves the same customers in turn; some answers are of a contact before the cycle, some off the scale."""
    world.team(*TEAM)
    for number in range(240):
        who, customer, day = TEAM[number % 6], f"c{number * 7 % 45}", number * 1.4 - 20
        contact = f"contacts-{len(world.rows.get(EventKind.CONTACTS, []))}"
        world.contact(customer, day, who, channel="phone" if number % 3 else "chat", segment="s")
        if number % 2:
            world.rating(customer, day + 1, None, 9 if number % 31 == 0 else 1 + number % 5, contact_id=contact)
        if number % 4 < 2:
            bought = "c3-shop" if customer == "c3" else customer
            world.purchase(bought, day + 3 + number % 11, 1000 + number, link_key="x" if customer == "c3" else None)
    for row in (*world.rows[EventKind.CONTACTS], *world.rows[EventKind.RATINGS]):
        row.update(link_key="x" if row["customer_key"] == "c3" else None)
    world.ownership("c1", -50, "a", until=50).ownership("c1", 50, "b").ownership("c2", -50, "b")
    world.subscription("c1", -40, ended_at=on(100), end_reason="voluntary")
    world.subscription("c2", -40, ended_at=on(90), end_reason="voluntary")
    return world.subscription("c2", -40, ended_at=on(80), end_reason="involuntary")


def rows_of(world: Any, policy: Policy, who: str, **how: Any) -> tuple[EvidenceRow, ...]:
    return evidence_rows(world.tables(), world.people(), policy, CYCLE, EmployeeId(who), data_as_of=AS_OF, **how)


def test_rows_are_as_many_and_weigh_as_much_as_the_figures_say(world: Any, lenient: Policy) -> None:
    """And ends of subscriptions count for who owned the customer then."""
    (card,) = [card for card in served(world).score(lenient).scorecards if card.employee == "b"]
    rows = rows_of(world, lenient, "b")
    uses = [(row.event_id, use) for row in rows for use in row.uses]
    for indicator in (SATISFACTION, REPEAT_PURCHASE):
        evidence = card.result(indicator).evidence
        counted = [use.credit for _, use in uses if use.indicator == indicator and use.left_out is None]
        left_out = Counter(use.left_out for _, use in uses if use.indicator == indicator and use.left_out is not None)
        told = {reason: n for reason, n in evidence.left_out if not reason.startswith("further ")}
        assert (len(counted), dict(left_out)) == (evidence.events, told)
        assert len(counted) > 30
        if indicator == REPEAT_PURCHASE:  # answers of one customer share a weight
            assert abs(sum(counted) - evidence.credit) < Decimal("0.01")

    assert {event: use.left_out for event, use in uses if use.indicator == ATTRITION} == {
        "subscriptions-0": "customer-months in the first 90 days of an inherited account",
        "subscriptions-1": None,
        "subscriptions-2": "ended for another reason than the customer's choice",
    }
    for indicator, kinds in USED_FOR.items():  # what one indicator rests on is the same, looked up alone
        found = [row for row in rows_of(world, lenient, "b", kinds=kinds) if indicator in told_of(row)]
        assert found == [row for row in rows if indicator in told_of(row)]
        assert found or indicator == LIFETIME_VALUE


def told_of(row: EvidenceRow) -> set[str]:
    return {use.indicator for use in row.uses}


def test_an_end_is_told_as_the_figure_takes_it(world: Any, only: Any) -> None:
    """`b` took both customers over before their subscriptions began, which spares nobody; a day and a segment do."""
    world.team(*"abcdef")
    for customer in ("c1", "c2", "c3"):
        world.ownership(customer, -60, "a", until=-20).ownership(customer, -20, "b")
    for number, name in enumerate("cdef"):
        world.ownership(f"x{number}", -50, name).subscription(
            f"x{number}", -40, ended_at=on(60), end_reason="voluntary"
        )
    world.subscription("c1", -10, ended_at=on(50), end_reason="voluntary")
    world.subscription("c2", -10, ended_at=on(30.5), end_reason="voluntary")
    world.subscription("c3", -10, ended_at=on(51), end_reason="voluntary", segment="test")
    day = Exclusion("the bank's outage", first_day=on(30).date(), last_day=on(30).date())
    policy = replace(
        only(ATTRITION, case_mix=()), exclusions=(day, Exclusion("our own accounts", segments=("test",))),
        publish_reliability=0.0,
    )  # fmt: skip
    told = [use.left_out for row in rows_of(world, policy, "b") for use in row.uses]
    (figure,) = [card.result(ATTRITION) for card in world.score(policy).scorecards if card.employee == "b"]

    assert sorted(told, key=str) == [None, "our own accounts", "the bank's outage"]
    assert dict(figure.working.notes)["losses credited"].startswith("1.00")


def test_whoever_served_nobody_has_no_rows(world: Any, lenient: Policy) -> None:
    assert rows_of(served(world).employee("g"), lenient, "g") == ()
    assert rows_of(world, lenient, "nobody") == ()


def test_sums_are_told_as_people_write_them(world: Any, lenient: Policy) -> None:
    served(world).purchase("c1", 60, 123_456, "a").purchase("c1", 61, -500, "a").purchase(
        "c1", 62, 950, "a", currency="JPY"
    )
    sales = {row.says for row in rows_of(world, lenient, "a") if row.kind is EventKind.PURCHASES and row.is_named}

    assert sales == {"Sale, 1,234.56 EUR", "Reversal of a sale, 5.00 EUR", "Sale, 950 JPY"}
