"""The help desk's side of the contacts: tickets, surveys and their answers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.testing.company_calendar import DAY, END, Columns, Floats, Integers, instants, words
from appraise.testing.company_contacts import (
    BASE,
    CHANNEL_EFFECT,
    CHANNELS,
    SEGMENT_EFFECT,
    TOPIC_EFFECT,
    TOPICS,
    Contacts,
)
from appraise.testing.company_customers import SEGMENTS, Customers
from appraise.testing.company_people import People

UNKNOWN_AGENT = "900000000999"
"""The `agent` of tickets handled by somebody whom the HRIS does not know: an outside partner's id, not an employee."""

_OFFERED = 0.85
_ANSWERED = 0.36
_COMMENTED = 0.06
_HOUR = 3600
_PRAISE = ("Thank you!", "Merci, très rapide.", "Sehr freundlich 👍", "Solved in one call, great", "Muchas gracias")
_BLAME = ("Still waiting", "I had to explain it three times", "Leider keine Lösung", "Nobody called back", "…")


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets of the contacts, in the contacts' order; `solved` may lie after the end."""

    keys: npt.NDArray[np.object_]
    agents: npt.NDArray[np.object_]
    solved: Integers


def open_tickets(rng: np.random.Generator, contacts: Contacts, people: People) -> Tickets:
    count = contacts.time.size
    keys = np.empty(count, dtype=object)
    keys[by_time(contacts)] = [f"T{number:07d}" for number in range(1, count + 1)]
    hours = np.minimum(5 * np.exp(rng.standard_normal(count)), 72)
    agents: npt.NDArray[np.object_] = np.append(people.keys, UNKNOWN_AGENT)
    return Tickets(keys, agents[contacts.agent], contacts.time + (hours * _HOUR).astype(np.int64))


def by_time(contacts: Contacts) -> npt.NDArray[np.intp]:
    return np.lexsort((contacts.customer, contacts.time))


def ticket_list(rng: np.random.Generator, contacts: Contacts, tickets: Tickets, customers: Customers) -> Columns:
    """Tickets by time. The contact's time is `created_at`; a ticket that is not solved by the end is open."""
    done = tickets.solved < END
    status = np.where(~done, 0, np.where(tickets.solved < END - 4 * DAY, 2, 1))
    stations = np.where(contacts.transferred, 2 + (rng.random(done.size) < 0.15), 1)  # noqa: PLR2004  # a third desk
    columns: Columns = {
        "ticket": tickets.keys,
        "customer": customers.keys[contacts.customer],
        "agent": tickets.agents,
        "created_at": instants(contacts.time),
        "solved_at": instants(tickets.solved, known=done),
        "channel": words(contacts.channel, CHANNELS),
        "topic": words(contacts.topic, TOPICS),
        "segment": words(contacts.segment, SEGMENTS),
        "transferred": contacts.transferred,
        "stations": stations,
        "status": words(status, ("open", "solved", "closed")),
    }
    order = by_time(contacts)
    return {name: column[order] for name, column in columns.items()}


def rating_list(
    rng: np.random.Generator, contacts: Contacts, tickets: Tickets, customers: Customers, effect: Floats
) -> Columns:
    """Surveys of solved tickets by time; an answer that would come after the end is still only offered."""
    surveyed = np.flatnonzero((rng.random(contacts.time.size) < _OFFERED) & (tickets.solved < END - _HOUR))
    count = surveyed.size
    delay = np.minimum(rng.exponential(20.0, count) + 0.2, 240.0)
    answer = tickets.solved[surveyed] + (delay * _HOUR).astype(np.int64)
    answered = (rng.random(count) < _ANSWERED) & (answer < END)
    good = rng.random(count) < good_share(contacts, effect)[surveyed]
    score = np.where(answered, np.where(good, 1, 0), 2)
    comment = words(rng.integers(len(_PRAISE), size=count), _PRAISE)
    comment = np.where(good, comment, words(rng.integers(len(_BLAME), size=count), _BLAME))
    comment[~answered | (rng.random(count) >= _COMMENTED)] = ""
    created = np.where(answered, answer, tickets.solved[surveyed] + _HOUR // 2)
    order = np.lexsort((contacts.customer[surveyed], created))
    columns: Columns = {
        "ticket": tickets.keys[surveyed],
        "customer": customers.keys[contacts.customer[surveyed]],
        "agent": tickets.agents[surveyed],
        "score": words(score, ("bad", "good", "offered")),
        "created_at": instants(created),
        "comment": comment,
    }
    numbers = np.array([f"R{number:07d}" for number in range(1, count + 1)], dtype=object)
    return {"rating": numbers, **{name: column[order] for name, column in columns.items()}}


def good_share(contacts: Contacts, effect: Floats) -> Floats:
    """P(good) of each contact: additive on the share itself, as the satisfaction indicator adjusts it."""
    case: Floats = CHANNEL_EFFECT[contacts.channel] + TOPIC_EFFECT[contacts.topic] + SEGMENT_EFFECT[contacts.segment]
    served_by: Floats = np.append(effect, 0.0)[contacts.agent]
    return BASE + case + served_by
