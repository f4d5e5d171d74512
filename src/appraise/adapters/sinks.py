"""The contract of writing finished sections into a host, by calls or by a file that it imports.

A plugin registers one object per way under the entry-point group `appraise.sinks`. The object has a `declaration` and
satisfies `CallSink` or `FileSink`. It finds the place, converts to the host's scale and speaks the host's language; it
does not retry, commit, remember or decide: the ledger (`appraise.domain.write_back`) does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from appraise.adapters.contract import Verification
from appraise.domain.finished_sections import FinishedSection, WrittenTotal
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import SectionId
from appraise.domain.write_back import Values
from appraise.errors import Problem, Retriable


class HostRefused(Problem):
    """The host will not have it, and would not another time: an unknown or inactive employee, a closed review."""

    code = "HOST_REFUSED"


class PlaceLost(HostRefused):
    """The place is not there, or not the only one: what was written there before is written there no more."""

    code = "PLACE_LOST"


class HostLocked(Problem):
    """The host does not let us in: the token is wrong, expired, or may not do this anywhere."""

    code = "HOST_LOCKED"


class HostBusy(Retriable):
    """The host did not answer, not whole, or asked to come back after `wait`. It may have written all the same."""

    def __init__(self, problem: str, wait: timedelta = timedelta(0)) -> None:
        super().__init__(problem)
        self.wait = wait


class Writes(StrEnum):
    """What of a section arrives in the host."""

    TOTAL = "total"
    ITEMS = "items"
    COMMENTS = "comments"
    STATUS = "status"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class SinkDeclaration:
    """What a sink can do, for `appraise adapters` and for whoever chooses one.

    `version` names what of the vendor's system it was checked against, and how. `employee` is the namespace of
    external references by which the host knows people, `settings` name → a sentence, `scale` a sentence, `limits` one
    sentence for each thing that the host or the way does not allow. `is_read_back` says whether what the host holds can
    be known, by a call or from a file that it gives; where not, a person says what became of it. `refuses_stale` says
    that the host does not write over what somebody saved there since it was read, be it a moment ago.
    """

    name: str
    title: str
    version: str
    verification: Verification
    writes: tuple[Writes, ...]
    employee: str
    scale: str
    settings: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    is_read_back: bool = True
    refuses_stale: bool = False


@dataclass(frozen=True, slots=True)
class SinkOptions:
    """How one deployment reaches one host. `name` is the deployment's own for it, `secret` what the host lets us in by.

    `employee` overrides the declaration's namespace. `scale` is the declared one, where the host does not tell its own.
    `timeout` is in seconds. `printed` gives a section on paper, a PDF, to sinks whose host takes documents. `renew` is
    for secrets that are good once: it keeps what is given for the present one, or raises `HostLocked`.
    """

    name: str
    url: str = ""
    secret: str | None = field(default=None, repr=False)
    employee: str | None = None
    scale: HostScale | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 20.0
    printed: Callable[[SectionId], bytes] | None = None
    renew: Callable[[Callable[[str], str]], None] | None = None


@dataclass(frozen=True, slots=True)
class HostEntry:
    """What a host is to hold of one section. `place` tells people where; `key` is the sink's own way to it.

    `fields` name the host's own fields, as `read` gives them back; a missing number is None, never 0. `obstacle` says
    why the host would not have it written there now, though it can be read.
    """

    section: SectionId
    revision: int
    place: str
    fields: Values
    total: WrittenTotal | None = None
    key: Mapping[str, str] = field(default_factory=dict)
    obstacle: str | None = None


class Host(Protocol):
    """A host, reached. Each call may raise `HostRefused`, `PlaceLost`, `HostLocked` and `HostBusy`."""

    def plan(self, section: FinishedSection) -> HostEntry:
        """Where it belongs and what is to stand there. Changes nothing in the host."""
        ...

    def read(self, entry: HostEntry) -> Values:
        """What the host holds there now: at least the entry's fields, None for an empty one."""
        ...

    def write(self, entry: HostEntry) -> None:
        """Make it so, after `read` of the entry; done twice it is as done once.

        `HostBusy` where the host would write over something else than was read: the next try finds what.
        """
        ...


@runtime_checkable
class CallSink(Protocol):
    declaration: ClassVar[SinkDeclaration]

    def open(self, options: SinkOptions) -> AbstractContextManager[Host]:
        """Raises `InvalidInput` for options that cannot be right; reaches nobody yet."""
        ...


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What a file that comes back says of one section: what the host holds, or why it will not have it."""

    section: SectionId
    found: Values = field(default_factory=dict)
    problem: str | None = None


@runtime_checkable
class FileSink(Protocol):
    """A sink whose host imports a file."""

    declaration: ClassVar[SinkDeclaration]

    def suffix(self, options: SinkOptions) -> str:
        """Of the file's name, such as `.csv`."""
        ...

    def plan(self, section: FinishedSection, options: SinkOptions) -> HostEntry:
        """Raises `HostRefused` where the host could not tell whose it is."""
        ...

    def content(self, entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
        """The file. Same entries, same bytes."""
        ...

    def answers(self, path: Path, options: SinkOptions) -> Iterable[FileAnswer]:
        """What the host's own export, or its list of rejected rows, says. Raises `InvalidInput` for another file.

        Not asked of a sink whose host is never read back.
        """
        ...


def employee_id(section: FinishedSection, options: SinkOptions, declaration: SinkDeclaration) -> str:
    """The employee's id in the host. Raises `HostRefused` where it is not known, or there are several."""
    ids = employee_ids(section, options, declaration)
    if len(ids) > 1:
        namespace = options.employee or declaration.employee
        raise HostRefused(
            f"{section.name} has several ids in {namespace} ({', '.join(ids)}): name another namespace, in which"
            " everybody has one, as `employee` of the host"
        )
    return ids[0]


def employee_ids(section: FinishedSection, options: SinkOptions, declaration: SinkDeclaration) -> tuple[str, ...]:
    """All ids of the employee in the host. Raises `HostRefused` where none is known."""
    namespace = options.employee or declaration.employee
    ids = tuple(dict.fromkeys(one.value for one in section.references if one.namespace == namespace))
    if not ids:
        known = ", ".join(sorted({one.namespace for one in section.references})) or "nothing"
        raise HostRefused(
            f"{section.name} has no id in {namespace}, but in {known}: import the host's own list of people, or name"
            " another namespace as `employee` of the host"
        )
    return ids


def employee_address(section: FinishedSection, options: SinkOptions, declaration: SinkDeclaration) -> str:
    """The e-mail address, for hosts that know people by it; the id where a namespace is named. Raises as above."""
    if options.employee is not None:
        return employee_id(section, options, declaration)
    if section.email is None:
        raise HostRefused(
            f"{section.name} has no e-mail address",
            expected="an address, by which this host knows people",
            hint="import addresses, or name a namespace as `employee` of the host",
        )
    return section.email


def number_text(value: object) -> str | None:
    """A number as both sides write it, without a fraction of zeros: 4, "4.0" and "4.00" are one value."""
    if value is None or value == "":
        return None
    text = str(value)
    if "." in text and "e" not in text.lower():
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
