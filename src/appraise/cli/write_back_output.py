"""What `appraise write-back` does and prints."""

from collections import Counter
from pathlib import Path
from typing import Any

from rich.table import Table

from appraise.bootstrap import open_deployment, utc_now
from appraise.cli.deployment import AT_THE_MACHINE, cycle_named
from appraise.cli.output import console, print_json
from appraise.domain.finished_sections import WrittenTotal
from appraise.domain.identifiers import SectionId
from appraise.domain.sections import Refusal
from appraise.domain.write_back import WriteBack, WriteBackState
from appraise.errors import Conflict, InvalidInput
from appraise.settings import Settings
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.hosts import HostSystem, host_named
from appraise.use_cases.plan_write_back import Planned, plan_write_back
from appraise.use_cases.read_write_backs import ledger
from appraise.use_cases.section_view import OPERATOR
from appraise.use_cases.settle_write_back import send_again, settle_by_hand
from appraise.use_cases.write_back import queue_sections, send_host
from appraise.use_cases.write_back_file import file_sink, read_host_file, write_host_file

WELL = frozenset({WriteBackState.CONFIRMED, WriteBackState.SENT, WriteBackState.MANUAL})


def print_plan(cycle: str, host: str, *, json: bool) -> None:
    deployment, system = _opened(host)
    found = cycle_named(deployment, cycle)
    planned = plan_write_back(deployment, system, found.id, principal=AT_THE_MACHINE, at=utc_now())
    if json:
        print_json([_planned_document(one) for one in planned])
        return
    table = Table(
        "employee", "total here", "in the host", "where", "status", box=None, header_style="bold", pad_edge=False
    )
    for one in planned:
        table.add_row(one.section.name, _shown(one), _written(one), _where(one), _standing(one))
    console.print(table)
    console.print(f"{len(planned):,} final sections; nothing was sent.", style="dim", highlight=False)


def send_and_print(cycle: str, host: str, to: Path | None, *, json: bool) -> bool:
    """Whether all went well."""
    deployment, system = _opened(host)
    found = cycle_named(deployment, cycle)
    if to is not None:
        suffix = file_sink(system).suffix(system.options())
        draft = to.with_name(to.name + ".part")
        written = write_host_file(deployment, system, found.id, actor=OPERATOR, write=draft.write_bytes, at=utc_now())
        draft.replace(to)
        for name, reason in written.refused:
            console.print(f"  {name}: {reason}", highlight=False, soft_wrap=True, markup=False)
        console.print(f"{len(written.sections):,} sections in {to}; {len(written.refused):,} left out", highlight=False)
        if to.suffix.casefold() != suffix:
            console.print(f"What is in it is {suffix}: name it so before it is imported.", highlight=False)
        return not written.refused
    queue_sections(deployment, system, cycle=found.id, actor=OPERATOR, at=utc_now())
    due = _of(deployment, found.id, system, {WriteBackState.QUEUED, WriteBackState.SENT})
    send_host(deployment, system, utc_now, only=due)
    is_well = _print_lines(deployment, found.id, system, json=json)
    held = [line for _, line in ledger(deployment, found.id, system.name) if _is_held(line)]
    if held and not json:
        told = f"{len(held):,} are in the hands of another worker, or of one that was ended: send again in ten minutes."
        console.print(told, highlight=False)
    return is_well


def _is_held(line: WriteBack) -> bool:
    """Not tried though it waited for nothing."""
    return line.state is WriteBackState.QUEUED and line.problem is None


def check_and_print(cycle: str, host: str, answers: Path | None, *, json: bool) -> bool:
    """Whether all is as it was sent."""
    deployment, system = _opened(host)
    found = cycle_named(deployment, cycle)
    if answers is not None:
        read_host_file(deployment, system, answers, actor=OPERATOR, at=utc_now())
    else:
        states = {WriteBackState.CONFIRMED, WriteBackState.PARTIAL, WriteBackState.DRIFTED, WriteBackState.SENT}
        send_host(deployment, system, utc_now, only=_of(deployment, found.id, system, states))
    return _print_lines(deployment, found.id, system, json=json)


def print_status(cycle: str, host: str, *, json: bool) -> None:
    deployment = open_deployment(Settings())
    system = host_named(deployment.hosts, host) if host else None
    _print_lines(deployment, cycle_named(deployment, cycle).id, system, json=json)


def retry_and_print(section: str, host: str, *, overwrite: bool) -> None:
    deployment, system = _opened(host)
    key = SectionId(section)
    _refused(send_again(deployment, key, system.name, overwrite=overwrite, actor=OPERATOR, at=utc_now()))
    stand = send_host(deployment, system, utc_now, only=frozenset({key}))
    console.print(", ".join(state.lower() for state in stand) or "queued for the next file")


def settle_and_print(section: str, host: str, note: str) -> None:
    deployment, system = _opened(host)
    settled = settle_by_hand(deployment, SectionId(section), system.name, note=note, actor=OPERATOR, at=utc_now())
    _refused(settled)
    console.print("By hand.")


def _refused(outcome: WriteBack | Refusal) -> None:
    if isinstance(outcome, Refusal):
        raise Conflict(outcome.message)


def _opened(host: str) -> tuple[Deployment, HostSystem]:
    deployment = open_deployment(Settings())
    if not host and len(deployment.hosts) > 1:
        names = ", ".join(each.name for each in deployment.hosts)
        raise InvalidInput("it is not said which host is meant", expected=f"--host, one of: {names}")
    return deployment, host_named(deployment.hosts, host or (deployment.hosts[0].name if deployment.hosts else ""))


def _of(deployment: Deployment, cycle: Any, host: HostSystem, states: set[WriteBackState]) -> frozenset[SectionId]:
    return frozenset(line.section for _, line in ledger(deployment, cycle, host.name) if line.state in states)


def _print_lines(deployment: Deployment, cycle: Any, host: HostSystem | None, *, json: bool) -> bool:
    lines = ledger(deployment, cycle, None if host is None else host.name)
    if json:
        print_json([{"employee": name, **_document(line)} for name, line in lines])
    else:
        table = Table(
            "host", "employee", "section", "state", "where", "more", box=None, header_style="bold", pad_edge=False
        )
        for name, line in lines:
            table.add_row(line.host, name, line.section, line.state.lower(), line.place or "", line.problem or "")
        console.print(table)
        stand = Counter(line.state for _, line in lines)
        told = ", ".join(f"{count:,} {state.lower()}" for state, count in sorted(stand.items()))
        console.print(told or "Nothing was due yet.", highlight=False)
    return all(line.state in WELL for _, line in lines)


def _document(line: WriteBack) -> dict[str, Any]:
    differences = [{"field": name, "sent": sent, "found": found} for name, sent, found in line.differences]
    facts = {"section": line.section, "host": line.host, "revision": line.revision, "state": line.state.value}
    told = {"place": line.place, "sent": line.sent, "differences": differences, "problem": line.problem}
    times = {"changedAt": line.changed_at, "checkedAt": line.checked_at, "nextTryAt": line.next_try_at}
    return {**facts, **told, **times, "tries": line.tries}


def _planned_document(one: Planned) -> dict[str, Any]:
    entry, total = one.entry, _total(one)
    return {
        "section": one.section.id,
        "revision": one.section.revision,
        "employee": one.section.name,
        "status": one.section.status,
        "total": None if one.section.total_shown is None else str(one.section.total_shown),
        "written": None if total is None else str(total.value),
        "scale": None if total is None else [str(total.scale.worst), str(total.scale.best), str(total.scale.step)],
        "place": None if entry is None else entry.place,
        "fields": None if entry is None else entry.fields,
        "state": (WriteBackState.NOT_DUE if one.line is None else one.line.state).value,
        "problem": one.problem,
    }


def _total(one: Planned) -> WrittenTotal | None:
    return None if one.entry is None else one.entry.total


def _shown(one: Planned) -> str:
    return one.section.status.lower() if one.section.total_shown is None else str(one.section.total_shown)


def _written(one: Planned) -> str:
    total = _total(one)
    if total is None:
        return "no number"
    return f"{total.value} of {total.scale.worst} to {total.scale.best} by {total.scale.step}"


def _where(one: Planned) -> str:
    return one.problem or ("" if one.entry is None else one.entry.place)


def _standing(one: Planned) -> str:
    return "cannot be written" if one.problem else "new" if one.line is None else one.line.state.lower()
