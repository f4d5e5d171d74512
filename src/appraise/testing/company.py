"""A generated company with known truth: what the vendors' systems would hold, and what a right scorer would find.

`generate(size, seed)` draws two years ending 2026-01-01: the history 2024 and the cycle 2025. No person in it exists.
Instants are aware datetimes in UTC, days are dates, money is whole cents of EUR, `None` is absence.

| table | columns |
|---|---|
| employees | as_of (2025-01-01 or 2026-01-01: a row per snapshot and employee), employee "E0001", userid "04111", given_name, family_name, email, title, level (1 executive … 4 front line), department_code, department_name, manager (employee or None), hire_date, active, zendesk_agent_id (None for those who do not use the help desk) |
| customers | customer "C000001", name, email, segment (consumer, business, premium), region |
| tickets | ticket "T0000001", customer, agent (an employee, or `UNKNOWN_AGENT`), created_at (the contact's time), solved_at (None while open), channel (email, phone, chat, web), topic (product, delivery, billing, returns, fault, complaint), segment, transferred, stations, status (open, solved, closed) |
| ratings | rating "R0000001", ticket, customer, agent, score (good, bad, or offered: no answer), created_at, comment (mostly "") |
| orders | order "100001", customer, created_at, total (after discount, before refunds), discount, refunded, cancelled_at or None, financial_status (paid, partially_refunded, refunded, voided), currency, tags (the segment) |
| order_lines | order, sku, name, quantity, price (of one piece); Σ quantity · price = total + discount |
| subscriptions | subscription "sub_000001", customer, plan (basic, plus, pro), interval (month, year), amount, status (active, past_due, canceled), created_at, start_at, canceled_at or None (the click), ended_at or None (the loss), cancellation_reason or None (cancellation_requested; payment_failed and payment_disputed are involuntary), segment |
| ownerships | customer, owner (employee), start_at, end_at or None |
| truth | employee, indicator, effect |

How the truth is planted, and where it is only nearly what a scorer estimates:

- satisfaction: P(good) = base + channel + topic + segment + u_e, additive, so a linear adjustment is exact. `effect` is
  100·u_e points, with mean 0 over those who served in the cycle.
- repeat_purchase: after a contact, until the customer's next one or 180 days, the customer buys at rate
  λ_c·exp(Σ_e w_ie u_e): weights halve every 14 days of age over the touches of 90 days, that contact included, and sum
  to 1 with the unknown agent's share at effect 0. `effect` is exp(u_e) over its mean. λ_c is gamma within a segment
  (coefficient of variation .2), so within a stratum O/E is drawn towards 1 by selection: in two large companies the
  slope of O/E on the truth was .97 and the 95 % intervals of a score-form scorer covered .94. With a coefficient of
  .35 they covered .92; hence so little heterogeneity.
- lifetime_value: orders of the same stretches are worth exp(Σ_e w_ie v_e) times the customer's own mean (gamma–gamma).
  `effect` is exp(u_e + v_e) over its mean. The chance that a repeat purchase is the customer's last (13 %, beta)
  ends more histories where more is bought.
- attrition: by half months a running subscription is lost by choice with the chance of its plan, segment and tenure
  times θ of its owner, and by a failed payment at a constant rate. `effect` is θ_e over the mean of the owners.

Employees' effects are uncorrelated with how much they serve, so plain and evidence-weighted means agree; better
employees get harder cases, rarer buyers and riskier plans. Arrivals of contacts do not depend on purchases.
"""  # noqa: E501  # a table's row is a line

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from appraise.errors import InvalidInput
from appraise.testing.company_calendar import CYCLE_END, CYCLE_START, HISTORY_START, Columns, values
from appraise.testing.company_contacts import draw_contacts
from appraise.testing.company_customers import customer_list, draw_customers
from appraise.testing.company_people import CHANGE_OF_LEAD, draw_people
from appraise.testing.company_purchases import draw_purchases, order_lists
from appraise.testing.company_sizes import SIZES
from appraise.testing.company_staff_list import staff_list
from appraise.testing.company_subscriptions import draw_subscriptions, ownership_list, subscription_list
from appraise.testing.company_tickets import UNKNOWN_AGENT, open_tickets, rating_list, ticket_list
from appraise.testing.company_truth import Truth, true_effects, truth_list

__all__ = [
    "CHANGE_OF_LEAD",
    "CYCLE_END",
    "CYCLE_START",
    "HISTORY_START",
    "UNKNOWN_AGENT",
    "Company",
    "generate",
]


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """`truth` gives the effect of (employee, indicator): points against the mean, or a ratio with mean 1."""

    size: str
    seed: int
    truth: Truth
    columns: Mapping[str, Columns]

    def table(self, name: str) -> Mapping[str, list[object]]:
        """A table as lists of Python values. Converted at each call: keep what you got while you read it."""
        if name not in self.columns:
            raise InvalidInput(f"the generated company has no table {name!r}", expected=", ".join(self.columns))
        return values(self.columns[name])


def generate(size: str = "company", seed: int = 1) -> Company:
    """The same size and seed give the same company, whatever the machine's locale and hash seed.

    `size`: small (24 employees, 2,000 customers), company (160 and 30,000) or large (1,000 and 300,000).
    """
    if size not in SIZES:
        raise InvalidInput(f"no generated company has the size {size!r}", expected=", ".join(SIZES))
    plan = SIZES[size]
    # A stream per subject: what one subject draws does not shift the others.
    streams = [np.random.Generator(np.random.PCG64(part)) for part in np.random.SeedSequence(seed).spawn(10)]
    people = draw_people(streams[0], plan)
    customers = draw_customers(streams[1], plan.customers)
    contacts = draw_contacts(streams[2], customers, people, a_year=plan.contacts_a_year)
    purchases = draw_purchases(streams[3], contacts, customers, people)
    running, owned = draw_subscriptions(streams[4], customers, people, plan)
    tickets = open_tickets(streams[5], contacts, people)
    orders, order_lines = order_lists(streams[6], purchases, customers)
    truth = true_effects(people, contacts, owned, running)
    columns = {
        "employees": staff_list(streams[7], people),
        "customers": customer_list(streams[8], customers),
        "tickets": ticket_list(streams[9], contacts, tickets, customers),
        "ratings": rating_list(streams[9], contacts, tickets, customers, people.satisfaction),
        "orders": orders,
        "order_lines": order_lines,
        "subscriptions": subscription_list(streams[9], running, customers),
        "ownerships": ownership_list(owned, running, customers, people.keys),
        "truth": truth_list(truth),
    }
    return Company(size, seed, truth, columns)
