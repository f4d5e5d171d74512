"""Which employee an event names: the reference in the event's own words, looked up among the people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa

from appraise.domain.employees import Employee, Employment, ExternalReference
from appraise.domain.events import EventKind
from appraise.scoring.leave import Leave, leaves

NOBODY_NAMED = "no employee is named on the record"
UNKNOWN = "the employee named is not among the people"
AMBIGUOUS = "the name fits several employees"
REASONS = (NOBODY_NAMED, UNKNOWN, AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class Directory:
    """Position of each employee in the order of ids, by every reference that names exactly one; None where several.

    `leaves` are the times in which somebody was on leave of absence.
    """

    positions: Mapping[ExternalReference, int | None]
    leaves: tuple[Leave, ...] = ()

    def resolve(self, namespace: str | None, key: str | None) -> tuple[int | None, str | None]:
        """The employee's position, or None and why not."""
        if key is None or not key.strip() or namespace is None:
            return None, NOBODY_NAMED
        reference = ExternalReference(namespace, key).normalised()
        if reference not in self.positions:
            return None, UNKNOWN
        position = self.positions[reference]
        return position, AMBIGUOUS if position is None else None


def directory(employees: Sequence[Employee], employments: Iterable[Employment] = ()) -> Directory:
    """E-mail address and display name are references too, of the kinds `email` and `name`."""
    positions: dict[ExternalReference, int | None] = {}
    for position, employee in enumerate(employees):
        references = [*employee.references, ExternalReference("name", employee.display_name)]
        if employee.email is not None:
            references.append(ExternalReference("email", employee.email))
        for reference in {reference.normalised() for reference in references}:
            shared = positions.get(reference, position) != position
            positions[reference] = None if shared else position
    return Directory(positions, leaves([employee.id for employee in employees], employments))


@dataclass(frozen=True, slots=True)
class Naming:
    """How many `events` of one kind and source name an `employee` (position), or name none for the same reason."""

    kind: EventKind
    source: str
    employee: int | None
    why: str | None
    events: int


@dataclass(frozen=True, slots=True)
class References:
    """`table` has every pair (`employee_namespace`, `employee_key`) that is on events, as `resolved`."""

    table: ibis.Table
    naming: tuple[Naming, ...]

    def of(self, kind: EventKind) -> ibis.Table | None:
        """None where no event of this kind names anybody."""
        return self.table if names_anybody(self.naming, kind) else None

    def sources(self, kind: EventKind) -> list[str]:
        """Those that have events of this kind."""
        return sorted({one.source for one in self.naming if one.kind is kind})


def names_anybody(naming: Iterable[Naming], kind: EventKind) -> bool:
    return any(one.kind is kind and one.why != NOBODY_NAMED for one in naming)


def references(named: Mapping[EventKind, ibis.Table], people: Directory) -> References:
    """Reads each table once."""
    pair = ["employee_namespace", "employee_key"]
    counted = [
        table.group_by("source", *pair).agg(events=table.count()).mutate(kind=ibis.literal(kind.value))
        for kind, table in named.items()
    ]
    found = ibis.union(*counted).to_pyarrow()
    naming = tuple(
        Naming(EventKind(row["kind"]), row["source"], *people.resolve(*(row[part] for part in pair)), row["events"])
        for row in found.to_pylist()
    )
    return References(_answered(found.select(pair).group_by(pair).aggregate([]), people), naming)


def resolved(named: Iterable[ibis.Table], people: Directory) -> ibis.Table:
    """Every pair (`employee_namespace`, `employee_key`) in the tables, with `employee` or `why` there is none."""
    pairs = [table.select("employee_namespace", "employee_key") for table in named]
    return _answered(ibis.union(*pairs).distinct().to_pyarrow(), people)


def _answered(pairs: pa.Table, people: Directory) -> ibis.Table:
    """Pairs come back to Python: they are about as many as employees, and only there are names folded as of people."""
    answers = [people.resolve(pair["employee_namespace"], pair["employee_key"]) for pair in pairs.to_pylist()]
    # A null equals nothing in a join, so absent parts are written as empty text on both sides.
    return ibis.memtable(
        pa.table(
            {
                "employee_namespace": pairs["employee_namespace"].fill_null(""),
                "employee_key": pairs["employee_key"].fill_null(""),
                "employee": pa.array([employee for employee, _ in answers], pa.int32()),
                "why": pa.array([why for _, why in answers], pa.string()),
            }
        )
    )


def with_employee(table: ibis.Table, known: ibis.Table | None) -> ibis.Table:
    """The table with `employee` and `why` in place of the reference; `named` tells whether it names anybody.

    `known` are the references of these events, None where they name nobody.
    """
    if known is None:
        nobody = {
            "employee": ibis.literal(None, type="int32"),
            "why": ibis.literal(NOBODY_NAMED),
            "named": ibis.literal(False),  # noqa: FBT003  # a value
        }
        return table.drop("employee_namespace", "employee_key").mutate(**nobody)
    keyed = table.mutate(
        employee_namespace=table.employee_namespace.fill_null(""), employee_key=table.employee_key.fill_null("")
    )
    joined = keyed.left_join(known, ["employee_namespace", "employee_key"])
    named = joined.why.isnull() | (joined.why != NOBODY_NAMED)
    return joined.mutate(named=named).drop(
        "employee_namespace", "employee_key", "employee_namespace_right", "employee_key_right"
    )
