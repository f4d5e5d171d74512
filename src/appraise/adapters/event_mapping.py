"""The part of a mapping file that says what a table of events holds, in TOML, checked key by key."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appraise.adapters.columns import nearest
from appraise.adapters.contract import Skip
from appraise.adapters.days import check_time_zone
from appraise.domain.events import COLUMNS, EventKind
from appraise.errors import InvalidInput, Place

EVENT_KEYS = {
    "kind": str,
    "time_zone": str,
    "formats": list,
    "decimal_comma": bool,
    "minor_units": bool,
    "only": str,
    "prepare": str,
    "scale": dict,
    "employee": dict,
    "columns": dict,
    "constants": dict,
    "sql": dict,
    "words": dict,
    "skip": list,
}


@dataclass(frozen=True, slots=True)
class EventMapping:
    """Where each canonical column of one kind of event comes from: a raw column, a constant or an SQL expression.

    `prepare` reshapes the rows first: a SELECT over `raw` that keeps `_row`; `sql` may use the columns that it makes.
    With `minor_units` money is in the currency's smallest unit already. `is_canonical` where the table has our own
    column names: money is in minor units and a link key is taken as it is.
    `hashed` columns are written as a hash under the deployment's key, as links of addresses are.
    """

    kind: EventKind
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    sql: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    time_zone: str | None = None
    decimal_comma: bool = False
    minor_units: bool = False
    only: str | None = None
    prepare: str | None = None
    skips: tuple[Skip, ...] = ()
    is_canonical: bool = False
    hashed: frozenset[str] = frozenset()


def read_toml(path: Path) -> dict[str, Any]:
    """Raises `InvalidInput` where the file is not there or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"the mapping file cannot be read: {error.strerror}", place=Place(path.name)) from error
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise InvalidInput(f"the mapping file is not TOML: {error}", place=Place(path.name)) from error


@dataclass(frozen=True, slots=True)
class MappingReader:
    """Takes a document's tables apart; every refusal names the `file`, the key and the nearest right one."""

    file: str

    def refusal(self, found: str, *, expected: str | None = None, hint: str | None = None) -> InvalidInput:
        return InvalidInput(found, place=Place(self.file), expected=expected, hint=hint)

    def event(self, table: object) -> EventMapping:
        table = self.checked(table, EVENT_KEYS, "the mapping")
        kind = EventKind(self.choice(table.get("kind", ""), [*EventKind, "people"], "kind"))
        known = [column.name for column in COLUMNS[kind]]
        constants = dict(self.named_texts(table.get("constants", {}), known, "[constants]"))
        columns = dict(self.named_texts(table.get("columns", {}), known, "[columns]"))
        if "scale" in table:
            constants |= self.scale(table["scale"])
        if "employee" in table:
            employee = self.complete(table["employee"], {"namespace": str, "column": str}, "[employee]")
            constants["employee_namespace"] = employee["namespace"]
            columns["employee_key"] = employee["column"]
        return EventMapping(
            kind=kind,
            columns=columns,
            constants=constants,
            sql=self.named_texts(table.get("sql", {}), known, "[sql]"),
            words={
                column: self.named_texts(words, None, f"[words.{column}]")
                for column, words in self.checked(table.get("words", {}), dict.fromkeys(known, dict), "[words]").items()
            },
            formats=self.texts(table.get("formats", []), "formats"),
            time_zone=check_time_zone(table["time_zone"]) if "time_zone" in table else None,
            decimal_comma=table.get("decimal_comma", False),
            minor_units=table.get("minor_units", False),
            only=table.get("only"),
            prepare=table.get("prepare"),
            skips=tuple(self.skip(skip) for skip in table.get("skip", [])),
        )

    def skip(self, table: object) -> Skip:
        withdraws = isinstance(table, dict) and "withdraws" in table
        keys = {"where": str, "reason": str, **({"withdraws": bool} if withdraws else {})}
        found = Skip(**self.complete(table, keys, "[[skip]]"))
        if not (found.reason or "").strip():
            raise self.refusal("[[skip]] reason is blank", expected="why the rows are left out, for the report")
        return found

    def scale(self, table: object) -> dict[str, str]:
        scale = self.complete(table, {"name": str, "low": (int, float), "high": (int, float)}, "[scale]")
        if scale["low"] >= scale["high"]:
            raise self.refusal("[scale] low is not below high", expected="the worst answer, then the best")
        return {"scale": scale["name"], "score_low": str(scale["low"]), "score_high": str(scale["high"])}

    def checked(self, table: object, keys: Mapping[str, Any], where: str) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.refusal(f"{where} is not a table")
        self.check_keys(table, keys, where)
        return table

    def complete(self, table: object, keys: Mapping[str, Any], where: str) -> dict[str, Any]:
        found = self.checked(table, keys, where)
        if missing := [key for key in keys if key not in found]:
            raise self.refusal(f"{where} lacks {', '.join(missing)}", expected=", ".join(keys))
        return found

    def check_keys(self, table: dict[str, Any], keys: Mapping[str, Any], where: str) -> None:
        for key, value in table.items():
            if key not in keys:
                raise self.unknown(key, keys, where)
            if not isinstance(value, keys[key]) or (keys[key] is int and isinstance(value, bool)):
                raise self.refusal(f"{where} {key} is {value!r}", expected=f"a value of type {_type_name(keys[key])}")

    def unknown(self, key: str, known: Iterable[str], where: str) -> InvalidInput:
        close = nearest(key, known)
        return self.refusal(
            f"{where} has an unknown key {key!r}",
            expected=f"one of: {', '.join(known)}",
            hint=f"did you mean {close!r}?" if close else None,
        )

    def choice(self, value: object, allowed: Iterable[str], where: str) -> str:
        if value not in list(allowed):
            close = nearest(str(value), allowed)
            raise self.refusal(
                f"{where} is {value!r}",
                expected=f"one of: {', '.join(allowed)}",
                hint=f"did you mean {close!r}?" if close else None,
            )
        return str(value)

    def texts(self, values: object, where: str) -> tuple[str, ...]:
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.refusal(f"{where} is {values!r}", expected='a list of texts such as ["a", "b"]')
        return tuple(values)

    def named_texts(self, table: object, known: Iterable[str] | None, where: str) -> dict[str, str]:
        if not isinstance(table, dict):
            raise self.refusal(f"{where} is not a table")
        for key, value in table.items():
            if known is not None and key not in known:
                raise self.unknown(key, known, where)
            if not isinstance(value, str):
                raise self.refusal(f"{where} {key} is {value!r}", expected="a text in quotes")
        return table


def _type_name(kind: Any) -> str:
    names = {str: "text", int: "whole number", bool: "true or false", list: "list", dict: "table"}
    return names.get(kind, "number")
