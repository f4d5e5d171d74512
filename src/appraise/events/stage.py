"""Stages run: raw rows become one table per event kind, with the reasons against each row beside it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import duckdb

from appraise.domain.events import COLUMNS, IDS, EventKind
from appraise.domain.mapping import EventStage, Parse, Skip
from appraise.events.compile import (
    factor_name,
    minor_factor,
    number,
    number_name,
    our_text,
    raw_name,
    raw_text,
    text_name,
    value,
)
from appraise.events.damaged_ids import damages, ids_of, rounded, unguarded
from appraise.events.engine import literal, quoted
from appraise.events.raw import Raw, number_rows, run_plan
from appraise.events.schema import DUCKDB
from appraise.events.validate import Check, checks

VALUE_SHOWN = 80
"""Characters of a rejected value that are kept."""
NOT_COUNTED: Final = ""
"""The reason of rows that another stage tells of."""


def table_of(kind: EventKind) -> str:
    return f"new_{kind.value}"


def is_read_once(stages: Sequence[EventStage]) -> bool:
    """Whether rows can be checked while the file is read: one stage, for which every row stands for itself."""
    if len(stages) != 1 or stages[0].prepare or stages[0].only:
        return False
    (stage,) = stages
    texts = [*(rule.sql or "" for rule in stage.rules.values()), *(skip.where for skip in stage.skips)]
    return not any(re.search(r"(?i)\b(raw|_row|over|select|from)\b", text) for text in texts)


def leaves(stages: Iterable[tuple[int, EventStage]]) -> str:
    """SQL that is true of a row of `new_<kind>` which says that its event is no more; nothing where none can."""
    said = {
        (number, skip.reason or NOT_COUNTED): skip.withdraws for number, stage in stages for skip in _in_order(stage)
    }
    if not any(said.values()):
        return ""
    others = ", ".join(f"({number}, {literal(reason)})" for (number, reason), is_said in said.items() if not is_said)
    besides = f" AND (_stage, _skip) NOT IN ({others})" if others else ""
    return f"_skip IS NOT NULL AND event_id IS NOT NULL{besides}"


def run_stages(
    connection: duckdb.DuckDBPyConnection,
    kind: EventKind,
    stages: Sequence[tuple[int, EventStage]],
    raw: Raw,
    *,
    at: str,
) -> None:
    """Make `new_<kind>(id, _stage, _row, _skip, _problems, …canonical columns)`, one row per row considered."""
    made = f"made_{kind.value}"
    rows = " UNION ALL ".join(f"({stage_query(ordinal, stage, at=at)})" for ordinal, stage in stages)
    run_plan(connection, f"CREATE TABLE {made} AS {rows}", stage=kind.value)
    replaced = rounded(connection, made, [stage for _, stage in stages])
    tables = f"{made} AS t"
    if not raw.is_numbered:
        row = number_rows(connection, raw, made)
        replaced, tables = {**replaced, "_row": row.number}, row.tables
    others = ", ".join(f"{sql} AS {name}" for name, sql in replaced.items())
    rows = f"t.* REPLACE ({others})" if others else "t.*"
    connection.execute(f"CREATE VIEW {table_of(kind)} AS SELECT t.rowid AS id, {rows} FROM {tables}")


def stage_query(ordinal: int, stage: EventStage, *, at: str) -> str:
    found = list(checks(stage, at=at))
    unfit = " OR ".join(f"coalesce({check.failed}, false)" for check in found)
    names = ", ".join(quoted(column.name) for column in COLUMNS[stage.kind])
    reasons = ", ".join(map(_problem, found))
    problems = f"CASE WHEN _unfit AND _skip IS NULL THEN list_filter([{reasons}], lambda one: one IS NOT NULL) END"
    return (
        f"WITH prepared AS ({stage.prepare or 'SELECT * FROM raw'}), "
        f"texts AS (SELECT _row, {_skip(stage)} AS _skip, {_raw_texts(stage)} FROM prepared{_only(stage)}), "
        f"words AS (SELECT *, {_our_texts(stage)} FROM texts), "
        f"numbers AS (SELECT *{_numbers(stage)} FROM words), "
        f"typed AS (SELECT *{_not_skipped(stage)}, {_values(stage)} FROM numbers), "
        f"judged AS (SELECT *, {unfit} AS _unfit FROM typed) "
        f"SELECT {ordinal} AS _stage, _row, _skip, {problems} AS _problems, {names} FROM judged"
    )


def _only(stage: EventStage) -> str:
    return f" WHERE ({stage.only})" if stage.only else ""


def _skip(stage: EventStage) -> str:
    if not stage.skips:
        return "CAST(NULL AS VARCHAR)"
    cases = " ".join(f"WHEN ({skip.where}) THEN {literal(skip.reason or NOT_COUNTED)}" for skip in _in_order(stage))
    return f"CASE {cases} END"


def _not_skipped(stage: EventStage) -> str:
    """Whoever leaves an event out must say which one it is: by a damaged id another might be withdrawn, or none."""
    if not stage.skips or "event_id" not in ids_of(stage):
        return ""
    damaged = " OR ".join(failed for failed, _ in damages(text_name("event_id")))
    return f" REPLACE (CASE WHEN coalesce({damaged}, false) THEN NULL ELSE _skip END AS _skip)"


def _in_order(stage: EventStage) -> list[Skip]:
    """What says that a row speaks of no event counts before what says that its event is no more."""
    return sorted(stage.skips, key=lambda skip: skip.withdraws)


def _raw_texts(stage: EventStage) -> str:
    return ", ".join(f"{raw_text(rule)} AS {raw_name(name)}" for name, rule in stage.rules.items())


def _our_texts(stage: EventStage) -> str:
    texts = {name: our_text(rule, raw_name(name)) for name, rule in stage.rules.items()}
    given = {name for name, rule in stage.rules.items() if name in IDS and rule.constant is None}
    return ", ".join(
        f"{unguarded(text) if name in given else text} AS {text_name(name)}" for name, text in texts.items()
    )


def _numbers(stage: EventStage) -> str:
    currency = f"upper({text_name('currency')})" if "currency" in stage.rules else "NULL"
    return "".join(
        f", {number(rule, text_name(name))} AS {number_name(name)}, {minor_factor(currency)} AS {factor_name(name)}"
        for name, rule in stage.rules.items()
        if rule.parse is Parse.MONEY
    )


def _values(stage: EventStage) -> str:
    values = []
    for column in COLUMNS[stage.kind]:
        rule = stage.rules.get(column.name)
        if rule is None:
            values.append(f"CAST(NULL AS {DUCKDB[column.type]}) AS {quoted(column.name)}")
            continue
        sql = value(column, rule, text_name(column.name))
        if column.name == "employee_namespace" and "employee_key" in stage.rules:
            sql = f"CASE WHEN {text_name('employee_key')} IS NOT NULL THEN {sql} END"
        values.append(f"{sql} AS {quoted(column.name)}")
    return ", ".join(values)


def _problem(check: Check) -> str:
    return (
        f"CASE WHEN {check.failed} THEN {{'column': {literal(check.column)}, "
        f"'value': left({check.raw}, {VALUE_SHOWN}), 'reason': {literal(check.reason)}}} END"
    )
