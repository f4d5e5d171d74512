"""The generated company is the same everywhere, hangs together, and has the people and cases that a story needs."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from appraise.errors import InvalidInput
from appraise.testing.company import UNKNOWN_AGENT, Company, generate
from appraise.testing.company_contacts import Contacts, draw_contacts, shared_effect
from appraise.testing.company_customers import draw_customers
from appraise.testing.company_people import draw_people
from appraise.testing.company_sizes import SIZES

OPENING = datetime(2025, 1, 1, tzinfo=UTC)
END = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = {
    "employees": (
        "as_of employee userid given_name family_name email title level department_code department_name manager "
        "hire_date active zendesk_agent_id"
    ),
    "customers": "customer name email segment region",
    "tickets": ("ticket customer agent created_at solved_at channel topic segment transferred stations status"),
    "ratings": "rating ticket customer agent score created_at comment",
    "orders": ("order customer created_at total discount refunded cancelled_at financial_status currency tags"),
    "order_lines": "order sku name quantity price",
    "subscriptions": (
        "subscription customer plan interval amount status created_at start_at canceled_at ended_at "
        "cancellation_reason segment"
    ),
    "ownerships": "customer owner start_at end_at",
    "truth": "employee indicator effect",
}


@pytest.fixture(scope="module")
def company() -> Company:
    return generate("company", seed=1)


@pytest.fixture(scope="module")
def small() -> Company:
    return generate("small", seed=1)


@cache
def rows(company: Company, table: str) -> list[dict]:
    columns = company.table(table)
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def digest(company: Company) -> str:
    whole = hashlib.sha256()
    for table in TABLES:
        whole.update(repr(company.table(table)).encode())
    return whole.hexdigest()


def snapshot(company: Company, day: date) -> dict[str, dict]:
    return {row["employee"]: row for row in rows(company, "employees") if row["as_of"] == day}


def test_the_tables_and_columns_are_those_that_vendor_files_are_written_from(small: Company) -> None:
    found = {table: " ".join(small.table(table)) for table in TABLES}

    assert found == TABLES


@pytest.mark.parametrize(("size", "employees", "customers"), [("small", 24, 2_000), ("company", 160, 30_000)])
def test_a_size_has_as_many_people_as_it_says(size: str, employees: int, customers: int) -> None:
    company = generate(size, seed=2)

    assert (len(snapshot(company, date(2026, 1, 1))), len(company.table("customers")["customer"])) == (
        employees,
        customers,
    )


@pytest.mark.parametrize(
    "environment", [{"PYTHONHASHSEED": "1", "LC_ALL": "C"}, {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"}]
)
def test_another_process_with_another_locale_and_hash_seed_makes_the_same_company(
    small: Company, environment: dict[str, str]
) -> None:
    program = (
        "import runpy, sys; from appraise.testing.company import generate; "
        f"print(runpy.run_path({__file__!r})['digest'](generate('small', seed=1)))"
    )

    other = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )

    assert other.stdout.strip() == digest(small)


def test_another_seed_makes_another_company(small: Company) -> None:
    assert digest(generate("small", seed=2)) != digest(small)


def test_values_are_of_the_types_that_the_columns_promise(small: Company) -> None:
    ticket, order, employee = rows(small, "tickets")[0], rows(small, "orders")[0], rows(small, "employees")[0]

    assert [type(value) for value in (ticket["created_at"], ticket["transferred"], ticket["stations"])] == [
        datetime,
        bool,
        int,
    ]
    assert ticket["created_at"].tzinfo is UTC
    assert [type(order[name]) for name in ("order", "total", "refunded")] == [str, int, int]
    assert [type(employee[name]) for name in ("as_of", "userid", "level", "hire_date", "active")] == [
        date,
        str,
        int,
        date,
        bool,
    ]


def test_an_unknown_size_or_table_is_refused_by_name(small: Company) -> None:
    with pytest.raises(InvalidInput, match="'huge'"):
        generate("huge")
    with pytest.raises(InvalidInput, match="'invoices'"):
        small.table("invoices")


def test_the_organisation_is_a_tree_of_four_levels_and_four_departments(company: Company) -> None:
    staff = snapshot(company, date(2026, 1, 1))

    boss = [row["employee"] for row in staff.values() if row["manager"] is None]
    steps = {(staff[row["manager"]]["level"], row["level"]) for row in staff.values() if row["manager"]}
    assert (len(boss), steps) == (1, {(1, 2), (2, 3), (3, 4)})
    assert {row["department_code"][0] for row in staff.values()} == {"1", "2", "3", "4"}
    assert len({row["department_code"] for row in staff.values()}) == 14


def test_people_have_names_beyond_ascii_and_unique_plain_addresses_and_user_ids_that_start_with_zero(
    company: Company,
) -> None:
    staff = snapshot(company, date(2026, 1, 1)).values()

    names = [row["given_name"] + row["family_name"] for row in staff]
    assert sum(not name.isascii() for name in names) > len(names) / 2
    assert len({row["email"] for row in staff}) == len({row["userid"] for row in staff}) == len(names)
    assert all(row["email"].isascii() and row["userid"].startswith("0") and len(row["userid"]) == 5 for row in staff)


def test_leavers_are_inactive_in_the_second_snapshot_and_serve_no_more(company: Company) -> None:
    before, after = snapshot(company, date(2025, 1, 1)), snapshot(company, date(2026, 1, 1))
    leavers = {employee for employee, row in after.items() if not row["active"]}

    last = defaultdict(list)
    for row in rows(company, "tickets"):
        last[row["agent"]].append(row["created_at"])
    assert len(leavers) == 5
    assert all(before[employee]["active"] for employee in leavers)
    assert {max(last[employee]).month in (3, 6, 9) for employee in leavers if employee in last} == {True}


def test_one_team_gets_another_manager_because_its_own_left(company: Company) -> None:
    before, after = snapshot(company, date(2025, 1, 1)), snapshot(company, date(2026, 1, 1))
    moved = {
        e: (before[e]["manager"], after[e]["manager"]) for e in before if before[e]["manager"] != after[e]["manager"]
    }

    ((old, new),) = set(moved.values())
    assert len(moved) > 5
    assert (after[old]["active"], after[new]["active"], after[new]["level"]) == (False, True, 3)


def test_newcomers_of_december_are_only_in_the_second_snapshot_and_half_of_them_served_nobody(company: Company) -> None:
    before, after = snapshot(company, date(2025, 1, 1)), snapshot(company, date(2026, 1, 1))
    newcomers = after.keys() - before.keys()
    contacts = Counter(company.table("tickets")["agent"])

    assert {after[employee]["hire_date"] for employee in newcomers} == {date(2025, 12, 1)}
    assert sorted(contacts[employee] > 0 for employee in newcomers) == [False, False, True, True]
    assert all((employee, "satisfaction") not in company.truth for employee in newcomers if not contacts[employee])


def test_one_ticket_in_fifty_was_handled_by_somebody_the_hris_does_not_know(company: Company) -> None:
    agents = company.table("tickets")["agent"]
    known = set(company.table("employees")["employee"])

    assert {agent for agent in agents if agent not in known} == {UNKNOWN_AGENT}
    assert agents.count(UNKNOWN_AGENT) / len(agents) == pytest.approx(0.02, abs=0.002)


def test_a_transfer_is_two_tickets_of_one_customer_and_topic_with_two_agents_within_days(company: Company) -> None:
    cases = defaultdict(list)
    for row in rows(company, "tickets"):
        if row["transferred"]:
            cases[row["customer"], row["topic"], row["channel"]].append(row)
    pairs = [case for case in cases.values() if len(case) == 2]

    apart = [second["created_at"] - first["created_at"] for first, second in pairs]
    assert len(pairs) > 3_000
    assert sum(first["agent"] != second["agent"] for first, second in pairs) / len(pairs) > 0.99
    assert sum(gap <= timedelta(days=3) for gap in apart) / len(pairs) > 0.99
    assert all((row["stations"] > 1) == row["transferred"] for row in rows(company, "tickets"))


def test_ratings_belong_to_a_solved_ticket_of_the_same_customer_and_agent(company: Company) -> None:
    tickets = {row["ticket"]: row for row in rows(company, "tickets")}

    for row in rows(company, "ratings"):
        ticket = tickets[row["ticket"]]
        assert (ticket["customer"], ticket["agent"]) == (row["customer"], row["agent"])
        assert ticket["solved_at"] < row["created_at"] < END


def test_three_tickets_in_ten_are_answered_and_four_answers_in_five_are_good(company: Company) -> None:
    scores = Counter(company.table("ratings")["score"])
    answers = scores["good"] + scores["bad"]

    assert answers / len(company.table("tickets")["ticket"]) == pytest.approx(0.30, abs=0.02)
    assert scores["good"] / answers == pytest.approx(0.78, abs=0.02)


def test_lines_less_discount_make_the_total_of_every_order(company: Company) -> None:
    lines = defaultdict(int)
    for row in rows(company, "order_lines"):
        lines[row["order"]] += row["quantity"] * row["price"]

    orders = rows(company, "orders")
    assert lines == {row["order"]: row["total"] + row["discount"] for row in orders}
    assert all(row["total"] > 0 and 0 <= row["refunded"] <= row["total"] for row in orders)


def test_no_ticket_lies_outside_its_agents_employment(company: Company) -> None:
    staff = snapshot(company, date(2026, 1, 1))

    early = [
        row["ticket"]
        for row in rows(company, "tickets")
        if row["agent"] in staff and row["created_at"].date() < staff[row["agent"]]["hire_date"]
    ]
    assert early == []


def test_the_shares_of_credit_for_one_outcome_sum_to_one() -> None:
    customers = draw_customers(np.random.default_rng(5), 2_000)
    people = draw_people(np.random.default_rng(6), SIZES["small"])
    contacts = draw_contacts(np.random.default_rng(7), customers, people, a_year=3.0)

    # A constant effect of the known employees is their whole share; the unknown agent's share is what is missing to 1.
    known = shared_effect(contacts, np.ones(len(people.jobs)))
    unknown = shared_effect(replace(contacts, agent=np.where(contacts.agent < 0, 0, -1)), np.ones(len(people.jobs)))
    np.testing.assert_allclose(known + unknown, 1.0, rtol=0, atol=1e-12)
    assert known.min() == 0.0
    assert ((known > 0) & (known < 1)).any()


def test_shared_credit_halves_with_every_fortnight_and_ends_after_ninety_days() -> None:
    days = np.array([0, 80, 94, 108, 200])
    one = np.zeros(5, dtype=np.int64)
    contacts = Contacts(one, days * 86_400, one, one, one, agent=np.array([0, 1, 0, 2, 1]), transferred=one > 0)

    # By hand, share of employee 0: alone; 1/(1+2^(80/14)); then 1/(1+1/2) as day 0 is 94 days ago; (1/2)/(1+1/2+1/4).
    expected = [1.0, 1 / (1 + 2 ** (80 / 14)), 2 / 3, 2 / 7, 0.0]
    np.testing.assert_allclose(shared_effect(contacts, np.array([1.0, 0.0, 0.0])), expected, rtol=1e-12)


def test_every_subscriber_has_one_owner_at_a_time_without_gaps(company: Company) -> None:
    held = defaultdict(list)
    for row in rows(company, "ownerships"):
        held[row["customer"]].append(row)

    starts = {row["customer"]: row["start_at"] for row in rows(company, "subscriptions")}
    assert held.keys() == starts.keys()
    for customer, owners in held.items():
        assert owners[0]["start_at"] <= starts[customer]
        assert all(before["end_at"] == after["start_at"] for before, after in pairwise(owners))
        assert owners[-1]["end_at"] is None


def test_the_true_effects_average_to_nothing(company: Company) -> None:
    by_indicator = defaultdict(list)
    for (_, indicator), effect in company.truth.items():
        by_indicator[indicator].append(effect)

    means = {indicator: np.mean(effects) for indicator, effects in by_indicator.items()}
    assert means == {
        "satisfaction": pytest.approx(0.0, abs=1e-9),
        "repeat_purchase": pytest.approx(1.0),
        "lifetime_value": pytest.approx(1.0),
        "attrition": pytest.approx(1.0),
    }


def test_the_truth_as_a_table_and_as_a_mapping_are_one(company: Company) -> None:
    listed = {(row["employee"], row["indicator"]): row["effect"] for row in rows(company, "truth")}

    assert listed == company.truth


def correlation(company: Company, indicator: str, burden: dict[str, list[float]]) -> float:
    who = [employee for employee, rows in burden.items() if len(rows) >= 30 and (employee, indicator) in company.truth]
    effects = [company.truth[employee, indicator] for employee in who]
    return float(np.corrcoef(effects, [np.mean(burden[employee]) for employee in who])[0, 1])


def test_better_agents_have_the_harder_topics(company: Company) -> None:
    burden = defaultdict(list)
    for row in rows(company, "tickets"):
        burden[row["agent"]].append(row["topic"] in {"fault", "complaint"})

    assert correlation(company, "satisfaction", burden) > 0.5


def test_agents_who_bring_customers_back_serve_more_of_the_segment_that_buys_least(company: Company) -> None:
    burden = defaultdict(list)
    for row in rows(company, "tickets"):
        burden[row["agent"]].append(row["segment"] == "premium")

    assert correlation(company, "repeat_purchase", burden) > 0.5


def test_owners_who_keep_customers_own_more_of_the_plan_that_is_lost_most(company: Company) -> None:
    plans = dict(zip(*(company.table("subscriptions")[c] for c in ("customer", "plan")), strict=True))
    burden = defaultdict(list)
    for row in rows(company, "ownerships"):
        burden[row["owner"]].append(plans[row["customer"]] == "basic")

    assert correlation(company, "attrition", burden) < -0.4


def test_a_customer_may_have_met_several_agents(company: Company) -> None:
    met = defaultdict(set)
    for row in rows(company, "tickets"):
        if row["created_at"] >= OPENING:
            met[row["customer"]].add(row["agent"])

    assert sum(len(agents) > 1 for agents in met.values()) / len(met) > 0.4
