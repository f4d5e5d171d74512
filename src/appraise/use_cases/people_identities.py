"""Who the rows of an export are: employees we know, by an id that a source gave them, or new ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from appraise.adapters.records import PeopleRecord, RejectedRow
from appraise.domain.employees import Employee, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.identities import Whose, is_reused, shared_ids, whose
from appraise.storage.identifiers import new_id
from appraise.storage.people_import import NOT_UNIQUE, Manager

SHOWN: Final = 10
"""Rows that a warning names."""


@dataclass(slots=True)
class Identities:
    """`index` holds every normalised reference, old and new; `records` the rows of each employee in file order."""

    index: dict[ExternalReference, tuple[EmployeeId, ...]]
    records: dict[EmployeeId, list[PeopleRecord]] = field(default_factory=dict)
    created: dict[EmployeeId, Employee] = field(default_factory=dict)
    new_references: list[tuple[EmployeeId, ExternalReference]] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    shared: Mapping[ExternalReference, Collection[ExternalReference]] = field(default_factory=dict)
    """Ids that several keys of the file bear, which name nobody."""
    warnings: list[str] = field(default_factory=list)

    def resolved(self, reference: ExternalReference) -> Manager:
        """Whom a normalised reference names; the reference itself while it names nobody or several.

        An address that people of the file have had is that of the one whom the file shows with it.
        """
        named = self.index.get(reference, ())
        if len(named) > 1 and reference.namespace == "email" and all(one in self.records for one in named):
            named = tuple(one for one in named if any(reference in _references(row) for row in self.records[one]))
        return named[0] if len(named) == 1 and reference not in self.shared else reference

    def why_nobody(self, reference: ExternalReference) -> str:
        kind = {"email": "e-mail address", "name": "name"}.get(reference.namespace, "id")
        if reference in self.shared:
            return f"{len(self.shared[reference])} people of the file have this {kind}"
        named = self.index.get(reference, ())
        return f"{len(named)} employees have this {kind}" if named else f"nobody is known by this {kind}"


def identify(
    records: Sequence[PeopleRecord],
    known: Mapping[ExternalReference, tuple[EmployeeId, ...]],
    *,
    file: str,
    left: Mapping[EmployeeId, date],
) -> Identities:
    """E-mail addresses and names decide nobody's identity: people share them and change them.

    `left` are those who are known to have left and have not been said to be back, with the start of their last job.
    """
    named = [_references(record) for record in records]
    ids = [[one for one in references if one.namespace not in NOT_UNIQUE] for references in named]
    shared = shared_ids((record.key.normalised(), row) for record, row in zip(records, ids, strict=True))
    found = Identities(index=dict(known), shared=shared)
    holders = {one: employees[0] for one, employees in known.items() if one.namespace not in NOT_UNIQUE}
    kinds = {(employee, one.namespace) for one, employee in holders.items()}
    for record, references, row in zip(records, named, ids, strict=True):
        verdict = _whose(record, [one for one in row if one not in shared], holders, kinds)
        if not isinstance(verdict, str) and verdict.employee is not None and verdict.employee in left:
            verdict = _back(record, verdict, left[verdict.employee], known)
        if isinstance(verdict, str):
            found.rejected.append(RejectedRow(file, record.row, None, record.key.value, verdict))
            continue
        chosen = verdict.employee or EmployeeId(new_id())
        if verdict.employee is None:
            found.created[chosen] = Employee(chosen, record.display_name, record.email)
        found.records.setdefault(chosen, []).append(record)
        found.warnings += [_taken(record, one) for one in verdict.taken]
        for normalised, reference in references.items():
            bearers = found.index.get(normalised, ())
            if chosen not in bearers and normalised not in shared and normalised not in verdict.taken:
                found.index[normalised] = (*bearers, chosen)
                found.new_references.append((chosen, reference))
                if normalised.namespace not in NOT_UNIQUE:
                    holders[normalised] = chosen
                    kinds.add((chosen, normalised.namespace))
    found.warnings += _told(shared, records)
    return found


def _whose(
    record: PeopleRecord,
    ids: Sequence[ExternalReference],
    holders: Mapping[ExternalReference, EmployeeId],
    kinds: Collection[tuple[EmployeeId, str]],
) -> Whose | str:
    key = record.key.normalised()
    if key.namespace in NOT_UNIQUE:
        return f"a person cannot be told by {key.namespace}; the export needs a column with an id"
    have_key = {holders[one] for one in ids if one in holders and (holders[one], key.namespace) in kinds}
    return whose(key, [one for one in ids if one != key], holders, have_key)


def _back(
    record: PeopleRecord, found: Whose, last_start: date, known: Mapping[ExternalReference, tuple[EmployeeId, ...]]
) -> Whose | str:
    """Somebody who had left: back, still gone, or another person under the same key."""
    name = ExternalReference("name", record.display_name).normalised()
    is_known_name = found.employee in known.get(name, ())
    if not is_reused(is_known_name=is_known_name, hired=record.hire_date, last_start=last_start):
        return found
    key = record.key.value
    return (
        f"{key} is known as somebody who has left; here it has another name ({record.display_name}) and a later day of"
        f" hire ({record.hire_date}). If this is the same person, import with the setting rehired={key}; if it is"
        " another one, give them an id of their own in the source"
    )


def _taken(record: PeopleRecord, one: ExternalReference) -> str:
    return (
        f"row {record.row}: {one.namespace} {one.value} is another person's and stays theirs;"
        f" {record.key.value} does not get it"
    )


def _told(
    shared: Mapping[ExternalReference, Collection[ExternalReference]], records: Sequence[PeopleRecord]
) -> list[str]:
    """Which rows bear each shared id."""
    if not shared:
        return []
    rows: dict[ExternalReference, list[int]] = {one: [] for one in shared}
    for record in records:
        for one in _references(record).keys() & shared.keys():
            rows[one].append(record.row)
    return [
        f"{one.namespace} {one.value} is borne by {len(shared[one]):,} people (rows {_listed(numbers)}):"
        " it names nobody"
        for one, numbers in rows.items()
    ]


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:SHOWN]))
    return shown if len(numbers) <= SHOWN else f"{shown} and {len(numbers) - SHOWN:,} more"


def _references(record: PeopleRecord) -> dict[ExternalReference, ExternalReference]:
    """All that may name the person, normalised → as written; by name and e-mail address too."""
    implied = [ExternalReference("name", record.display_name)]
    if record.email is not None:
        implied.append(ExternalReference("email", record.email))
    found: dict[ExternalReference, ExternalReference] = {}
    for reference in (record.key, *record.references, *implied):
        found.setdefault(reference.normalised(), reference)
    return found
