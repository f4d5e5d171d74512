"""Exports of customer systems: what their columns have been called, and what is the same in all of them.

An adapter lists its exports as `EventTable`; `plan_tables` finds the one that a file is. Any column may be named by a
setting, where a system was configured or speaks another language: `column.score=Bewertung`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from appraise.adapters.columns import find_column, find_columns, literal, nearest, quoted
from appraise.adapters.contract import Declaration, EventPlan, EventStage, FileShape, ImportOptions, Parse, Rule, Skip
from appraise.adapters.days import check_time_zone, require_time_zone
from appraise.adapters.files import detect
from appraise.adapters.settings import own_settings
from appraise.domain.events import CASE_MIX, EventKind
from appraise.errors import InvalidInput, Place

NOBODY = ("", "-", "--", "no agent", "unassigned", "none")
"""What systems write where nobody is assigned, in small letters."""

_CASE_MIX = tuple(column.name for column in CASE_MIX)
_BOTS = "bots"
_COLUMN = "column."
_LAST_SECOND = 253_402_300_799  # of the year 9999; beyond its own last one the engine gives the whole file up


@dataclass(frozen=True, slots=True)
class Found:
    """The columns of a file by field, the adapter's own settings, and what was declared of times."""

    columns: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)
    time_zone: str | None = None
    date_format: str | None = None

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def text(self, name: str) -> str:
        """SQL: the trimmed text, '' where there is none."""
        return f"trim(coalesce({quoted(self.columns[name])}, ''))"

    def word(self, name: str) -> str:
        """SQL: the text in small letters, '' where there is none."""
        return f"lower({self.text(name)})"

    def rule(self, name: str, parse: Parse = Parse.TEXT) -> Rule:
        return Rule(parse, column=self.columns[name])

    def made(self, name: str, sql: str, parse: Parse = Parse.TEXT, words: Mapping[str, str] | None = None) -> Rule:
        """A value made of the column; reports of rejected rows show the column itself."""
        return Rule(parse, sql=f"nullif({sql}, '')", blame=self.columns[name], words=words or {})

    def time(self, name: str, *formats: str, zone: str | None = None) -> Rule:
        """In the declared time zone unless the format has its own; ISO 8601 without formats."""
        return Rule(Parse.TIMESTAMP, column=self.columns[name], formats=formats, time_zone=zone or self.time_zone)

    def choices(self, name: str, choices: Mapping[str, str]) -> Rule:
        """The system's words as ours; what is not among them stays, in small letters."""
        word = self.word(name)
        cases = " ".join(f"WHEN {literal(one)} THEN {literal(ours)}" for one, ours in choices.items())
        return self.made(name, f"CASE {word} {cases} ELSE {word} END")


def _no_warnings(found: Found) -> Iterable[str]:  # noqa: ARG001  # stands for one that looks
    return ()


@dataclass(frozen=True, slots=True)
class EventTable:
    """One export: field → the names that its column has had, and what becomes of the rows.

    A file is this export where it has all `required` columns. `settings` are further names of settings that it takes
    (`bots` and `column.…` are known to all). `local_times` says why times need a declared time zone, where they do.
    The fields of case mix (channel, topic, product, segment, region) can be named by a setting for any export.
    """

    title: str
    columns: Mapping[str, Sequence[str]]
    required: Collection[str]
    stages: Callable[[Found], Sequence[EventStage]]
    settings: tuple[str, ...] = ()
    local_times: str | None = None
    warnings: Callable[[Found], Iterable[str]] = _no_warnings


class TableSource:
    """An event source that is its declaration and its exports, and the way to the records where these are JSON."""

    declaration: ClassVar[Declaration]
    tables: ClassVar[Sequence[EventTable]]
    records_path: ClassVar[str | None] = None

    def shape(self, path: Path, options: ImportOptions) -> FileShape:  # noqa: ARG002  # the contract's arguments
        shape = detect(path, FileShape())
        return replace(shape, records_path=self.records_path) if shape.format == "json" else shape

    def plan_events(self, columns: Sequence[str], path: Path, options: ImportOptions) -> EventPlan:
        return plan_tables(self.tables, columns, path, self.shape(path, options), options)


def plan_tables(
    tables: Sequence[EventTable], columns: Sequence[str], path: Path, shape: FileShape, options: ImportOptions
) -> EventPlan:
    """The plan of the first table that the file is. Raises `InvalidInput`, naming what the likeliest one lacks."""
    lacking = {table.title: _lacking(table, columns, options) for table in tables}
    table = min(tables, key=lambda one: len(lacking[one.title]) / len(one.required))
    declared = _declared_columns(table, options)
    for name in table.required:
        if not table.columns[name] and name not in declared:
            raise InvalidInput(
                f"which column of the {table.title} is the {name} is not declared",
                place=Place(path.name),
                expected=f"the setting {_COLUMN}{name} with the column's name",
            )
    found = Found(
        find_columns(
            columns,
            {**table.columns, **{name: (column,) for name, column in declared.items()}},
            required={*table.required, *declared},
            path=path,
            title=" or ".join(dict.fromkeys(one.title for one in tables)),
        ),
        own_settings(options.settings, _known_settings(table)),
        _time_zone(table, options),
        options.date_format,
    )
    stages = tuple(table.stages(found))
    return EventPlan(shape, stages, tuple(dict.fromkeys(found.columns.values())), tuple(table.warnings(found)))


def _known_settings(table: EventTable) -> tuple[str, ...]:
    return (_BOTS, _COLUMN, *table.settings)


def _lacking(table: EventTable, columns: Sequence[str], options: ImportOptions) -> list[str]:
    named = {name.removeprefix(_COLUMN) for name in options.settings if name.startswith(_COLUMN)}
    return [one for one in table.required if one not in named and find_column(columns, *table.columns[one]) is None]


def _declared_columns(table: EventTable, options: ImportOptions) -> dict[str, str]:
    known = (*table.columns, *_CASE_MIX)
    declared = {
        name.removeprefix(_COLUMN): column for name, column in options.settings.items() if name.startswith(_COLUMN)
    }
    for name in declared:
        if name not in known:
            close = nearest(name, known)
            raise InvalidInput(
                f"the setting {_COLUMN}{name} names a field that a {table.title} does not have",
                expected=f"one of: {', '.join(dict.fromkeys(known))}",
                hint=f"did you mean {_COLUMN}{close}?" if close else None,
            )
    return declared


def _time_zone(table: EventTable, options: ImportOptions) -> str | None:
    if table.local_times is not None:
        return require_time_zone(options.time_zone, because=table.local_times)
    return None if options.time_zone is None else check_time_zone(options.time_zone)


def customer(found: Found, key: str, email: str) -> dict[str, Rule]:
    """The customer by the system's own id, or where the export has none by the hashed address.

    Raises `InvalidInput` where the file has neither.
    """
    if key not in found and email not in found:
        raise InvalidInput(
            "the export does not say who the customer was",
            expected="a column with the customer's id or e-mail address",
            hint=f"export it too, or name the column by the setting {_COLUMN}{key} or {_COLUMN}{email}",
        )
    link = {"link_key": found.rule(email, Parse.LINK)} if email in found else {}
    return {"customer_key": found.rule(key) if key in found else link["link_key"], **link}


def by_address(
    kind: EventKind,
    rules: Mapping[str, Rule],
    found: Found,
    email: str,
    *,
    otherwise: str,
    skips: tuple[Skip, ...] = (),
) -> list[EventStage]:
    """Customers by their hashed address; whoever has none is one of their own, under the SQL text `otherwise`."""
    if email not in found:
        return [EventStage(kind, {**rules, "customer_key": Rule(sql=otherwise)}, skips=skips)]
    link = found.rule(email, Parse.LINK)
    has_address = f"contains({found.text(email)}, '@')"
    alone = Rule(sql=otherwise, blame=found.columns[email])
    return [
        EventStage(kind, {**rules, "customer_key": link, "link_key": link}, only=has_address, skips=skips),
        EventStage(kind, {**rules, "customer_key": alone}, only=f"NOT {has_address}", skips=skips),
    ]


def case_mix(found: Found) -> dict[str, Rule]:
    """The columns by which like is compared with like, as far as the file has them under our names for them."""
    return {name: found.rule(name) for name in _CASE_MIX if name in found}


def served_by(namespace: str, rule: Rule) -> dict[str, Rule]:
    return {"employee_namespace": Rule(constant=namespace), "employee_key": rule}


def rated_contact(found: Found, contact: str, employee: str) -> dict[str, Rule]:
    """The contact that a rating is about, where the rating itself says whom it is about.

    Otherwise it would be credited to whoever holds the case by now: a rating of a bot or of nobody is nobody's.
    """
    if employee not in found:
        return {}
    said = f"CASE WHEN {found.word(employee)} NOT IN ({texts(NOBODY)}) THEN {found.text(contact)} ELSE '' END"
    return {"contact_id": found.made(contact, said)}


def scale(name: str, low: int, high: int) -> dict[str, Rule]:
    """A declared scale, from its worst answer to its best."""
    return {
        "scale": Rule(constant=name),
        "score_low": Rule(Parse.DECIMAL, constant=str(low)),
        "score_high": Rule(Parse.DECIMAL, constant=str(high)),
    }


def declared_scale(text: str | None, *, setting: str) -> dict[str, Rule]:
    """The scale that a setting declares as worst and best answer: `1-5`, `-3..3`. Raises `InvalidInput` otherwise."""
    ends = re.fullmatch(r"(-?\d+)(?:-|\.\.)(-?\d+)", (text or "").strip())
    if ends is None or int(ends[1]) >= int(ends[2]):
        raise InvalidInput(
            f"the scale of the ratings is not declared: {setting}={text}"
            if text
            else "no scale of the ratings is declared",
            expected=f"the setting {setting} with the worst and the best answer, e.g. {setting}=1-5",
            hint="a 2 is the best answer on one scale and a bad one on another, so it is never guessed",
        )
    return scale(f"{ends[1]}_{ends[2]}", int(ends[1]), int(ends[2]))


def choice(found: Found, name: str, values: Sequence[str]) -> str:
    """The setting's value in small letters, the first of `values` where it is not given.

    Raises `InvalidInput` for any other: what is misspelt must not be taken for the default.
    """
    given = found.settings.get(name, values[0]).strip()
    if given.casefold() not in values:
        close = nearest(given.casefold(), values)
        raise InvalidInput(
            f"the setting {name} cannot be {given!r}",
            expected=f"one of: {', '.join(values)}",
            hint=f"did you mean {name}={close}?" if close else None,
        )
    return given.casefold()


def declared_currency(found: Found) -> Rule:
    """Raises `InvalidInput` where no setting names the currency of an export that does not name it itself."""
    currency = found.settings.get("currency", "").strip()
    if not currency:
        raise InvalidInput(
            "the currency is not declared: the export does not name it",
            expected="the setting currency, e.g. currency=EUR",
        )
    return Rule(constant=currency)


def person(found: Found, name: str) -> Rule:
    """Whoever the column names, but a placeholder or a bot is nobody: a sale counts all the same."""
    nobody = texts((*NOBODY, *bot_names(found)))
    return found.made(name, f"CASE WHEN {found.word(name)} IN ({nobody}) THEN '' ELSE {found.text(name)} END")


def nobody_served(found: Found, name: str) -> Skip:
    return Skip(f"{found.word(name)} IN ({texts(NOBODY)})", "no employee was assigned")


def bots(found: Found, name: str, *known: str, reason: str) -> tuple[Skip, ...]:
    """Rows whose employee is one of the bots that are `known` or named by the setting `bots=Fin,Helper`."""
    words = bot_names(found, *known)
    return (Skip(f"{found.word(name)} IN ({texts(words)})", reason),) if words else ()


def bot_names(found: Found, *known: str) -> list[str]:
    """In small letters."""
    named = [one.strip() for one in found.settings.get(_BOTS, "").split(",") if one.strip()]
    return [one.casefold() for one in (*known, *named)]


def epoch(seconds: str) -> str:
    """SQL: a text of seconds since 1970 as a time in UTC; the text itself where it is none up to the year 9999."""
    number = f"TRY_CAST({seconds} AS BIGINT)"
    within = f"CASE WHEN {number} BETWEEN 0 AND {_LAST_SECOND} THEN {number} END"
    return f"coalesce(CAST(to_timestamp({within}) AS VARCHAR), {seconds})"


def at_zone(text: str, formats: Sequence[str], zone: str) -> str:
    """SQL: a text as a time of the zone that another expression names for its row; '' where it cannot be read."""
    return f"coalesce(CAST(timezone({zone}, try_strptime({text}, [{texts(formats)}])) AS VARCHAR), '')"


def texts(several: Iterable[str]) -> str:
    """SQL: a list of literals, for IN."""
    return ", ".join(map(literal, several))
