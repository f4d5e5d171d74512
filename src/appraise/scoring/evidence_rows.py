"""The events behind one employee's figures, one by one, by the same expressions that the figures are made with.

Only the employee's own customers are looked at: who served or owned a customer, and what the customer did, is all
that credit depends on. Lost buyers are told of by a silence, which is no event; of subscriptions the end is one.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import ibis

from appraise.domain.events import EventKind
from appraise.domain.evidence import EvidenceRow, Use
from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.identifiers import EmployeeId, IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.money import in_whole_units
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULTS, Attribution, Policy, Relation
from appraise.scoring.arrays import how_many
from appraise.scoring.attrition import NOT_CHOSEN, months_of_grace
from appraise.scoring.event_tables import readable, surely
from appraise.scoring.indicator import Shared
from appraise.scoring.left_out import reason_of_end
from appraise.scoring.lifetime_value import credited_contacts as credited_for_value
from appraise.scoring.owned_time import owned_time
from appraise.scoring.prepared import Prepared, currencies, main_currency, prepare
from appraise.scoring.references import Directory, directory, resolved
from appraise.scoring.repeat_purchase import credited_contacts as credited_for_repeats
from appraise.scoring.satisfaction import credited_answers

Key = tuple[str, str]
"""Source and id of an event."""
_Source = tuple[ibis.Table, Callable[[dict[str, Any]], str]]
_SERVING: Final = (EventKind.CONTACTS, EventKind.RATINGS, EventKind.PURCHASES, EventKind.OWNERSHIPS)
_ASKED: Final = (EventKind.CONTACTS, EventKind.RATINGS, EventKind.CUSTOMERS)
_PLACES: Final = Decimal("0.0001")


USED_FOR: Final[Mapping[IndicatorKey, tuple[EventKind, ...]]] = {
    SATISFACTION: (EventKind.RATINGS,),
    REPEAT_PURCHASE: (EventKind.CONTACTS, EventKind.PURCHASES),
    LIFETIME_VALUE: (EventKind.CONTACTS, EventKind.PURCHASES),
    ATTRITION: (EventKind.SUBSCRIPTIONS,),
}
"""The kinds of event that may have a use for an indicator."""
THEIRS: Final = 0
"""The position of the employee who is looked at: the first, so that statements are the same for everybody."""


def evidence_rows(  # noqa: PLR0913  # what a run was computed from, each part named
    events: Mapping[EventKind, ibis.Table],
    people: PeopleSnapshot,
    policy: Policy,
    cycle: Period,
    employee: EmployeeId,
    *,
    data_as_of: date,
    rates: ExchangeRates | None = None,
    kinds: Collection[EventKind] = tuple(EventKind),
) -> tuple[EvidenceRow, ...]:
    """Every event of these kinds that names the employee in the cycle, or of which a share is theirs; newest first."""
    employees = sorted(people.employees, key=lambda one: (one.id != employee, one.id))
    if not employees or employees[THEIRS].id != employee:
        return ()
    known = directory(employees, people.employments)
    theirs = _of_their_customers(events, known, _read_for(kinds, policy), data_as_of=data_as_of)
    if theirs is None:
        return ()
    prepared = prepare(theirs, known, cycle=cycle, data_as_of=data_as_of, exclusions=policy.exclusions, rates=rates)
    if rates is None and EventKind.PURCHASES in theirs:  # most of everybody's purchases, not of theirs
        currency = main_currency(currencies(readable(events, EventKind.PURCHASES, data_as_of=data_as_of)))
        prepared = replace(prepared, currency=currency)
    return _Reader(prepared, policy, kinds).rows()


def _read_for(kinds: Collection[EventKind], policy: Policy) -> Collection[EventKind]:
    """What must be read to tell of these: of answers about a contact of one's own, no sales and no accounts."""
    rules = dict(policy.indicators).get(SATISFACTION)
    is_direct = rules is None or rules.attribution is Attribution.DIRECT
    return _ASKED if is_direct and set(kinds) <= set(_ASKED) else tuple(EventKind)


def _of_their_customers(
    events: Mapping[EventKind, ibis.Table], people: Directory, kinds: Collection[EventKind], *, data_as_of: date
) -> dict[EventKind, ibis.Table] | None:
    """Events of these kinds of customers whom the employee served or owned; None where there are none.

    Customers of several sources belong together by their link, so whoever has a link of one of them comes along.
    """
    tables = {kind: readable(events, kind, data_as_of=data_as_of) for kind in events}
    serving = [tables[kind] for kind in _SERVING if kind in events]
    if not serving:
        return None
    names = resolved(serving, people)
    named = names.filter(names.employee == THEIRS)
    of_them = [
        table.semi_join(named, ["employee_namespace", "employee_key"]).select("source", "customer_key")
        for table in serving
    ]
    first = ibis.union(*of_them).distinct().cache()
    if not how_many(first):
        return None
    keys = ibis.union(*(table.select("source", "customer_key", "link_key") for table in tables.values())).distinct()
    links = keys.semi_join(first, ["source", "customer_key"]).select("link_key").distinct()
    linked = keys.semi_join(links.filter(links.link_key.notnull()), "link_key").select("source", "customer_key")
    wanted = ibis.union(first, linked, distinct=True).cache()
    return {
        kind: table.semi_join(wanted, ["source", "customer_key"]).cache()
        for kind, table in events.items()
        if kind in kinds
    }


class _Reader:
    def __init__(self, prepared: Prepared, policy: Policy, kinds: Collection[EventKind]) -> None:
        self._shared, self._prepared, self._policy, self._kinds = Shared(prepared), prepared, policy, kinds

    def rows(self) -> tuple[EvidenceRow, ...]:
        told: dict[tuple[EventKind, Key], dict[str, Any]] = {}
        uses: dict[tuple[EventKind, Key], dict[IndicatorKey, Use]] = {}
        for kind, source in self._sources.items():
            if kind not in self._kinds:
                continue
            table, says = source()
            for row in _fetched(table):
                told.setdefault((kind, (row["source"], row["event_id"])), {**row, "says": says(row)})
        for indicator, kind, table in self._uses():
            for row in _fetched(table):
                key = kind, (row["source"], row["event_id"])
                if key in told:
                    credit = Decimal(repr(row["weight"])).quantize(_PLACES)
                    uses.setdefault(key, {})[indicator] = Use(indicator, credit, row["left_out"])
        found = [_row(kind, row, tuple(uses.get((kind, key), {}).values())) for (kind, key), row in told.items()]
        return tuple(sorted((row for row in found if row.is_named or row.uses), key=lambda row: row.key))

    @property
    def _sources(self) -> Mapping[EventKind, Callable[[], _Source]]:
        """The events that are told of at all, with the columns that say what they are, and how."""
        return {
            EventKind.CONTACTS: self._contacts,
            EventKind.RATINGS: self._ratings,
            EventKind.PURCHASES: self._purchases,
            EventKind.OWNERSHIPS: self._ownerships,
            EventKind.SUBSCRIPTIONS: self._subscriptions,
        }

    def _contacts(self) -> _Source:
        return self._chosen(self._in_cycle(self._prepared.contacts), "channel", "topic"), _contact

    def _ratings(self) -> _Source:
        return self._chosen(self._answers, "scale", "score", "score_low", "score_high"), _rating

    @cached_property
    def _answers(self) -> ibis.Table:
        """Each with whom it is about."""
        direct = replace(DEFAULTS[SATISFACTION], attribution=Attribution.DIRECT)  # of policies without it, too
        return credited_answers(self._shared, direct, "source", "event_id", "score", "score_low", "score_high")

    def _purchases(self) -> _Source:
        return self._chosen(self._in_cycle(self._prepared.purchases), "kind", "amount", "currency"), _purchase

    def _ownerships(self) -> _Source:
        prepared, owned = self._prepared, self._prepared.ownerships
        lasting = owned.filter(
            (owned["at"] < prepared.end) & (owned.ended_at.isnull() | (owned.ended_at > prepared.start))
        )
        return self._chosen(lasting, "ended_at"), _ownership

    def _subscriptions(self) -> _Source:
        return self._chosen(self._ended(), "ended_at", "end_reason", "product"), _subscription

    def _in_cycle(self, table: ibis.Table) -> ibis.Table:
        return table.filter((table["at"] >= self._prepared.start) & (table["at"] < self._prepared.end))

    def _chosen(self, table: ibis.Table, *columns: str) -> ibis.Table:
        return table.select(
            "source",
            "event_id",
            "at",
            *columns,
            is_named=ibis.coalesce(table.employee == THEIRS, False),
        )

    def _uses(self) -> Iterator[tuple[IndicatorKey, EventKind, ibis.Table]]:
        """What is credited to the employee, by indicator and kind: `source`, `event_id`, `weight`, `left_out`."""
        rules = dict(self._policy.indicators)
        columns = ["source", "event_id", "weight", "left_out"]
        if SATISFACTION in rules and EventKind.RATINGS in self._kinds:
            answers = self._answers
            if rules[SATISFACTION].attribution is not Attribution.DIRECT:
                answers = credited_answers(self._shared, rules[SATISFACTION], "source", "event_id")
            yield SATISFACTION, EventKind.RATINGS, self._ours(answers).select(columns)
        touches = [one for one in self._touches() if one[0] in self._kinds]
        for indicator, credited in self._of_moments(rules) if touches else ():
            moments = self._ours(credited).select("customer", "at", "weight", "left_out")
            for kind, table in touches:
                yield indicator, kind, table.inner_join(moments, ["customer", "at"]).select(columns)
        by_owner = ATTRITION in rules and rules[ATTRITION].attribution is Attribution.OWNERSHIP
        if by_owner and EventKind.SUBSCRIPTIONS in self._kinds:
            yield ATTRITION, EventKind.SUBSCRIPTIONS, self._losses().select(columns)

    def _of_moments(self, rules: Mapping[IndicatorKey, Any]) -> Iterator[tuple[IndicatorKey, ibis.Table]]:
        if EventKind.PURCHASES not in self._prepared.present:
            return
        if REPEAT_PURCHASE in rules:
            yield REPEAT_PURCHASE, credited_for_repeats(self._shared, rules[REPEAT_PURCHASE])
        if LIFETIME_VALUE in rules:
            yield LIFETIME_VALUE, credited_for_value(self._shared, self._policy)

    def _ours(self, credited: ibis.Table) -> ibis.Table:
        return credited.filter((credited.employee == THEIRS) & (credited.weight > 0))

    def _touches(self) -> Iterator[tuple[EventKind, ibis.Table]]:
        """Events that are a moment of service: where one of several at a moment is the employee's own, that one."""
        bought = self._prepared.purchases
        sales = bought.filter((bought.kind == "purchase") & bought.named)
        for kind, table in ((EventKind.CONTACTS, self._prepared.contacts), (EventKind.PURCHASES, sales)):
            own = ibis.coalesce(table.employee == THEIRS, False)
            marked = table.mutate(own=own.cast("int64"))
            best = marked.own.max().over(ibis.window(group_by=["customer", "at"]))
            yield (
                kind,
                marked.mutate(best=best).filter(marked.own == best).select("source", "event_id", "customer", "at"),
            )

    def _ended(self) -> ibis.Table:
        """Subscriptions that ended in the cycle, with who owned the customer then."""
        prepared = self._prepared
        rows = prepared.subscriptions.filter(
            (prepared.subscriptions.ended_at >= prepared.start) & (prepared.subscriptions.ended_at < prepared.end)
        ).drop("employee", "why")
        owned = owned_time(prepared, grace_days=self._policy.ownership_grace_days)
        held = owned.select("customer", "employee", "weight", "begins", "ends", "taken_over", "protected_until")
        return rows.inner_join(
            held, [rows.customer == held.customer, held.begins < rows.ended_at, held.ends >= rows.ended_at]
        )

    def _losses(self) -> ibis.Table:
        ended, rules = self._ours(self._ended()), self._policy.of(ATTRITION)
        if rules.relation is Relation.NON_CONTRACTUAL:
            return ended.filter(False).mutate(left_out=ibis.null("string"))  # noqa: FBT003
        # Whoever owned the customer before the subscription began inherited none.
        inherited = (ended.taken_over > ended["at"]) & (ended.ended_at <= ended.protected_until)
        other = ibis.cases(
            (ended.end_reason.fill_null("") == "involuntary", NOT_CHOSEN),
            (surely(inherited), months_of_grace(self._policy)),
        )
        return ended.mutate(left_out=ibis.coalesce(reason_of_end(ended, self._prepared.exclusions), other))


def _fetched(table: ibis.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows


def _row(kind: EventKind, row: Mapping[str, Any], uses: tuple[Use, ...]) -> EvidenceRow:
    at = datetime.fromtimestamp(row["at"] if kind is not EventKind.SUBSCRIPTIONS else row["ended_at"], UTC)
    return EvidenceRow(kind, row["source"], row["event_id"], at, row["says"], row["is_named"], uses)


def _contact(row: Mapping[str, Any]) -> str:
    by = f" by {row['channel']}" if row["channel"] else ""
    about = f" about {row['topic']}" if row["topic"] else ""
    return f"Contact{by}{about}"


def _rating(row: Mapping[str, Any]) -> str:
    score, low, high = (f"{row[name].normalize():f}" for name in ("score", "score_low", "score_high"))
    return f"Answer {score} on a scale of {low} to {high}"


def _purchase(row: Mapping[str, Any]) -> str:
    what = "Sale" if row["kind"] == "purchase" else "Reversal of a sale"
    amount = in_whole_units(abs(row["amount"]), row["currency"])
    return f"{what}, {amount:,f} {row['currency']}"


def _ownership(row: Mapping[str, Any]) -> str:
    if row["ended_at"] is None:
        return "Customer of this employee, with no end"
    return f"Customer of this employee until {datetime.fromtimestamp(row['ended_at'], UTC).date()}"


def _subscription(row: Mapping[str, Any]) -> str:
    of = f" of {row['product']}" if row["product"] else ""
    return f"Subscription{of} ended" + (f", {row['end_reason']}" if row["end_reason"] else "")
