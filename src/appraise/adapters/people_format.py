"""How an HR system's export of people is described: its columns, its ids, its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from appraise.adapters.records import ManagerReference, RejectedRow
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind

NAMES = ("display_name", "given_name", "family_name")


@dataclass(frozen=True, slots=True)
class ManagerColumn:
    """A field that names the manager: by an id of the kind `names`, by "email", by "name", or by "reference".

    A reference says itself what it is: `hr:id=0007`. Several managers stand on lines of their own. Of several fields of
    one kind of line the first that is filled counts: they name one person. `absent` are words for nobody, besides those
    that always are. `last_first`: in a name with a comma the family's stands first.
    """

    field: str
    names: str
    kind: ReportingKind = ReportingKind.SOLID
    absent: Sequence[str] = ()
    last_first: bool = True


@dataclass(frozen=True, slots=True)
class PeopleFormat:
    """A system's export of people.

    `columns` field → the names that the file may give its column; case, blanks and punctuation do not count, and of
    several columns the first that is filled counts. The fields are those of `PeopleRecord`, besides `given_name`,
    `family_name`, `primary` (marks the row that counts of several) and those that `ids` and `managers` name.
    `ids` field → kind of id, in order: the first that a row has is the person's key, all are references under
    "<source>:<kind>". `positions` field → kind of id of a post, which several people may hold: managers who are named
    by post are looked up in the file. `statuses` are the system's words in small letters. `attributes` are fields that
    are kept as attributes of the record. `has_child_rows` says that lists within a person continue on rows whose main
    cells are blank. `namespaces` kind of id → its namespace where that is not "<source>:<kind>"; a field
    `key_namespace` says it of each row's key. `last_first` as in `ManagerColumn`; `effective_to_is_last_day`: the day
    that ends a period belongs to it. `is_ours`: we wrote the table, so texts stand letter for letter, rows that begin
    together are jobs side by side, and a blank column is blank, not hidden.
    """

    title: str
    columns: Mapping[str, Sequence[str]]
    ids: Mapping[str, str]
    statuses: Mapping[str, EmploymentStatus]
    managers: Sequence[ManagerColumn] = ()
    positions: Mapping[str, str] = field(default_factory=dict)
    attributes: Sequence[str] = ()
    has_child_rows: bool = False
    namespaces: Mapping[str, str] = field(default_factory=dict)
    last_first: bool = True
    effective_to_is_last_day: bool = False
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: text by the file's own column names; managers and further ids where the file lists them its own way."""

    number: int
    cells: Mapping[str, str]
    managers: Sequence[ManagerReference] = ()
    references: Sequence[ExternalReference] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """What a file holds, cut into rows. `complete` is False where the file says itself that there is more.

    `header_row` is where the names of columns stand, if not in the first row. `heeded` are the settings of the import
    by which it was cut.
    """

    header: Sequence[str]
    rows: Sequence[Row]
    rejected: Sequence[RejectedRow] = ()
    skipped: Sequence[RejectedRow] = ()
    warnings: Sequence[str] = ()
    complete: bool = True
    header_row: int | None = None
    heeded: frozenset[str] = frozenset()
