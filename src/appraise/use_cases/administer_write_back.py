"""HR administrators see what is written of a cycle into an HR system, have it sent, and decide what is stuck."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appraise.domain.access import Principal, may_administer
from appraise.domain.cursors import position
from appraise.domain.identifiers import CycleId, SectionId
from appraise.domain.reading import Page
from appraise.domain.sections import Refusal
from appraise.domain.write_back import WriteBack, WriteBackState
from appraise.errors import Forbidden, InvalidInput, NotFound
from appraise.storage import audit_lines, cycles, sections, write_backs
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.hosts import HostSystem, host_named
from appraise.use_cases.plan_write_back import Planned, plan_write_back
from appraise.use_cases.print_section import file_name
from appraise.use_cases.record_reading import record_reading
from appraise.use_cases.section_view import Actor
from appraise.use_cases.settle_write_back import send_again, settle_by_hand
from appraise.use_cases.write_back import queue_sections
from appraise.use_cases.write_back_file import file_sink, write_host_file

MOST_ASKED: Final = 25
"""Sections of which a host is asked at once."""
S = WriteBackState
ORDER: Final = (S.REJECTED, S.DRIFTED, S.PARTIAL, S.NOT_DUE, S.QUEUED, S.SENT, S.MANUAL, S.CONFIRMED)
"""What needs a person comes first."""


@dataclass(frozen=True, slots=True)
class HostSections:
    """How all final sections of a cycle stand in a host, and a page of them. One's own section is not among them."""

    counts: Counter[WriteBackState]
    page: Page[Planned]


def list_host_sections(  # noqa: PLR0913  # what of which cycle, for whom, and whether the host is asked
    deployment: Deployment,
    principal: Principal,
    cycle: CycleId,
    host: str,
    *,
    first: int,
    after: str | None,
    ask: bool,
    at: datetime,
) -> HostSections:
    """Raises `NotFound` for an unknown host, `InvalidInput` for more than MOST_ASKED that it would be asked about."""
    system = _host(deployment, principal, host)
    if ask and first > MOST_ASKED:
        raise InvalidInput(
            f"the host would be asked about {first} sections at once",
            expected=f"first of at most {MOST_ASKED}",
            hint="read on with `after`",
        )
    with deployment.database.reading() as session:
        whose = audit_lines.employees_of(session, sections.final_in(session, cycle))
        ids = [key for key, employee in whose.items() if employee != principal.employee]
        lines = write_backs.of(session, ids)
    states = {key: next((one.state for one in lines[key] if one.host == host), S.NOT_DUE) for key in ids}
    ordered = sorted(ids, key=lambda key: (ORDER.index(states[key]), key))
    start = 0 if after is None else _place(after) + 1
    wanted = ordered[start : start + first]
    planned = plan_write_back(deployment, system, cycle, principal=principal, only=wanted, ask=ask, at=at)
    by_id = {one.section.id: one for one in planned}
    items = tuple(by_id[key] for key in wanted if key in by_id)
    keys = tuple((str(start + place),) for place, key in enumerate(wanted) if key in by_id)
    return HostSections(Counter(states.values()), Page(items, keys, has_next=start + first < len(ordered)))


def send_cycle(deployment: Deployment, principal: Principal, cycle: CycleId, host: str, *, at: datetime) -> int:
    """Have a worker write a cycle's final sections that the host does not have; how many wait now. Safe to repeat."""
    system = _host(deployment, principal, host)
    return queue_sections(deployment, system, cycle=cycle, actor=Actor.of(principal), at=at)


@dataclass(frozen=True, slots=True)
class HostFile:
    """`name` is that of the file, with its suffix."""

    name: str
    content: bytes


def write_cycle_file(
    deployment: Deployment, principal: Principal, cycle: CycleId, host: str, *, at: datetime
) -> HostFile:
    """A cycle's final sections for a host that imports files, as `write_host_file` writes them.

    One's own section is left to somebody else. Those in the file are audited as read.
    """
    system = _host(deployment, principal, host)
    suffix = file_sink(system).suffix(system.options())
    with deployment.database.reading() as session:
        name = cycles.get(session, cycle).name
    parts: list[bytes] = []
    written = write_host_file(
        deployment, system, cycle, actor=Actor.of(principal), write=parts.append, at=at, but=principal.employee
    )
    record_reading(deployment, principal, written.sections, at=at)
    return HostFile(f"{system.name} {file_name(name)}{suffix}", b"".join(parts))


def send_section_again(  # which, by whom, over what, and when
    deployment: Deployment, principal: Principal, section: SectionId, host: str, *, overwrite: bool, at: datetime
) -> WriteBack | Refusal:
    return _decided(
        deployment,
        principal,
        section,
        host,
        lambda actor: send_again(deployment, section, host, overwrite=overwrite, actor=actor, at=at),
    )


def settle_section(  # which, by whom, with what words, and when
    deployment: Deployment, principal: Principal, section: SectionId, host: str, *, note: str, at: datetime
) -> WriteBack | Refusal:
    return _decided(
        deployment,
        principal,
        section,
        host,
        lambda actor: settle_by_hand(deployment, section, host, note=note, actor=actor, at=at),
    )


def get_line(deployment: Deployment, principal: Principal, section: SectionId, host: str) -> WriteBack:
    """How a section stands in a host. Raises `Forbidden`, `NotFound`."""
    _host(deployment, principal, host)
    with deployment.database.reading() as session:
        lines = write_backs.of(session, [section])[section]
    found = next((one for one in lines if one.host == host), None)
    if found is None:
        raise NotFound("there is no such section in this HR system")
    return found


def _decided(
    deployment: Deployment,
    principal: Principal,
    section: SectionId,
    host: str,
    step: Callable[[Actor], WriteBack | Refusal],
) -> WriteBack | Refusal:
    _host(deployment, principal, host)
    with deployment.database.reading() as session:
        if audit_lines.employees_of(session, [section]).get(section) == principal.employee:
            raise Forbidden("what is written of one's own section is decided by somebody else")
    return step(Actor.of(principal))


def _host(deployment: Deployment, principal: Principal, name: str) -> HostSystem:
    if not may_administer(principal):
        raise Forbidden("what is written into HR systems is for HR administrators")
    return host_named(deployment.hosts, name)


def _place(after: str) -> int:
    (text,) = position(after, 1)
    if not text.isdecimal():
        raise InvalidInput("the cursor is not one of this list", hint="use `endCursor` of the page before as it is")
    return int(text)
