"""Take employees' protected attributes from a table into their separate store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from appraise.adapters.columns import find_column
from appraise.adapters.contract import FileShape
from appraise.adapters.files import detect, read_header, read_rows
from appraise.domain.access import Principal, may_administer
from appraise.domain.employees import Employee, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.mapping import RejectedRow
from appraise.errors import Forbidden, InvalidInput, Place
from appraise.storage import audit, people
from appraise.storage.database import Session
from appraise.storage.protected import ProtectedStore
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

EMPLOYEE: Final = "employee"
LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class ProtectedReport:
    """What came of one file: `known` are the people with a category, by attribute, of the `people` accepted."""

    file: str
    people: int
    known: Mapping[str, int]
    rejected: tuple[RejectedRow, ...]
    dry_run: bool


def import_protected_attributes(  # noqa: PLR0913  # the options of one import
    deployment: Deployment,
    store: ProtectedStore,
    principal: Principal,
    path: Path,
    *,
    namespace: str | None,
    at: datetime,
    dry_run: bool,
) -> ProtectedReport:
    """Replace what was known of each attribute that has a column in the file. Nothing is written where no row is good.

    The column `employee` holds our id or NAMESPACE=VALUE; where `namespace` is given, its values. Every other column
    is an attribute; a blank cell means unknown. Raises `Forbidden` unless an HR administrator asks, `InvalidInput` for
    a file without these columns. The audit log tells of it, naming attributes and counts but nobody's category.
    """
    if not may_administer(principal):
        raise Forbidden("only HR administrators may import protected attributes")
    shape = detect(path, FileShape())
    column, attributes = _columns(path, read_header(path, shape))
    with deployment.database.reading() as session:
        directory = _Directory.of(people.snapshot(session).employees, namespace)
    rejected: list[RejectedRow] = []
    rows: dict[EmployeeId, int] = {}
    found: dict[str, dict[EmployeeId, str]] = {attribute: {} for attribute in attributes}
    for number, row in read_rows(path, shape, on_reject=rejected.append):
        reason = _refusal(row, column, attributes, directory, rows)
        if reason is not None:
            rejected.append(RejectedRow(path.name, number, *reason))
            continue
        employee = directory.named(row[column])[0]
        rows[employee] = number
        for attribute in attributes:
            if category := " ".join(row[attribute].split()):
                found[attribute][employee] = category
    known = {attribute: len(categories) for attribute, categories in found.items()}
    if rows and not dry_run:
        _write(deployment, store, principal, found, at=at)
    in_order = tuple(sorted(rejected, key=lambda line: line.row))
    return ProtectedReport(path.name, len(rows), known, in_order, dry_run)


@dataclass(frozen=True, slots=True)
class _Directory:
    """Whom a cell of the column `employee` may mean."""

    ids: frozenset[EmployeeId]
    references: Mapping[ExternalReference, frozenset[EmployeeId]]
    namespace: str | None

    @classmethod
    def of(cls, employees: Iterable[Employee], namespace: str | None) -> "_Directory":
        references: dict[ExternalReference, set[EmployeeId]] = {}
        everybody = set()
        for person in employees:
            everybody.add(person.id)
            for reference in person.references:
                references.setdefault(reference.normalised(), set()).add(person.id)
        frozen = {reference: frozenset(ids) for reference, ids in references.items()}
        return cls(frozenset(everybody), frozen, namespace)

    def named(self, cell: str) -> tuple[EmployeeId, ...]:
        text = cell.strip()
        if self.namespace is None and EmployeeId(text) in self.ids:
            return (EmployeeId(text),)
        namespace, _, value = (self.namespace, "", text) if self.namespace is not None else text.partition("=")
        reference = ExternalReference(namespace, value).normalised()
        return tuple(sorted(self.references.get(reference, frozenset())))


def _columns(path: Path, header: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    column = find_column(header, EMPLOYEE)
    attributes = tuple(name for name in header if name != column)
    if column is None or not attributes:
        raise InvalidInput(
            "the file's columns are " + ", ".join(repr(name) for name in header),
            expected=f"a column {EMPLOYEE!r} and a column for each attribute, named as the report shall name it",
            place=Place(path.name, 1),
        )
    return column, attributes


def _refusal(
    row: Mapping[str, str],
    column: str,
    attributes: tuple[str, ...],
    directory: _Directory,
    rows: Mapping[EmployeeId, int],
) -> tuple[str, str, str] | None:
    """Why a row cannot be taken: the column, what it holds, and the reason."""
    cell = row[column]
    meant = directory.named(cell)
    if not meant:
        kind = "an id or NAMESPACE=VALUE" if directory.namespace is None else f"one of {directory.namespace}"
        return column, cell, f"nobody is known by this; expected is {kind}"
    if len(meant) > 1:
        return column, cell, f"{len(meant)} people are known by this; give the id of the one who is meant"
    if meant[0] in rows:
        return column, cell, f"row {rows[meant[0]]} speaks of the same person"
    for attribute in attributes:
        if len(row[attribute]) > LONGEST:
            return attribute, row[attribute], f"a category has at most {LONGEST} characters"
    return None


def _write(
    deployment: Deployment,
    store: ProtectedStore,
    principal: Principal,
    found: Mapping[str, Mapping[EmployeeId, str]],
    *,
    at: datetime,
) -> None:
    """Audited first: the two databases share no transaction, and what was tried must not go untold."""
    details = [(attribute, f"{len(categories)} people") for attribute, categories in found.items()]

    def record(session: Session) -> None:
        actor = Actor.of(principal)
        audit.append(
            session,
            at=at,
            actor=actor.id,
            action="protected.import",
            subject="protected attributes",
            details=[*actor.facts, *details],
        )

    store.create()
    committed(deployment, record)
    store.replace(found)
