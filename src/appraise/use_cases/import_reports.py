"""Reports of imports as documents: what is kept with the job and shown by the API."""

from collections.abc import Iterable
from typing import Any, Final

from appraise.domain.mapping import RejectedRow
from appraise.events.report import ImportReport
from appraise.use_cases.people_changes import PersonChange
from appraise.use_cases.people_report import PeopleReport

SHOWN: Final = 100
"""Entries of a list that are kept; the counts tell of them all."""
KIND_COUNTS: Final = ("accepted", "superseding", "unchanged", "duplicates", "skipped", "rejected", "withdrawn")


def document_of(report: PeopleReport | ImportReport) -> dict[str, Any]:
    """Under `people` or `events`, with the API's names."""
    return {"people": _people(report)} if isinstance(report, PeopleReport) else {"events": _events(report)}


def _people(report: PeopleReport) -> dict[str, Any]:
    return {
        "asOf": report.as_of.isoformat(),
        "created": report.created,
        "changed": report.changed,
        "rehired": report.rehired,
        "ended": report.ended,
        "unchanged": report.unchanged,
        "conflicting": report.conflicting,
        "changes": [_change(change) for change in report.changes[:SHOWN]],
        "proposals": [
            {
                "row": one.row,
                "key": one.key,
                "name": one.name,
                "known": one.known,
                "knownName": one.known_name,
                "shared": list(one.shared),
            }
            for one in report.proposals[:SHOWN]
        ],
        "rejected": len(report.rejected),
        "rejectedRows": _rows(report.rejected),
        "unresolved": len(report.unresolved_managers),
        "unresolvedManagers": [
            {
                "row": who.row,
                "employee": {"namespace": who.employee.namespace, "value": who.employee.value},
                "manager": {"namespace": who.manager.namespace, "value": who.manager.value},
                "reason": who.reason,
            }
            for who in report.unresolved_managers[:SHOWN]
        ],
        "loops": [list(path) for path in report.loops[:SHOWN]],
        "warnings": list(report.warnings[:SHOWN]),
        "unmappedColumns": list(report.unmapped_columns),
        "refused": report.refused,
    }


def _change(change: PersonChange) -> dict[str, Any]:
    facts = [
        {
            "fact": fact.fact.value,
            "before": fact.before,
            "after": fact.after,
            "since": None if fact.since is None else fact.since.isoformat(),
        }
        for fact in change.facts
    ]
    since = None if change.since is None else change.since.isoformat()
    return {"outcome": change.outcome.value, "key": change.key, "name": change.name, "since": since, "facts": facts}


def _events(report: ImportReport) -> dict[str, Any]:
    return {
        "loadId": report.load_id,
        "read": report.read,
        "malformed": report.malformed,
        "kinds": [
            {
                "kind": kind.value,
                **{name: getattr(counts, name) for name in KIND_COUNTS},
                "first": None if counts.first is None else counts.first.isoformat(),
                "last": None if counts.last is None else counts.last.isoformat(),
                "money": [{"currency": currency, "minor": str(total)} for currency, total in counts.money.items()],
            }
            for kind, counts in report.counts.items()
        ],
        "skippedByReason": _counts(report.skipped_by_reason.items()),
        "rejectedByReason": _counts(report.rejected_by_reason.items()),
        "rejected": report.rejected,
        "rejectedRows": _rows(report.rejected_sample),
        "overridden": report.overridden,
        "unknown": len(report.unknown_employees),
        "unknownEmployees": [
            {"namespace": who.namespace, "key": who.key, "rows": who.rows} for who in report.unknown_employees[:SHOWN]
        ],
        "warnings": list(report.warnings[:SHOWN]),
        "unmappedColumns": list(report.unmapped_columns),
        "repeated": report.repeated,
        "refused": report.refused,
    }


def _rows(rows: Iterable[RejectedRow]) -> list[dict[str, Any]]:
    shown = list(rows)[:SHOWN]
    return [
        {
            "file": row.file,
            "row": row.row,
            "column": row.column,
            "value": None if row.value is None else row.value[: SHOWN * 5],
            "reason": row.reason,
        }
        for row in shown
    ]


def _counts(pairs: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"reason": reason, "count": count} for reason, count in sorted(pairs, key=lambda pair: -pair[1])]
