"""Checks of plans for events, as declared and as the event store carries them out."""

import difflib
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import available_timezones

from appraise.adapters.contract import (
    EventPlan,
    EventSource,
    EventStage,
    ExampleCompany,
    ExampleFile,
    ImportOptions,
    Parse,
    Rule,
)
from appraise.adapters.files import read_header
from appraise.domain.events import COLUMNS, Column, ColumnType, EventKind
from appraise.testing.imported import Imported, imported, link_key
from appraise.testing.requirements import difference, drifted_by, require

PARSES = {
    ColumnType.TEXT: {Parse.TEXT, Parse.LINK},
    ColumnType.INTEGER: {Parse.INTEGER},
    ColumnType.DECIMAL: {Parse.DECIMAL, Parse.INTEGER},
    ColumnType.BOOLEAN: {Parse.BOOLEAN},
    ColumnType.TIMESTAMP: {Parse.TIMESTAMP},
    ColumnType.MONEY: {Parse.MONEY, Parse.INTEGER},
}


def planned(adapter: EventSource, path: Path, options: ImportOptions) -> tuple[tuple[str, ...], EventPlan]:
    columns = read_header(path, adapter.shape(path, options))
    return columns, adapter.plan_events(columns, path, options)


def rules_make_canonical_columns(adapter: EventSource, path: Path, options: ImportOptions) -> None:
    columns, plan = planned(adapter, path, options)
    require(plan.stages, "the plan has no stage")
    unknown = set(plan.used) - set(columns)
    require(not unknown, f"the plan uses columns that the file does not have: {sorted(unknown)}")
    for stage in plan.stages:
        require(stage.kind in adapter.declaration.reads, f"{stage.kind} is not among what the declaration reads")
        known = {column.name: column for column in COLUMNS[stage.kind]}
        surplus = stage.rules.keys() - known.keys()
        require(not surplus, f"{stage.kind}: no such canonical columns: {sorted(surplus)}")
        missing = [column.name for column in known.values() if column.required and column.name not in stage.rules]
        require(not missing, f"{stage.kind}: required columns without a rule: {missing}")
        for name, rule in stage.rules.items():
            _check_rule(known[name], rule, stage, columns)


def _check_rule(column: Column, rule: Rule, stage: EventStage, columns: Sequence[str]) -> None:
    where = f"{stage.kind}.{column.name}"
    sources = [source for source in (rule.column, rule.sql, rule.constant) if source is not None]
    require(len(sources) == 1, f"{where}: exactly one of column, sql and constant must be given, not {len(sources)}")
    require(rule.parse in PARSES[column.type], f"{where}: a {column.type} cannot be parsed as {rule.parse}")
    for named in (rule.column, rule.blame):
        known = named is None or named in columns or stage.prepare is not None
        require(known, f"{where}: the file has no column {named!r}")
    require(rule.time_zone is None or rule.time_zone in available_timezones(), f"{where}: no zone {rule.time_zone!r}")
    if column.vocabulary:
        words = {*rule.words.values(), *([rule.constant] if rule.constant is not None else [])}
        strange = words - set(column.vocabulary)
        require(not strange, f"{where}: words outside the vocabulary {column.vocabulary}: {sorted(strange)}")


def the_event_store_carries_it_out(adapter: EventSource, path: Path, options: ImportOptions) -> None:
    """Something becomes of the file, or it is said why not."""
    result = imported(adapter, path, options)
    require(any(result.events.values()) or result.skipped or result.rejected, "no row of the file was considered")
    what_is_left_out_can_be_withdrawn(result)


def what_is_left_out_can_be_withdrawn(result: Imported) -> None:
    """An earlier file may have brought the event; the row must say which, or that it speaks of none."""
    require(
        not result.nameless,
        f"rows are left out without the id of their event, so that it cannot be withdrawn: {result.nameless}; "
        "give event_id a rule for them, or the Skip withdraws=False",
    )


def planning_twice_gives_the_same(adapter: EventSource, path: Path, options: ImportOptions) -> None:
    require(planned(adapter, path, options) == planned(adapter, path, options), "two plans differ")


CHECKS = (
    ("rules make canonical columns", rules_make_canonical_columns),
    ("the event store carries the plan out", the_event_store_carries_it_out),
    ("planning twice gives the same", planning_twice_gives_the_same),
)


DRIFT = ("upper case", "blanks around", "an extra column", "a byte-order mark", "another order of columns")
"""All at once: each alone would take an import of its own."""


def survives_drift(adapter: EventSource, path: Path, options: ImportOptions) -> None:
    """The directory of `path` takes a changed copy."""
    _, plan = planned(adapter, path, options)
    if plan.shape.header_row == 0:
        return
    for name, copy in drifted_by(DRIFT, path, plan.shape.first_data_row - 1):
        require(imported(adapter, copy, options) == imported(adapter, path, options), f"{name}: other events are made")


def survives_drift_of_a_copy(adapter: EventSource, path: Path, options: ImportOptions, *, golden: Path) -> None:
    """Not by its warnings and columns that are not read, which may name what has drifted."""
    _, plan = planned(adapter, path, options)
    with tempfile.TemporaryDirectory(prefix="appraise-drift-") as name:
        whole = Path(shutil.copy(path, name))
        for title, copy in drifted_by(DRIFT, whole, plan.shape.first_data_row - 1):
            found = events_text(imported(adapter, copy, options), copy).splitlines()
            expected = golden.read_text(encoding="utf-8").splitlines()
            _require_same(_without_column_names(expected), _without_column_names(found), f"{title} of {golden.name}")


def _without_column_names(lines: Sequence[str]) -> list[str]:
    rows = [line for line in lines if not line.startswith(("warning: ", "not read: "))]
    return [re.sub(r"^(rejected \d+) .*?(: [^:]*)$", r"\1\2", row) for row in rows]


def is_golden(adapter: EventSource, path: Path, options: ImportOptions, *, golden: Path) -> None:
    result = imported(adapter, path, options)
    what_is_left_out_can_be_withdrawn(result)
    found = events_text(result, path).splitlines()
    _require_same(golden.read_text(encoding="utf-8").splitlines(), found, golden.name)


def _require_same(expected: Sequence[str], found: Sequence[str], name: str) -> None:
    require(expected == found, "\n".join(difflib.unified_diff(expected, found, name, "read", lineterm="", n=0)))


def events_text(result: Imported, path: Path) -> str:
    """What was read, one line for each event, rejected row, reason to leave rows out and warning.

    For a person to check and a test to hold. Link keys are shown as the addresses of the file that they were made from.
    """
    address_of = {link_key(address): address for address in _addresses(path)}
    lines = [f"{kind} {_event_text(event, address_of)}" for kind, events in result.events.items() for event in events]
    lines += [f"rejected {row.row} {row.column or '-'} {row.value!r}: {row.reason}" for row in result.rejected]
    lines += [f"left out {count}: {reason}" for reason, count in result.skipped.items()]
    lines += [f"warning: {warning}" for warning in result.warnings]
    lines.append(f"not read: {', '.join(result.unmapped)}")
    return "\n".join(lines) + "\n"


def _addresses(path: Path) -> set[str]:
    text = path.read_bytes().decode("latin-1")
    return {address.lower() for address in re.findall(r"[\w.+-]+@[\w.-]+\w", text)}


def _event_text(event: Mapping[str, object], address_of: Mapping[str, str]) -> str:
    own = {"event_id", "occurred_at", "customer_key", "link_key", "employee_namespace", "employee_key"}
    parts = [str(event["event_id"]), _value_text(event["occurred_at"])]
    key, link = str(event["customer_key"]), event.get("link_key")
    parts.append(f"customer {address_of.get(key, key)}")
    if link is not None:
        parts.append(f"linked by {address_of.get(str(link), str(link))}")
    if "employee_key" in event:
        parts.append(f"by {event.get('employee_namespace')}={event['employee_key']}")
    parts += [f"{name} {_value_text(value)}" for name, value in event.items() if name not in own]
    return "; ".join(parts)


def _value_text(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case Decimal():
            return f"{value.normalize():f}"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def reads_back(adapter: EventSource, example: ExampleFile, company: ExampleCompany) -> None:
    """The company's own keys and sums, as the tables say them."""
    result = imported(adapter, example.path, example.options)
    require(not result.rejected, f"rows of its own example are rejected: {result.rejected[:3]}")
    for kind in result.events:
        expected, found = _expected(kind, company), _found(kind, result)
        if kind is EventKind.CUSTOMERS:  # a customer without a ticket is not in an export of tickets
            require(set(found) <= set(expected), f"{kind}: {difference(expected, found)}")
        require(
            kind is EventKind.CUSTOMERS or sorted(found) == sorted(expected), f"{kind}: {difference(expected, found)}"
        )


def _expected(kind: EventKind, company: ExampleCompany) -> list[str]:
    match kind:
        case EventKind.CONTACTS:
            return [str(key) for key in company.table("tickets")["ticket"]]
        case EventKind.RATINGS:
            table = company.table("ratings")
            pairs = zip(table["rating"], table["score"], strict=True)
            return [f"{key} {int(score == 'good')}" for key, score in pairs if score in {"good", "bad"}]
        case EventKind.PURCHASES:
            return _expected_purchases(company)
        case EventKind.SUBSCRIPTIONS:
            table = company.table("subscriptions")
            return [f"{key} {end or ''}" for key, end in zip(table["subscription"], table["ended_at"], strict=True)]
        case EventKind.OWNERSHIPS:
            table = company.table("ownerships")
            return [f"{key} {start}" for key, start in zip(table["customer"], table["start_at"], strict=True)]
        case EventKind.CUSTOMERS:
            return [str(key) for key in company.table("customers")["customer"]]


def _expected_purchases(company: ExampleCompany) -> list[str]:
    """Orders that stand, and what was given back of them."""
    table = company.table("orders")
    columns = ("order", "total", "refunded", "cancelled_at", "financial_status")
    expected = []
    for order, total, refunded, cancelled, status in zip(*(table[name] for name in columns), strict=True):
        if cancelled is None and status != "voided" and total:
            expected.append(f"{order} purchase {total}")
            expected.extend([f"{order} reversal -{refunded}"] if refunded else [])
    return expected


def _found(kind: EventKind, result: Imported) -> list[str]:
    events = result.events[kind]
    match kind:
        case EventKind.RATINGS:
            return [f"{event['event_id']} {event['score']:.0f}" for event in events]
        case EventKind.PURCHASES:
            return [f"{event['order_id']} {event['kind']} {event['amount']}" for event in events]
        case EventKind.SUBSCRIPTIONS:
            return [f"{event['event_id']} {event.get('ended_at', '')}" for event in events]
        case EventKind.OWNERSHIPS:
            return [f"{event['customer_key']} {event['occurred_at']}" for event in events]
        case _:
            return [str(event["event_id"]) for event in events]
