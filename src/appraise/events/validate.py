"""What makes a row unfit: every reason of a row is found, as SQL conditions over its texts and values."""

from collections.abc import Iterator
from dataclasses import dataclass

from appraise.domain.damaged_ids import AN_ERROR
from appraise.domain.events import CASE_MIX, COLUMNS, Column, EventKind
from appraise.domain.mapping import EventStage, Parse, Rule
from appraise.domain.money import MINOR_DIGITS
from appraise.events.compile import (
    blamed,
    factor_name,
    has_offset,
    is_common,
    is_currency,
    number_name,
    raw_name,
    text_name,
    too_fine,
)
from appraise.events.damaged_ids import damages, ids_of, is_error
from appraise.events.engine import literal, quoted

EARLIEST = "1990-01-01"

REQUIRED = "a required value is missing"
UNKNOWN_WORD = "the mapping does not know this word"
VOCABULARY = "not one of the words allowed"
NO_ZONE = "a time without offset, and no time zone is declared"
FUTURE = "in the future"
TOO_EARLY = "before 1990"
TOO_FINE = "more decimal places than the currency has"
NO_CURRENCY = "an amount without currency"
UNKNOWN_CURRENCY = "not a currency of ISO 4217"
OFF_SCALE = "outside the scale of the rating"
NO_SCALE = "the worst answer of the scale is not below the best"
ENDS_EARLY = "ends before it begins"
POSITIVE_REVERSAL = "a reversal must not be positive"
NEGATIVE_PURCHASE = "a purchase must not be negative"
NO_NAMESPACE = "an employee without the kind of reference"

NOT_READABLE = {
    Parse.TIMESTAMP: "not a time in the expected form",
    Parse.MONEY: "not an amount of money",
    Parse.DECIMAL: "not a number",
    Parse.INTEGER: "not a whole number",
    Parse.BOOLEAN: "not true or false",
}


@dataclass(frozen=True, slots=True)
class Check:
    """`failed` is SQL that is true for an unfit row; `column` is what the person sees in the file."""

    column: str
    raw: str
    failed: str
    reason: str


def checks(stage: EventStage, *, at: str) -> Iterator[Check]:
    """`at` is SQL for the time after which nothing can have happened."""
    for column in COLUMNS[stage.kind]:
        rule = stage.rules.get(column.name)
        if rule is not None:
            yield from _of_column(column, rule)
    yield from _of_texts(stage)
    yield from _of_times(stage, at)
    yield from _of_money(stage)
    if stage.kind is EventKind.RATINGS:
        yield _check(stage, "score", "score NOT BETWEEN score_low AND score_high", OFF_SCALE)
        yield _check(stage, "score_low", "score_low >= score_high", NO_SCALE)
    if "employee_key" in stage.rules:
        yield _check(stage, "employee_key", "employee_key IS NOT NULL AND employee_namespace IS NULL", NO_NAMESPACE)


def _of_column(column: Column, rule: Rule) -> Iterator[Check]:
    shown, raw, text, typed = (
        blamed(column.name, rule),
        raw_name(column.name),
        text_name(column.name),
        quoted(column.name),
    )
    if column.required:
        yield Check(shown, raw, f"{text} IS NULL AND {_known(rule, raw)}", REQUIRED)
    if rule.words:
        yield Check(shown, raw, f"NOT {_known(rule, raw)}", UNKNOWN_WORD)
    if column.vocabulary:
        words = ", ".join(map(literal, column.vocabulary))
        yield Check(shown, raw, f"{text} NOT IN ({words})", VOCABULARY)
    if rule.parse is Parse.TIMESTAMP and rule.time_zone is None and not rule.formats:
        yield Check(shown, raw, f"NOT {has_offset(text)} AND TRY_CAST({text} AS TIMESTAMP) IS NOT NULL", NO_ZONE)
        unreadable = (
            f"{text} IS NOT NULL AND {typed} IS NULL AND ({has_offset(text)} OR TRY_CAST({text} AS TIMESTAMP) IS NULL)"
        )
        yield Check(shown, raw, unreadable, NOT_READABLE[rule.parse])
    elif rule.parse is Parse.MONEY:
        number, factor = number_name(column.name), factor_name(column.name)
        yield Check(shown, raw, too_fine(number, factor), TOO_FINE)
        yield Check(shown, raw, f"{text} IS NOT NULL AND {number} IS NULL", NOT_READABLE[rule.parse])
    elif rule.parse in NOT_READABLE:
        yield Check(shown, raw, f"{text} IS NOT NULL AND {typed} IS NULL", NOT_READABLE[rule.parse])


def _of_texts(stage: EventStage) -> Iterator[Check]:
    for name in ids_of(stage):
        for failed, reason in damages(text_name(name)):
            yield _check(stage, name, failed, reason)
    for name in (column.name for column in CASE_MIX if column.name in stage.rules):
        yield _check(stage, name, is_error(text_name(name)), AN_ERROR)


def _of_times(stage: EventStage, at: str) -> Iterator[Check]:
    yield _check(stage, "occurred_at", f"occurred_at > {at}", FUTURE)
    yield _check(stage, "occurred_at", f"occurred_at < TIMESTAMPTZ '{EARLIEST} 00:00:00+00'", TOO_EARLY)
    if "ended_at" in stage.rules:
        yield _check(stage, "ended_at", "ended_at < occurred_at", ENDS_EARLY)


def _of_money(stage: EventStage) -> Iterator[Check]:
    if "currency" in stage.rules:
        known = is_currency("currency", tuple(MINOR_DIGITS))
        unknown = f"CASE WHEN {is_common('currency')} THEN false ELSE NOT {known} END"
        yield _check(stage, "currency", unknown, UNKNOWN_CURRENCY)
    if "amount" in stage.rules:
        yield _check(stage, "amount", f"{text_name('amount')} IS NOT NULL AND currency IS NULL", NO_CURRENCY)
    if stage.kind is EventKind.PURCHASES:
        yield _check(stage, "amount", "kind = 'reversal' AND amount > 0", POSITIVE_REVERSAL)
        yield _check(stage, "amount", "kind = 'purchase' AND amount < 0", NEGATIVE_PURCHASE)


def _check(stage: EventStage, column: str, failed: str, reason: str) -> Check:
    return Check(blamed(column, stage.rules[column]), raw_name(column), failed, reason)


def _known(rule: Rule, raw: str) -> str:
    if not rule.words:
        return "true"
    return f"({raw} IS NULL OR {raw} IN ({', '.join(map(literal, rule.words))}))"
