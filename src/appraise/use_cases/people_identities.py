"""Who the rows of an export are: employees we know, by an id that a source gave them, or new ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from appraise.adapters.records import PeopleRecord, RejectedRow
from appraise.domain.employees import Employee, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.storage.identifiers import new_id
from appraise.storage.people_import import NOT_UNIQUE, Manager


@dataclass(slots=True)
class Identities:
    """`index` holds every normalised reference, old and new; `records` the rows of each employee in file order."""

    index: dict[ExternalReference, tuple[EmployeeId, ...]]
    records: dict[EmployeeId, list[PeopleRecord]] = field(default_factory=dict)
    created: dict[EmployeeId, Employee] = field(default_factory=dict)
    new_references: list[tuple[EmployeeId, ExternalReference]] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)

    def resolved(self, reference: ExternalReference) -> Manager:
        """Whom a normalised reference names; the reference itself while it names nobody or several."""
        named = self.index.get(reference, ())
        return named[0] if len(named) == 1 else reference

    def why_nobody(self, reference: ExternalReference) -> str:
        kind = {"email": "e-mail address", "name": "name"}.get(reference.namespace, "id")
        named = self.index.get(reference, ())
        return f"{len(named)} employees have this {kind}" if named else f"nobody is known by this {kind}"


def identify(
    records: Sequence[PeopleRecord], known: Mapping[ExternalReference, tuple[EmployeeId, ...]], *, file: str
) -> Identities:
    """E-mail addresses and names decide nobody's identity: people share them and change them."""
    found = Identities(index=dict(known))
    for record in records:
        references = _references(record)
        employee = _employee(record, references, found.index)
        if isinstance(employee, str):
            found.rejected.append(RejectedRow(file, record.row, None, record.key.value, employee))
            continue
        chosen = employee[0] if employee else EmployeeId(new_id())
        if not employee:
            found.created[chosen] = Employee(chosen, record.display_name, record.email)
        found.records.setdefault(chosen, []).append(record)
        for normalised, reference in references.items():
            named = found.index.get(normalised, ())
            if chosen not in named:
                found.index[normalised] = (*named, chosen)
                found.new_references.append((chosen, reference))
    return found


def _employee(
    record: PeopleRecord,
    references: Iterable[ExternalReference],
    index: Mapping[ExternalReference, tuple[EmployeeId, ...]],
) -> tuple[EmployeeId, ...] | str:
    """The employee of a row, as a tuple of one; of none for somebody new; a sentence where the row is refused."""
    if record.key.namespace in NOT_UNIQUE:
        return f"a person cannot be told by {record.key.namespace}; the export needs a column with an id"
    ids = [reference for reference in references if reference.namespace not in NOT_UNIQUE]
    named = sorted({employee for reference in ids for employee in index.get(reference, ())})
    if len(named) > 1:
        return "the ids on this row belong to different employees: " + ", ".join(
            f"{reference.namespace} {reference.value}" for reference in ids if reference in index
        )
    return tuple(named)


def _references(record: PeopleRecord) -> dict[ExternalReference, ExternalReference]:
    """All that may name the person, normalised → as written; by name and e-mail address too."""
    implied = [ExternalReference("name", record.display_name)]
    if record.email is not None:
        implied.append(ExternalReference("email", record.email))
    found: dict[ExternalReference, ExternalReference] = {}
    for reference in (record.key, *record.references, *implied):
        found.setdefault(reference.normalised(), reference)
    return found
