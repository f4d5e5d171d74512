"""The policy as a document: TOML that an organisation keeps under version control, checked and turned into a `Policy`.

A key that is left out has its default. What a document says is checked in two steps: here whether it can be read (keys,
types, ranges), in `policy_lint` whether it should be followed.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import partial
from itertools import accumulate
from typing import Any, TypeVar

from appraise.domain import profiles
from appraise.domain.canonical import canonical, sha256
from appraise.domain.exclusions import SCHEMA, Exclusion, exclusion_from
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import BY_KEY
from appraise.domain.language import retold, say
from appraise.domain.policies import (
    DEFAULT_POLICY,
    DEFAULTS,
    Attribution,
    IndicatorPolicy,
    Policy,
    RatingRule,
    Relation,
    WatchLists,
)
from appraise.domain.policy_keys import OF_AN_INDICATOR, OF_THE_POLICY, Key, expectation, fits, keys_of
from appraise.domain.profiles import Profile, profile_from
from appraise.errors import InvalidInput, Place

T = TypeVar("T")
INDICATORS = "indicators"
REASONS = "reasons"
EXCLUSIONS = "exclusions"
PROFILES = "profiles"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ANY_OTHER = IndicatorKey("")
_OF_NO_INDICATOR = IndicatorPolicy(Attribution.DIRECT, case_mix=(), minimum_events=10, weight=0.0)
"""So that what is said of an indicator that there is not can be read, and lint says so."""
_TYPES: Mapping[str, Callable[[Any], Any]] = {"attribution": Attribution, "relation": Relation, "case_mix": tuple}


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A readable document, not yet known to be sensible: its weights may not make 1, its indicators may not exist.

    `choices` holds every key of the policy itself, `indicators` are in the order of the scorecard, `reasons` say by
    dotted key why the organisation departs from what lint would refuse.
    """

    choices: tuple[tuple[str, int | float | str], ...]
    indicators: tuple[tuple[IndicatorKey, IndicatorPolicy], ...]
    reasons: tuple[tuple[str, str], ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    profiles: tuple[Profile, ...] = ()

    def choice(self, name: str) -> Any:
        """Of the type that `policy_keys` gives the key."""
        return dict(self.choices)[name]

    def as_json(self) -> dict[str, Any]:
        """The document as plain JSON with every default filled in."""
        return {
            **dict(self.choices),
            INDICATORS: {name: _indicator_json(name, rules) for name, rules in self.indicators},
            REASONS: dict(self.reasons),
            EXCLUSIONS: [exclusion.as_json() for exclusion in self.exclusions],
            PROFILES: [profile.as_json() for profile in self.profiles],
        }

    def policy(self) -> Policy:
        """Raises `InvalidInput` where the weights do not make 1."""
        choices: dict[str, Any] = {
            **dict(self.choices),
            "rating_rule": RatingRule(self.choice("rating_rule")),
            "watch_lists": WatchLists(self.choice("watch_lists")),
        }
        return Policy(
            indicators=self.indicators,
            reasons=self.reasons,
            exclusions=self.exclusions,
            profiles=self.profiles,
            **choices,
        )


def document_of(policy: Policy) -> PolicyDocument:
    return PolicyDocument(
        tuple((key.name, _plain(getattr(policy, key.name))) for key in OF_THE_POLICY),
        _in_order(policy.indicators),
        tuple(sorted(policy.reasons)),
        policy.exclusions,
        policy.profiles,
    )


def canonical_json(policy: Policy) -> str:
    """One text per policy: sorted keys, no blanks. The order in which indicators were written does not count."""
    return canonical(document_of(policy).as_json())


def policy_hash(policy: Policy) -> str:
    """SHA-256 of the canonical JSON."""
    return sha256(canonical_json(policy))


def read_toml(text: str, *, file: str | None = None) -> PolicyDocument:
    """Raises `InvalidInput` with the place: no TOML, an unknown key, a wrong type, a value out of range."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # not only its own: numbers too long, brackets too deep
        raise InvalidInput(
            f"the policy is no TOML: {error}", expected="a document such as `appraise policy show` prints",
            place=Place(file=file),
        ) from error  # fmt: skip
    return _Reader(file, _lines(text)).document(values)


def from_json(values: Mapping[str, Any]) -> PolicyDocument:
    """The document that `as_json` gave. Raises `InvalidInput` as `read_toml` does."""
    return _Reader(None, {}).document(values)


def json_schema() -> dict[str, Any]:
    """JSON Schema of a policy document. Whether the policy is sensible is told by lint, not by the schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "appraise:records/policy",
        "title": "policy",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **{key.name: _property(key, _plain(getattr(DEFAULT_POLICY, key.name))) for key in OF_THE_POLICY},
            INDICATORS: {
                "type": "object",
                "minProperties": 1,
                "description": "what is scored, by indicator; the four rated ones where the table is left out",
                "properties": {name: _indicator_schema(name, rules) for name, rules in DEFAULTS.items()},
                "additionalProperties": _indicator_schema(_ANY_OTHER, None),
            },
            REASONS: {
                "type": "object",
                "description": "by dotted key, why the organisation departs from what lint would refuse",
                "additionalProperties": {"type": "string", "minLength": 1},
            },
            EXCLUSIONS: dict(SCHEMA),
            PROFILES: dict(profiles.SCHEMA),
        },
    }


def schema_text() -> str:
    return json.dumps(json_schema(), indent=2) + "\n"


def to_toml(policy: Policy) -> str:
    """The whole policy as TOML; comments say what each key means, its default and where that comes from."""
    document = document_of(policy)
    named = dict(DEFAULT_POLICY.indicators)
    lines: list[str] = []
    for key in OF_THE_POLICY:
        lines += _lines_of(key, document.choice(key.name), _plain(getattr(DEFAULT_POLICY, key.name)), key.source)
    for name, rules in document.indicators:
        known = DEFAULTS.get(name)
        default = {} if known is None else _indicator_json(name, known)
        values = _indicator_json(name, rules)
        lines += ["", f"[{INDICATORS}.{_key(name)}]"]
        for key in keys_of(name):
            source = key.source_of.get(name, key.source) if name in named else "the indicator's own"
            lines += _lines_of(key, values[key.name], default.get(key.name), source)
    if document.reasons:
        lines += ["", f"[{REASONS}]", *(f"{_key(name)} = {_value(reason)}" for name, reason in document.reasons)]
    tables = [(EXCLUSIONS, one.as_json()) for one in document.exclusions]
    for kind, table in [*tables, *((PROFILES, one.as_json()) for one in document.profiles)]:
        lines += ["", f"[[{kind}]]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


class _Reader:
    """Reads one document; knows the file and its lines only to say where something is wrong."""

    def __init__(self, file: str | None, lines: Mapping[str, int]) -> None:
        self._file, self._lines = file, lines

    def document(self, values: Mapping[str, Any]) -> PolicyDocument:
        names = [key.name for key in OF_THE_POLICY]
        self._known(values, [*names, INDICATORS, REASONS, EXCLUSIONS, PROFILES], "")
        defaults = {name: _plain(getattr(DEFAULT_POLICY, name)) for name in names}
        read = self._values(values, OF_THE_POLICY, defaults, "")
        chosen = self._table(values.get(INDICATORS, {name: {} for name, _ in DEFAULT_POLICY.indicators}), INDICATORS)
        if not chosen:
            raise self._wrong(INDICATORS, "names no indicator", "at least one table [indicators.NAME]")
        indicators = [(name, self._indicator(chosen, name)) for name in map(IndicatorKey, chosen)]
        reasons = self._reasons(self._table(values.get(REASONS, {}), REASONS), dict(indicators))
        return PolicyDocument(
            tuple(read.items()),
            _in_order(indicators),
            reasons,
            self._listed(values, EXCLUSIONS, exclusion_from),
            self._listed(values, PROFILES, profile_from),
        )

    def _indicator(self, chosen: Mapping[str, Any], name: IndicatorKey) -> IndicatorPolicy:
        path, keys = f"{INDICATORS}.{name}", keys_of(name)
        values = self._table(chosen[name], path)
        self._known(values, [key.name for key in keys], f"{path}.")
        known = DEFAULTS.get(name)
        if known is None and not values:
            raise self._wrong(path, "names no installed indicator", "one of: " + ", ".join(DEFAULTS))
        read = self._values(values, keys, _indicator_json(name, known or _OF_NO_INDICATOR), f"{path}.")
        return IndicatorPolicy(**{key: _TYPES.get(key, type(value))(value) for key, value in read.items()})

    def _values(
        self, values: Mapping[str, Any], keys: tuple[Key, ...], defaults: Mapping[str, Any], prefix: str
    ) -> dict[str, Any]:
        read = {}
        for key in keys:
            path = f"{prefix}{key.name}"
            value = values.get(key.name, defaults[key.name])
            if not fits(value, key.shape):
                raise self._wrong(path, f"is {value!r}", expectation(key.shape))
            read[key.name] = float(value) if key.shape["type"] == "number" else value
        return read

    def _listed(
        self, values: Mapping[str, Any], name: str, one_from: Callable[[Any, Callable[[str, str], Exception]], T]
    ) -> tuple[T, ...]:
        listed = values.get(name, [])
        if not isinstance(listed, list):
            raise self._wrong(name, f"is {listed!r}", f"tables [[{name}]], one for each")
        return tuple(
            one_from(one, partial(self._wrong, f"{name}, number {number},"))
            for number, one in enumerate(listed, start=1)
        )

    def _reasons(self, values: Mapping[str, Any], indicators: Iterable[IndicatorKey]) -> tuple[tuple[str, str], ...]:
        inside = [f"{INDICATORS}.{name}.{key.name}" for name in indicators for key in keys_of(name)]
        names = [*(key.name for key in OF_THE_POLICY), *inside]
        self._known(values, names, f"{REASONS}.", "a key of this document by its dotted name, e.g. attributable_share")
        for name, reason in values.items():
            if not isinstance(reason, str) or not reason.strip():
                raise self._wrong(f"{REASONS}.{name}", f"is {reason!r}", "a sentence that says why")
        return tuple(sorted(values.items()))

    def _table(self, table: Any, path: str) -> Mapping[str, Any]:
        if not isinstance(table, Mapping):
            raise self._wrong(path, f"is {table!r}", f"a table: [{path}] and its keys below")
        return table

    def _known(self, values: Mapping[str, Any], names: list[str], prefix: str, expected: str | None = None) -> None:
        inner = {} if prefix else {key.name: f"{key.name} in [{INDICATORS}.NAME]" for key in OF_AN_INDICATOR}
        for name in values:
            if name not in names:
                close = get_close_matches(name.casefold(), [*names, *inner], cutoff=0.0)[0]
                raise InvalidInput(
                    f"{prefix}{name} is no key of a policy",
                    expected=expected or "one of: " + ", ".join(names),
                    hint=f"did you mean {inner.get(close, close)}?",
                    place=self._place(f"{prefix}{name}"),
                )

    def _wrong(self, path: str, found: str, expected: str) -> InvalidInput:
        return InvalidInput(f"{path} {found}", expected=expected, place=self._place(path))

    def _place(self, path: str) -> Place:
        """The line of the key, or of the table around it."""
        inner = path
        while inner and inner not in self._lines:
            inner = inner.rpartition(".")[0]
        return Place(file=self._file, row=self._lines.get(inner))


def _lines(text: str) -> dict[str, int]:
    """Where each table and key stands, for messages: dotted path → line. Dotted and inline keys are not looked into."""
    found: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        table = re.match(r"\s*\[([^\[\]]+)\]", line)
        key = re.match(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_.-]+))\s*=""", line)
        if table:
            path = re.sub(r"""["'\s]""", "", table.group(1))
            prefix = f"{path}."
            for outer in accumulate(path.split("."), lambda outer, inner: f"{outer}.{inner}"):
                found.setdefault(outer, number)
        elif key:
            found.setdefault(prefix + next(filter(None, key.groups())), number)
    return found


def _in_order(
    indicators: Iterable[tuple[IndicatorKey, IndicatorPolicy]],
) -> tuple[tuple[IndicatorKey, IndicatorPolicy], ...]:
    """The scorecard's order: as the indicators are defined, others after them by name."""
    order = {key: position for position, key in enumerate(BY_KEY)}
    return tuple(sorted(indicators, key=lambda pair: (order.get(pair[0], len(order)), pair[0])))


def _plain(value: float | StrEnum) -> int | float | str:
    return value.value if isinstance(value, StrEnum) else value


def _indicator_json(name: IndicatorKey, rules: IndicatorPolicy) -> dict[str, Any]:
    plain = {key.name: getattr(rules, key.name) for key in keys_of(name)}
    texts = {key: value.value for key, value in plain.items() if isinstance(value, StrEnum)}
    return {**plain, **texts, "case_mix": list(rules.case_mix)}


def _indicator_schema(name: IndicatorKey, default: IndicatorPolicy | None) -> dict[str, Any]:
    values = {} if default is None else _indicator_json(name, default)
    return {
        "type": "object",
        "additionalProperties": False,
        **({} if values else {"required": [key.name for key in keys_of(name)]}),
        "properties": {key.name: _property(key, values.get(key.name)) for key in keys_of(name)},
    }


def _property(key: Key, default: Any) -> dict[str, Any]:
    return {**key.shape, "description": key.meaning, **({} if default is None else {"default": default})}


def _lines_of(key: Key, value: Any, default: Any, source: str) -> tuple[str, ...]:
    note = (
        say("no default")
        if default is None
        else say("default {value}: {source}", value=_value(default), source=retold(source))
    )
    return (f"# {retold(key.meaning)}", f"#   {note}", f"{key.name} = {_value(value)}")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    """A value as TOML, which writes numbers, texts and lists of them as JSON does, but for DEL."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
