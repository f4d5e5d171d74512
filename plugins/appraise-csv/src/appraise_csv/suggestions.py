"""A first mapping file for an unknown table, with the evidence for each guess beside it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from appraise.adapters.contract import FileShape
from appraise.adapters.files import detect, read_header, read_rows
from appraise.domain.events import COLUMNS, Column, EventKind
from appraise_csv.presets import Preset, preset_lines, preset_of

_SAMPLE = 2_000
_FEW = 8
_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%d %H:%M:%S %z",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d-%b-%y",
    "%Y%m%d",
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PEOPLE_ALIASES = {
    "key": (
        "employee id", "emp id", "employee number", "employee no", "worker id", "user id", "person number", "person id",
        "personnel number", "staff id", "Personalnummer", "Mitarbeiternummer", "id",
    ),
    "display_name": ("full name", "employee name", "display name", "name"),
    "given_name": ("first name", "given name", "forename", "Vorname"),
    "family_name": ("last name", "surname", "family name", "Nachname"),
    "email": ("work email", "email", "email address", "work email address", "mail"),
    "manager": (
        "manager id", "manager employee id", "supervisor id", "manager email", "supervisor email", "reports to",
        "manager", "supervisor", "manager name", "Vorgesetzter",
    ),
    "job_title": ("job title", "title", "position", "job"),
    "department_name": ("department", "department name", "Abteilung"),
    "status": ("status", "worker status", "employment status", "employee status"),
    "hire_date": ("hire date", "date of hire", "start date", "joining date", "date of joining", "Eintrittsdatum"),
    "termination_date": (
        "termination date", "date of termination", "end date", "leaving date", "last day of work", "Austrittsdatum",
    ),
}  # fmt: skip
"""Matched by their letters and digits alone: `employee_id`, `Employee ID` and `EmployeeId` are one name."""
_ORDER = ("order id", "order number", "order no", "order", "sales order number", "invoice", "invoice number", "id")
_EVENT_ALIASES: Mapping[EventKind, Mapping[str, tuple[str, ...]]] = {
    EventKind.CONTACTS: {
        "event_id": ("contact id", "ticket id", "ticket number", "case id", "case number", "unique id", "id"),
        "occurred_at": ("created at", "created", "created date", "date", "opened at", "issue reported at"),
        "customer_key": ("customer id", "requester id", "account id", "customer email", "requester email", "customer"),
        "employee_key": (
            "agent email",
            "agent id",
            "assignee email",
            "assignee id",
            "agent",
            "assignee",
            "agent name",
            "owner",
        ),
        "channel": ("channel", "via", "channel name"),
        "topic": ("topic", "category", "reason"),
    },
    EventKind.RATINGS: {
        "event_id": ("rating id", "response id", "survey id", "unique id", "id"),
        "occurred_at": ("answered at", "survey response date", "responded at", "created at", "date"),
        "customer_key": ("customer id", "customer email", "customer"),
        "employee_key": ("agent email", "agent id", "agent", "agent name"),
        "score": ("score", "rating", "csat score", "csat", "nps"),
        "contact_id": ("ticket id", "case id", "contact id"),
    },
    EventKind.PURCHASES: {
        "event_id": _ORDER,
        "order_id": _ORDER,
        "occurred_at": ("order date", "ordered at", "invoice date", "created at", "date"),
        "customer_key": ("customer id", "customer email", "reseller key", "customer"),
        "amount": ("total", "amount", "sales amount", "dollar value", "order total"),
        "currency": ("currency", "currency code"),
    },
    EventKind.SUBSCRIPTIONS: {
        "event_id": ("subscription id", "subscription", "id"),
        "occurred_at": ("started at", "start date", "activated at", "created at"),
        "customer_key": ("customer id", "account code", "customer email", "customer"),
        "ended_at": ("ended at", "end date", "cancelled at", "canceled at", "expires at"),
        "product": ("plan", "product"),
    },
    EventKind.OWNERSHIPS: {
        "occurred_at": ("from", "start date", "since", "valid from"),
        "ended_at": ("until", "end date", "to", "valid to"),
        "customer_key": ("account", "account id", "customer id", "customer"),
        "employee_key": ("owner email", "owner id", "account owner", "owner"),
    },
}  # fmt: skip

_ALIASES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "people": _PEOPLE_ALIASES,
    **{kind.value: aliases for kind, aliases in _EVENT_ALIASES.items()},
}


def suggest_mapping(path: Path) -> str:
    """TOML to correct by hand. Each line tells why it was guessed; what is doubtful is commented out, never decided."""
    shape = detect(path, FileShape())
    header = read_header(path, shape)
    rows = [row for _, row in islice(read_rows(path, shape, on_reject=lambda _: None), _SAMPLE)]
    values = {name: [row[name].strip() for row in rows if row.get(name, "").strip()] for name in header}
    kind, found = _best_kind(header)
    preset = preset_of(header)
    if preset is not None and len(preset[1]) >= len(found):
        kind, found = "people", preset[1]
    else:
        preset = None
    lines = [
        f"# A first mapping of {path.name!r}, guessed from its header and first {len(rows)} rows. Check every line.",
        f"# {_others(header)}",
        *(_preset_remarks(preset[0]) if preset else []),
        f'kind = "{kind}"',
        *_date_lines(kind, values),
        "",
        "[file]",
        f'format = "{shape.format}"',
        *([f"delimiter = {_text(shape.delimiter)}"] if shape.delimiter else []),
        "",
        *(_scale_lines(found, values) if kind == EventKind.RATINGS else []),
        "[columns]",
        *(f"{field} = {_text(column)}  # {_evidence(values[column])}" for field, column in found.items()),
        *_missing_lines(kind, found),
        *(preset_lines(*preset) if preset else []),
        "",
        "# Columns that nothing was guessed for:",
        *(f"# {_text(name)}: {_evidence(values[name])}" for name in header if name not in found.values()),
    ]
    return "\n".join(lines) + "\n"


def _preset_remarks(preset: Preset) -> list[str]:
    return [
        f"# The columns are like {preset.title}'s. UNVERIFIED: names from {preset.evidence}; no export was seen.",
        *(f"# {remark}" for remark in preset.remarks),
    ]


def _best_kind(header: Sequence[str]) -> tuple[str, dict[str, str]]:
    found = {kind: _aliased(header, aliases) for kind, aliases in _ALIASES.items()}
    kind = max(found, key=lambda name: len(found[name]))
    return kind, found[kind]


def _others(header: Sequence[str]) -> str:
    counts = ", ".join(f"{kind} {len(_aliased(header, aliases))}" for kind, aliases in _ALIASES.items())
    return f"Fields recognised if the table were one of: {counts}."


def _aliased(header: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    columns = {_letters(column): column for column in reversed(header)}
    found = {
        field: [known for name in names if (known := _letters(name)) in columns] for field, names in aliases.items()
    }
    return {field: columns[known[0]] for field, known in found.items() if known}


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _date_lines(kind: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    lines: list[str] = []
    fitting_all: set[str] = set()
    for name, texts in values.items():
        fitting = [form for form in _FORMATS if texts and all(_fits(text, form) for text in texts)]
        if fitting:
            fitting_all.update(fitting)
            doubt = "" if len(fitting) == 1 else " (the values fit several; look at them)"
            lines.append(f"# {_text(name)} fits {', '.join(fitting)}{doubt}: e.g. {texts[0]}")
    if not lines:
        return ["# No column looks like days or times."]
    chosen = min(fitting_all) if len(fitting_all) == 1 else None
    comment = "" if chosen else "# "
    example = chosen or min(fitting_all)
    if kind == "people":
        return [*lines, f"{comment}date_format = {_text(example)}"]
    return [
        *lines,
        f"{comment}formats = [{_text(example)}]",
        '# time_zone = "Europe/Berlin"  # for times without offset',
    ]


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007  # only the form is looked at
    except ValueError:
        return False
    return True


def _scale_lines(found: Mapping[str, str], values: Mapping[str, Sequence[str]]) -> list[str]:
    seen = sorted(set(values[found["score"]])) if "score" in found else []
    return [
        f"# Scores seen: {', '.join(seen[:12])}. Which scale they were given on, only you know.",
        "# [scale]",
        '# name = "csat_1_5"',
        "# low = 1",
        "# high = 5",
        "",
    ]


def _missing_lines(kind: str, found: Mapping[str, str]) -> list[str]:
    if kind == "people":
        return [] if "key" in found else ['# key = "…"  # needed: the stable id of the person']
    missing = [
        column
        for column in COLUMNS[EventKind(kind)]
        if column.required and column.name not in found and not column.name.startswith("sc")
    ]
    return [
        *(f'# {column.name} = "…"  # needed: {_meaning(column)}' for column in missing),
        *(
            ["", "# [constants]  # what is the same in every row and stands in no column", '# … = "…"']
            if missing
            else []
        ),
    ]


def _meaning(column: Column) -> str:
    return column.description or f"{', '.join(column.vocabulary[:-1])} or {column.vocabulary[-1]}"


def _evidence(texts: Sequence[str]) -> str:
    if not texts:
        return "empty in the sample"
    shape = f"{len(set(texts))} different of {len(texts)}"
    if all(_EMAIL.fullmatch(text) for text in texts):
        shape += ", all e-mail addresses"
    elif any(text.startswith("0") and text.isdigit() and len(text) > 1 for text in texts):
        shape += ", numbers with leading zeros: ids, kept as text"
    if len(set(texts)) <= _FEW:  # a vocabulary; what tells people apart is not copied into a mapping
        shape += ": " + ", ".join(sorted({" ".join(text.split())[:40] for text in texts}))
    return shape


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'
