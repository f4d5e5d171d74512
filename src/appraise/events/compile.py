"""Rules as DuckDB SQL: the text of a raw column becomes the value of a canonical one, or null where it cannot."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appraise.domain.events import COLUMNS, Column, ColumnType
from appraise.domain.mapping import EventStage, Parse, Rule
from appraise.domain.money import MINOR_DIGITS
from appraise.errors import Fatal, InvalidInput
from appraise.events.engine import literal, quoted
from appraise.events.schema import DUCKDB

BLANKS = "chr(32) || chr(9) || chr(10) || chr(13) || chr(160)"
OFFSET = r"(Z| UTC|:[0-9.]+ ?[+-][0-9:]+)$"
COMMON = ("EUR", "USD", "GBP")
"""Currencies that are looked for first."""
LINK_SECRET = "link_secret"  # noqa: S105  # the name of a session variable

PARSES: Mapping[ColumnType, tuple[Parse, ...]] = {
    ColumnType.TEXT: (Parse.TEXT, Parse.LINK),
    ColumnType.INTEGER: (Parse.INTEGER,),
    ColumnType.DECIMAL: (Parse.DECIMAL, Parse.INTEGER),
    ColumnType.BOOLEAN: (Parse.BOOLEAN,),
    ColumnType.TIMESTAMP: (Parse.TIMESTAMP,),
    ColumnType.MONEY: (Parse.MONEY, Parse.INTEGER),
}


def check_rules(stage: EventStage) -> None:
    """Raises where a stage can never give a valid event, before a row is read."""
    columns = {column.name: column for column in COLUMNS[stage.kind]}
    for name, rule in stage.rules.items():
        if name not in columns:
            raise Fatal(f"The adapter fills {name!r}, which {stage.kind.value} do not have")
        if rule.parse not in PARSES[columns[name].type]:
            raise Fatal(f"The adapter reads {name!r} as {rule.parse.value}, but it is {columns[name].type.value}")
        if sum(part is not None for part in (rule.column, rule.sql, rule.constant)) != 1:
            raise Fatal(f"The adapter must say exactly one of column, sql and constant for {name!r}")
        _check_zone(rule)
    for column in columns.values():
        if column.required and column.name not in stage.rules:
            raise InvalidInput(
                f"The mapping says nothing for {column.name!r} of {stage.kind.value}",
                expected=column.description or "a value in every row",
                hint="Name the file's column for it in the mapping, or give a fixed value.",
            )


def _check_zone(rule: Rule) -> None:
    if rule.time_zone is None:
        return
    try:
        ZoneInfo(rule.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(
            f"There is no time zone {rule.time_zone!r}", expected="an IANA name such as Europe/Berlin or UTC"
        ) from error


def raw_name(column: str) -> str:
    return quoted(f"raw:{column}")


def blamed(column: str, rule: Rule) -> str:
    """What a person sees in the file."""
    return rule.column or rule.blame or column


def text_name(column: str) -> str:
    return quoted(f"text:{column}")


def number_name(column: str) -> str:
    return quoted(f"number:{column}")


def factor_name(column: str) -> str:
    return quoted(f"factor:{column}")


def raw_text(rule: Rule) -> str:
    """The source's text, trimmed; empty is null."""
    if rule.constant is not None:
        return f"nullif({literal(rule.constant)}, '')"
    source = quoted(rule.column) if rule.column is not None else f"CAST(({rule.sql}) AS VARCHAR)"
    # Trimming looks at every sign, even between the ends; most texts begin and end with a letter or digit of ASCII.
    bare = f"{source} BETWEEN '!' AND '~' AND {source}[-1] BETWEEN '!' AND '~'"
    return f"nullif(CASE WHEN {bare} THEN {source} ELSE trim({source}, {BLANKS}) END, '')"


def our_text(rule: Rule, raw: str) -> str:
    """The text in our own vocabulary; null where the mapping does not know the word."""
    if not rule.words:
        return raw
    words = " ".join(f"WHEN {literal(word)} THEN {literal(ours)}" for word, ours in rule.words.items())
    return f"nullif(CASE coalesce({raw}, '') {words} END, '')"


def value(column: Column, rule: Rule, text: str) -> str:
    """The typed value of a text; money is made from the columns `number_name` and `factor_name`."""
    match rule.parse:
        case Parse.TIMESTAMP:
            sql = _timestamp(rule, text)
        case Parse.MONEY:
            sql = _minor_units(number_name(column.name), factor_name(column.name))
        case Parse.DECIMAL:
            sql = number(rule, text)
        case Parse.INTEGER:
            sql = f"CASE WHEN regexp_full_match({text}, '[+-]?\\d+') THEN TRY_CAST({text} AS {DUCKDB[column.type]}) END"
        case Parse.BOOLEAN:
            sql = (
                f"CASE WHEN lower({text}) IN ('true', '1', 'yes') THEN true "
                f"WHEN lower({text}) IN ('false', '0', 'no') THEN false END"
            )
        case Parse.LINK:
            keyed = f"sha256(getvariable('{LINK_SECRET}') || encode(lower({text})))"
            sql = f"CASE WHEN contains({text}, '@') THEN {keyed} END"
        case _:
            sql = f"upper({text})" if column.name == "currency" else text
    return sql


def number(rule: Rule, text: str) -> str:
    """A decimal with six places; separators of thousands only where they stand right (else a factor of 1000)."""
    if rule.decimal_comma:
        plain, grouped = r"[+-]?(\d+,?\d*|,\d+)", r"[+-]?\d{1,3}([. \x{A0}\x{202F}]\d{3})+(,\d*)?"
        clean = f"replace(translate({text}, '. ' || chr(160) || chr(8239), ''), ',', '.')"
        plain_value = f"replace({text}, ',', '.')"
    else:
        plain, grouped = r"[+-]?(\d+\.?\d*|\.\d+)", r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"
        clean, plain_value = f"replace({text}, ',', '')", text
    return (
        f"CASE WHEN regexp_full_match({text}, '{plain}') THEN TRY_CAST({plain_value} AS DECIMAL(18,6)) "
        f"WHEN regexp_full_match({text}, '{grouped}') THEN TRY_CAST({clean} AS DECIMAL(18,6)) END"
    )


def minor_factor(currency: str) -> str:
    """How many minor units make a major one: 100 for unknown currencies too, which are rejected elsewhere.

    Only the exceptions are looked for, because long lists within CASE are slow.
    """
    cases = f"WHEN {is_common(currency)} THEN 100 "
    for digits in sorted(set(MINOR_DIGITS.values()) - {2}):
        codes = [code for code, places in MINOR_DIGITS.items() if places == digits]
        cases += f"WHEN {is_currency(currency, codes)} THEN {10**digits} "
    return f"CASE {cases}WHEN {currency} IS NOT NULL THEN 100 END"


def is_common(currency: str) -> str:
    return f"{currency} IN ({', '.join(map(literal, COMMON))})"


def is_currency(currency: str, codes: Sequence[str]) -> str:
    """As a pattern, because the engine makes a join of a long list."""
    return f"regexp_full_match({currency}, '{'|'.join(codes)}')"


def too_fine(amount: str, factor: str) -> str:
    """Whether an amount has more places than its currency."""
    steps = " ".join(f"WHEN {10**digits} THEN {10**-digits:f}" for digits in sorted(set(MINOR_DIGITS.values())))
    return f"{amount} % CAST(CASE {factor} {steps} END AS DECIMAL(18,6)) <> 0"


def _minor_units(amount: str, factor: str) -> str:
    """The narrow product is much faster and cannot overflow below 10^8 major units."""
    return (
        f"CASE WHEN {too_fine(amount, factor)} THEN NULL "
        f"WHEN abs({amount}) < 100000000 THEN CAST({amount} * CAST({factor} AS SMALLINT) AS BIGINT) "
        f"ELSE CAST(CAST({amount} AS DECIMAL(38,6)) * {factor} AS BIGINT) END"
    )


def has_offset(text: str) -> str:
    """Whether an ISO time says its offset; a mere date has none, though it ends as one might."""
    return f"regexp_matches({text}, '{OFFSET}')"


def _timestamp(rule: Rule, text: str) -> str:
    zone = literal(rule.time_zone) if rule.time_zone is not None else "CAST(NULL AS VARCHAR)"
    if rule.formats:
        aware = [one for one in rule.formats if "%z" in one or "%Z" in one]
        naive = [one for one in rule.formats if one not in aware]
        parts = [f"try_strptime({text}, [{', '.join(map(literal, formats))}])" for formats in (aware, naive) if formats]
        if naive:
            parts[-1] = f"timezone({zone}, {parts[-1]})"
        return f"coalesce({', '.join(parts)})"
    # The engine would also read 'epoch', 'infinity' and years of six digits, but not " +0200".
    aware_text = f"regexp_replace({text}, ' ?([+-][0-9]{{2}}):?([0-9]{{2}})$', '\\1:\\2')"
    local = f"timezone({zone}, TRY_CAST({text} AS TIMESTAMP))"
    return (  # a plain time of the commonest form is known without a look for an offset
        f"CASE WHEN {text} LIKE '____-__-__ __:__:__' AND {text}[19] BETWEEN '0' AND '9' THEN {local} "
        f"WHEN {text}[5] NOT IN ('-', '/') THEN NULL WHEN {has_offset(text)} "
        f"THEN TRY_CAST({aware_text} AS TIMESTAMP WITH TIME ZONE) "
        f"ELSE {local} END"
    )
