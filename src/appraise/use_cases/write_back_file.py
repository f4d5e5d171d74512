"""Write the file that a host imports, and read what comes back."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from appraise.adapters.discovery import sink_named
from appraise.adapters.sending import answered
from appraise.adapters.sinks import FileSink, HostEntry, HostRefused
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import CycleId, EmployeeId, SectionId
from appraise.domain.write_back import WriteBack, WriteBackState, meant, refused, taken
from appraise.errors import InvalidInput
from appraise.printing.section import section_pdf
from appraise.storage import cycles, sections, write_backs
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.finished import Finished, finished
from appraise.use_cases.hosts import HostSystem
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed
from appraise.use_cases.write_back import queue_sections, record

UNDER_WAY = frozenset({WriteBackState.QUEUED, WriteBackState.SENT})


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """The sections that the file holds, with whose they are, and those that it does not, each with the reason."""

    sections: Mapping[SectionId, EmployeeId]
    refused: tuple[tuple[str, str], ...]


def write_host_file(  # noqa: PLR0913  # whose, of what, by whom, where to, when, and without whom
    deployment: Deployment,
    host: HostSystem,
    cycle: CycleId,
    *,
    actor: Actor,
    write: Callable[[bytes], object],
    at: datetime,
    but: EmployeeId | None = None,
) -> WrittenFile:
    """The cycle's final sections that the host has not confirmed; done twice it writes the same file.

    The section of the employee `but` stays out of it, and as it stood.

    Raises `InvalidInput` where the host is reached by calls.
    """
    sink = file_sink(host)
    queue_sections(deployment, host, cycle=cycle, actor=actor, at=at)
    with deployment.database.reading() as session:
        ids = sections.final_in(session, cycle)
        values = finished(session, ids)
        lines = [line for known in write_backs.of(session, ids).values() for line in known if line.host == host.name]
        scale = cycles.get(session, cycle).rules.host_scale
    options = replace(host.options(scale), printed=_printer(values, host.scale or scale))
    entries: list[HostEntry] = []
    after: list[WriteBack] = []
    failed: list[tuple[str, str]] = []
    for line in lines:
        value = values[line.section].section
        if line.state not in UNDER_WAY or line.revision != value.revision or values[line.section].employee == but:
            continue
        try:
            entry = sink.plan(value, options)
        except HostRefused as refusal:
            after.append(refused(line, refusal.found, at=at))
            failed.append((value.name, refusal.found))
            continue
        entries.append(entry)
        after.append(taken(meant(line, entry.place, entry.fields), at=at))
    write(sink.content(entries, options))
    _save(deployment, {line.section: line for line in lines}, after, actor, at)
    return WrittenFile({entry.section: values[entry.section].employee for entry in entries}, tuple(failed))


def _printer(values: Mapping[SectionId, Finished], scale: HostScale | None) -> Callable[[SectionId], bytes]:
    return lambda section: section_pdf(values[section].section, scale=scale)


def read_host_file(
    deployment: Deployment, host: HostSystem, path: Path, *, actor: Actor, at: datetime
) -> Counter[WriteBackState]:
    """What the host's own export, or its list of rejected rows, says of what was sent. Gives how lines stand.

    Raises `InvalidInput` for another file, and for one that tells of sections that were never sent.
    """
    sink = file_sink(host)
    if not sink.declaration.is_read_back:
        raise InvalidInput(
            f"{host.sink} gives nothing back that could be read",
            hint="look in the host, and note what became of each section with `appraise write-back by-hand`",
        )
    answers = list(sink.answers(path, host.options()))
    with deployment.database.reading() as session:
        known = write_backs.of(session, [answer.section for answer in answers])
    lines: dict[SectionId, WriteBack] = {}
    for answer in answers:
        line = next((one for one in known[answer.section] if one.host == host.name), None)
        if line is None or line.sent is None:
            raise InvalidInput(
                f"{path.name} tells of the section {answer.section}, which was never sent to {host.name}",
                hint="check that it is the file of this host",
            )
        lines[answer.section] = line
    told = {key: [answer for answer in answers if answer.section == key] for key in lines}
    after = [answered(line, told[key], at=at) for key, line in lines.items()]
    _save(deployment, lines, after, actor, at)
    return Counter(line.state for line in after)


def file_sink(host: HostSystem) -> FileSink:
    sink = sink_named(host.sink)
    if not isinstance(sink, FileSink):
        raise InvalidInput(
            f"the host {host.name} is reached by calls ({host.sink}), not by a file",
            hint="leave out --to and --answers",
        )
    return sink


def _save(
    deployment: Deployment, before: dict[SectionId, WriteBack], after: list[WriteBack], actor: Actor, at: datetime
) -> None:
    def work(session: Session) -> None:
        for line in after:
            if write_backs.latest(session, line.section, line.host) != before[line.section]:
                continue  # somebody decided something else meanwhile
            write_backs.save(session, line)
            if line.state is not before[line.section].state:
                record(session, line, actor, at=at)

    committed(deployment, work)
