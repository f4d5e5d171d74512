"""Checks of plans for events, as declared and as the event store carries them out."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import available_timezones

from appraise.adapters.contract import EventPlan, EventSource, EventStage, ImportOptions, Parse, Rule
from appraise.adapters.files import read_header
from appraise.domain.events import COLUMNS, Column, ColumnType
from appraise.testing.requirements import require

PARSES = {
    ColumnType.TEXT: {Parse.TEXT, Parse.LINK},
    ColumnType.INTEGER: {Parse.INTEGER},
    ColumnType.DECIMAL: {Parse.DECIMAL, Parse.INTEGER},
    ColumnType.BOOLEAN: {Parse.BOOLEAN},
    ColumnType.TIMESTAMP: {Parse.TIMESTAMP},
    ColumnType.MONEY: {Parse.MONEY},
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


def planning_twice_gives_the_same(adapter: EventSource, path: Path, options: ImportOptions) -> None:
    require(planned(adapter, path, options) == planned(adapter, path, options), "two plans differ")


CHECKS = (
    ("rules make canonical columns", rules_make_canonical_columns),
    ("planning twice gives the same", planning_twice_gives_the_same),
)
