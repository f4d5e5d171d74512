"""The six kinds of event and their canonical columns."""

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    CONTACTS = "contacts"
    RATINGS = "ratings"
    PURCHASES = "purchases"
    SUBSCRIPTIONS = "subscriptions"
    OWNERSHIPS = "ownerships"
    CUSTOMERS = "customers"


class ColumnType(StrEnum):
    """INTEGER has 64 bits, DECIMAL six exact places, TIMESTAMP is UTC in microseconds, MONEY integer minor units."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: ColumnType
    required: bool = False
    vocabulary: tuple[str, ...] = ()
    description: str = ""


# Every event has these. `employee_key` is the employee as of the event in the words of `employee_namespace`
# (see domain.employees.ExternalReference); the pair is resolved when scoring, so that unknown people may come later.
# `link_key` joins a customer across sources: the keyed hash of a normalised e-mail address, or a crosswalk's key.
COMMON: tuple[Column, ...] = (
    Column(
        "event_id",
        ColumnType.TEXT,
        required=True,
        description="unique per source; a second row supersedes the first",
    ),
    Column("occurred_at", ColumnType.TIMESTAMP, required=True, description="when it happened, UTC"),
    Column(
        "customer_key",
        ColumnType.TEXT,
        required=True,
        description="the customer's id in this source",
    ),
    Column("link_key", ColumnType.TEXT, description="joins the customer across sources"),
    Column("employee_namespace", ColumnType.TEXT, description="which kind of reference employee_key is"),
    Column("employee_key", ColumnType.TEXT, description="who served the customer, as of the event"),
)

# Case-mix columns: what the case and the customer were, never what the employee made of them.
CASE_MIX: tuple[Column, ...] = (
    Column(
        "channel",
        ColumnType.TEXT,
        description="how the customer came: phone, email, chat, web, store …",
    ),
    Column("topic", ColumnType.TEXT, description="what the contact was about"),
    Column("product", ColumnType.TEXT, description="product or plan concerned"),
    Column("segment", ColumnType.TEXT, description="kind of customer"),
    Column("region", ColumnType.TEXT, description="where the customer is"),
)

COLUMNS: dict[EventKind, tuple[Column, ...]] = {
    EventKind.CONTACTS: (
        *COMMON,
        *CASE_MIX,
        Column("case_id", ColumnType.TEXT, description="the ticket or case that the contact belongs to"),
        Column("outcome", ColumnType.TEXT, vocabulary=("open", "resolved", "unresolved", "abandoned")),
        Column("transferred", ColumnType.BOOLEAN, description="more than one employee held the case"),
    ),
    EventKind.RATINGS: (
        *COMMON,
        *CASE_MIX,
        Column(
            "contact_id",
            ColumnType.TEXT,
            description="event_id of the rated contact in the same source",
        ),
        Column(
            "scale",
            ColumnType.TEXT,
            required=True,
            description="name of the declared scale, e.g. csat_1_5",
        ),
        Column("score", ColumnType.DECIMAL, required=True, description="the answer on its own scale"),
        Column("score_low", ColumnType.DECIMAL, required=True, description="worst answer of the scale"),
        Column("score_high", ColumnType.DECIMAL, required=True, description="best answer of the scale"),
    ),
    EventKind.PURCHASES: (
        *COMMON,
        *CASE_MIX,
        Column(
            "order_id",
            ColumnType.TEXT,
            required=True,
            description="the order that the row belongs to",
        ),
        Column("kind", ColumnType.TEXT, required=True, vocabulary=("purchase", "reversal")),
        Column(
            "amount",
            ColumnType.MONEY,
            required=True,
            description="minor units; reversals are negative",
        ),
        Column("currency", ColumnType.TEXT, required=True, description="ISO 4217"),
    ),
    EventKind.SUBSCRIPTIONS: (
        *COMMON,
        *CASE_MIX,
        Column(
            "ended_at",
            ColumnType.TIMESTAMP,
            description="the day of loss, not of the click; null while it runs",
        ),
        Column("end_reason", ColumnType.TEXT, vocabulary=("voluntary", "involuntary")),
        Column("amount", ColumnType.MONEY, description="minor units per interval"),
        Column("currency", ColumnType.TEXT, description="ISO 4217"),
        Column("interval", ColumnType.TEXT, vocabulary=("day", "week", "month", "quarter", "year")),
    ),
    EventKind.OWNERSHIPS: (
        *COMMON,
        Column(
            "ended_at",
            ColumnType.TIMESTAMP,
            description="end of the ownership; null while it lasts",
        ),
    ),
    EventKind.CUSTOMERS: (
        *COMMON,
        Column("segment", ColumnType.TEXT, description="kind of customer"),
        Column("region", ColumnType.TEXT, description="where the customer is"),
    ),
}
"""Column order of the stored tables; `source` (whose event it is) and the load's columns come from the store."""

IDS = frozenset({"event_id", "customer_key", "link_key", "employee_key", "case_id", "contact_id", "order_id"})
"""Columns by which rows are told apart or joined: a damaged one makes one event of two, or two of one."""
