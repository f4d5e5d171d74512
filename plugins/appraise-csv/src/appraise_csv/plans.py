"""Plans for events out of a table, by a mapping."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from appraise.adapters.columns import find_columns, literal, nearest, quoted
from appraise.adapters.contract import EventPlan, EventStage, FileShape, ImportOptions, Parse, Skip
from appraise.adapters.days import check_time_zone
from appraise.adapters.event_mapping import EventMapping
from appraise.adapters.event_rules import SUGGEST, check_required, mentioned, rules_of
from appraise.adapters.settings import own_settings
from appraise.domain.events import COLUMNS, EventKind
from appraise.errors import InvalidInput, Place
from appraise_csv.mapping import TableMapping

_BESIDE = {"email", "source", "load_id", "file", "row"}
"""What a plain event file may have beside the columns of its kind: as `schema/events` says."""


def canonical_events(columns: Sequence[str], path: Path, options: ImportOptions) -> EventMapping:
    """The mapping of a plain event file (`schema/events`): columns have our own names, `email` makes a link key.

    Where rows name their source, those of another one are left out: a warehouse may keep all in one table.
    """
    folded = {column.casefold(): column for column in columns}
    if is_crosswalk(columns):
        return _crosswalk(folded, options)
    kind = _kind(columns, path, options)
    known = {column.name: folded[column.name] for column in COLUMNS[kind] if column.name in folded}
    if "link_key" not in known and "email" in folded:
        known["link_key"] = folded["email"]
    skips = []
    if "source" in folded:
        source = f"trim(coalesce({quoted(folded['source'])}, ''))"
        others = f"{source} NOT IN ('', {literal(options.source)})"
        skips.append(Skip(others, "an event of another source", withdraws=False))
    return EventMapping(kind=kind, columns=known, skips=tuple(skips), is_canonical=True)


def is_crosswalk(columns: Sequence[str]) -> bool:
    """Whether the table says which customer of a source is which, and nothing else."""
    folded = {column.casefold() for column in columns}
    return {"source", "customer_key"} < folded <= {"source", "customer_key", "link_key", "email"}


def _crosswalk(folded: Mapping[str, str], options: ImportOptions) -> EventMapping:
    """Rows of the import's source as customers of whom nothing but the link is known; 1990 is the earliest time.

    Each link of a customer is an event of its own: links add up. As hexadecimal, texts keep their case in the hash.
    """
    source, key = (f"trim(coalesce({quoted(folded[name])}, ''))" for name in ("source", "customer_key"))
    link = folded.get("link_key") or folded["email"]
    linked = f"trim(coalesce({quoted(link)}, ''))"
    if "link_key" not in folded:
        linked = f"lower({linked})"
    return EventMapping(
        kind=EventKind.CUSTOMERS,
        columns={"customer_key": folded["customer_key"], "link_key": link},
        constants={"occurred_at": "1990-01-01T00:00:00Z"},
        sql={"event_id": f"'crosswalk/' || hex({key}) || '@' || hex({linked})"},
        hashed=frozenset({"event_id"}),
        skips=(Skip(f"{source} <> {literal(options.source)}", "a customer of another source", withdraws=False),),
        is_canonical=True,
    )


def _kind(columns: Sequence[str], path: Path, options: ImportOptions) -> EventKind:
    declared = own_settings(options.settings, ["kind"]).get("kind")
    if declared is not None:
        if declared not in list(EventKind):
            close = nearest(declared, EventKind)
            raise InvalidInput(
                f"there is no kind of event named {declared!r}",
                expected=f"one of: {', '.join(EventKind)}",
                hint=f"did you mean {close}?" if close else None,
            )
        return EventKind(declared)
    if path.stem.casefold() in list(EventKind):
        return EventKind(path.stem.casefold())
    folded = {column.casefold() for column in columns}
    fitting = [
        kind
        for kind, known in COLUMNS.items()
        if folded <= {column.name for column in known} | _BESIDE
        and {column.name for column in known if column.required} <= folded
    ]
    if len(fitting) != 1:
        raise InvalidInput(
            "cannot tell which kind of event the table holds"
            + (f": its columns fit {', '.join(fitting)}" if fitting else ": its columns are not our canonical ones"),
            place=Place(path.name),
            expected=f"the setting kind, one of: {', '.join(EventKind)}, or a file of that name; or a mapping file",
            hint=SUGGEST,
        )
    return fitting[0]


def plan(
    columns: Sequence[str], path: Path, shape: FileShape, mapping: TableMapping, options: ImportOptions
) -> EventPlan:
    if options.time_zone is not None:
        check_time_zone(options.time_zone)
    if mapping.events:
        own_settings(options.settings, ())
    events = mapping.events or (canonical_events(columns, path, options),)
    warnings: list[str] = []
    used: dict[str, None] = {}
    stages = []
    for event in events:
        check_required(event, path.name)
        found = find_columns(
            columns,
            {field: (column,) for field, column in event.columns.items()},
            required=event.columns.keys(),
            path=path,
            title=f"table of {event.kind} as mapped",
        )
        rules = rules_of(event, found, options)
        stages.append(EventStage(event.kind, rules, only=event.only, skips=event.skips, prepare=event.prepare))
        used |= dict.fromkeys(found.values())
        used |= dict.fromkeys(mentioned(event, columns))
        if any(rule.parse is Parse.TIMESTAMP and rule.time_zone is None for rule in rules.values()):
            warnings.append(f"{event.kind}: no time zone is declared, so times without an offset are rejected")
        if "link_key" not in rules:
            warnings.append(f"{event.kind}: without e-mail addresses the customers cannot be joined to other sources")
    return EventPlan(shape, tuple(stages), tuple(used), tuple(dict.fromkeys(warnings)))
