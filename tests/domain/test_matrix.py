"""The whole matrix of roles and deeds, written down once more, and where ours departs from the usual one.

Each row is about Ann, or of what she herself reads about Ben. Columns: **E** Ann herself · **M** her manager · **X** her
manager until April · **D** who stands in for the manager · **2** the manager's manager · **H** HR administrator ·
**V** executive · **S** an HR system's service account with all scopes that read · **A** auditor. ● yes, ◐ under a
condition, ○ no, – the row is not about them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.domain.test_access import ABOVE_ANN, ANN, ASKING, BEN, DORA, MAX

from appraise.domain.access import (
    AuditScope,
    Principal,
    ServiceScope,
    StandIn,
    audit_scope,
    may_act,
    may_administer,
    may_change_roles_of,
    may_import,
    may_read_audit,
    may_read_benchmarks,
    may_read_evidence,
    may_read_person_requests,
    reaches,
    read_is_audited,
    reads_for,
    section_scope,
    sees_write_back,
)
from appraise.domain.cycles import Cycle
from appraise.domain.employees import ReportingKind, ReportingLine
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.parts import expected_parts
from appraise.domain.periods import Period
from appraise.domain.section_states import Action, SectionState

DECISION = Path(__file__).parents[2] / "docs" / "decisions" / "0049-permissions.md"
XENIA = EmployeeId("xenia")
READING = frozenset({ServiceScope.READ_PEOPLE, ServiceScope.READ_SECTIONS})
WHO = {
    "E": ASKING["Ann"],
    "M": ASKING["manager"],
    "X": Principal("Xenia", XENIA),
    "D": Principal("Ben", BEN, stands_in=(StandIn(MAX, "Max", may_submit=False),)),
    "2": ASKING["second line"],
    "H": ASKING["HR"],
    "V": ASKING["executive"],
    "S": replace(ASKING["service"], scopes=READING | {ServiceScope.IMPORT_EVENTS}),
    "A": ASKING["auditor"],
}
CYCLE = Cycle(CycleId("c"), "2025", Period(date(2025, 1, 1), date(2026, 1, 1)))
LINES = [
    ReportingLine(ANN, XENIA, Period(date(2020, 1, 1), date(2025, 5, 1)), ReportingKind.SOLID),
    ReportingLine(ANN, MAX, Period(date(2025, 5, 1), None), ReportingKind.SOLID),
]

USUAL = """
                                 E M X D 2 H V S A
own section, provisional         ● – – – – – – – –
somebody's section, provisional  ○ ● ◐ ◐ ● ● ◐ ○ ●
its evidence                     ○ ● ◐ ◐ ● ● ◐ ○ ●
rate an item                     ○ ● ◐ ◐ ○ ◐ ○ ○ ○
assess oneself                   ● ○ ○ ◐ ○ ○ ○ ○ ○
hand in                          ○ ● ◐ ◐ ◐ ◐ ○ ○ ○
return                           ○ ○ ○ ○ ● ● ○ ○ ○
approve                          ○ ○ ○ ○ ● ● ○ ○ ○
calibrate                        ○ ◐ ○ ○ ◐ ● ◐ ○ ◐
release                          ○ ○ ○ ○ ○ ● ○ ○ ○
share                            ○ ● ○ ○ ● ● ○ ○ ○
acknowledge                      ● ○ ○ ◐ ○ ○ ○ ○ ○
dispute                          ● ○ ○ ● ○ ○ ○ ○ ○
decide a dispute                 ○ ○ ◐ ○ ● ● ○ ○ ◐
reopen                           ○ ○ ○ ○ ○ ● ○ ○ ○
row on the dashboard             ● ● ◐ ◐ ● ● ● ○ ●
benchmark of the peers           ● ● ○ ○ ● ● ● ○ ●
import                           ○ ○ ○ ○ ○ ● ○ ◐ ○
final section by the API         ● ● – – – ● ● ● ●
write-back, status               ○ ● ○ ○ ○ ● ○ ● ●
write-back, settled by hand      ○ ○ ○ ○ ○ ● ○ ○ ○
audit log                        ◐ ○ ○ ○ ○ ● ○ ○ ●
audit log as a file              ○ ○ ○ ○ ○ ○ ○ ○ ●
requests about a person          ◐ ○ ○ ○ ○ ● ○ ○ ◐
roles of somebody                ○ ○ ○ ○ ○ ● ○ ○ ○
"""
DEPARTURES = {
    "somebody's section, provisional": {"X": "○"},
    "its evidence": {"X": "○"},
    "rate an item": {"H": "○"},
    "assess oneself": {"D": "○"},
    "calibrate": {"M": "○", "2": "○", "V": "○"},
    "acknowledge": {"D": "○"},
    "dispute": {"D": "○"},
    "decide a dispute": {"X": "○"},
    "row on the dashboard": {"X": "○", "V": "◐", "S": "◐"},
    "benchmark of the peers": {"D": "◐"},
}
"""Cells that are decided otherwise; decision 49 says why, row by row."""
Cell = Callable[[Principal], str]


def _reads(who: Principal, state: SectionState) -> bool:
    subject, managers = (BEN, (MAX, DORA)) if who.employee == ANN else (ANN, ABOVE_ANN)
    return reaches(section_scope(who), who, subject, managers=managers, state=state)


def _section(who: Principal, *, of: EmployeeId | None = None) -> str:
    """◐ of those who stand in for somebody, and from some state on."""
    if of is not None:
        return "●" if reaches(section_scope(who), who, of, managers=ABOVE_ANN, state=SectionState.DRAFT) else "○"
    if not _reads(who, SectionState.DRAFT):
        return "◐" if _reads(who, SectionState.SUBMITTED) else "○"
    return "●" if reads_for(who, ANN, managers=ABOVE_ANN, state=SectionState.DRAFT) is None else "◐"


def _evidence(who: Principal) -> str:
    return _section(who) if may_read_evidence(who) else "○"


def _dashboard(who: Principal) -> str:
    """Own rows are the employee's; rows of others those whose section they read, each reading audited."""
    if who.employee == ANN:
        return _section(who, of=ANN)
    is_final = _section(who) == "○" and _reads(who, SectionState.FINALISED)
    assert read_is_audited(who, ANN)
    return "◐" if is_final else _section(who)


def _benchmark(who: Principal) -> str:
    if not may_read_benchmarks(who):
        return "○"
    return "●" if who.roles or who.employee == ANN else _section(who)


def _does(action: Action, *, in_place: Action | None = None) -> Cell:
    """◐ where it is done for somebody, where they are away, or by another deed `in_place`."""

    def cell(who: Principal) -> str:
        if may_act(who, action, ANN, managers=ABOVE_ANN):
            return "●" if may_act(replace(who, stands_in=()), action, ANN, managers=ABOVE_ANN) else "◐"
        if may_act(who, action, ANN, managers=ABOVE_ANN, is_manager_away=True):
            return "◐"
        for_max = replace(who, stands_in=tuple(replace(one, may_submit=True) for one in who.stands_in))
        if may_act(for_max, action, ANN, managers=ABOVE_ANN):
            return "◐"
        return "◐" if in_place is not None and may_act(who, in_place, ANN, managers=ABOVE_ANN) else "○"

    return cell


def _or_part(cell: Cell) -> Cell:
    """◐ of whoever is asked for a part of their own."""
    asked = {one.author for one in expected_parts(CYCLE, LINES, manager=MAX, on=date(2025, 12, 1))}
    return lambda who: "◐" if cell(who) == "○" and who.employee in asked else cell(who)


def _or_read(cell: Cell) -> Cell:
    """◐ of auditors, who read what others do."""
    return lambda who: "◐" if cell(who) == "○" and may_read_audit(who) else cell(who)


def _audit(who: Principal) -> str:
    """Lines about Ann. All but those who read everything read who read their own record."""
    scope = audit_scope(who)
    is_own = scope is AuditScope.OWN_RECORD and who.employee == ANN
    return "●" if scope is AuditScope.EVERYTHING else "◐" if is_own else "○"


def _yes(rule: Callable[[Principal], bool]) -> Cell:
    return lambda who: "●" if rule(who) else "○"


def _requests(who: Principal) -> str:
    """Employees take their own record from its page; what two administrators decide auditors read."""
    if may_administer(who):
        return "●"
    return "◐" if may_read_person_requests(who) or who.employee == ANN else "○"


CELLS: dict[str, Cell] = {
    "own section, provisional": lambda who: _section(who, of=ANN),
    "somebody's section, provisional": _section,
    "its evidence": _evidence,
    "rate an item": _or_part(_does(Action.RATE)),
    "assess oneself": _does(Action.ASSESS_SELF),
    "hand in": _or_part(_does(Action.SUBMIT, in_place=Action.HAND_IN_UNREVIEWED)),
    "return": _does(Action.RETURN),
    "approve": _does(Action.APPROVE),
    "calibrate": _or_read(_does(Action.CALIBRATE)),
    "release": _does(Action.RELEASE),
    "share": _does(Action.SHARE),
    "acknowledge": _does(Action.ACKNOWLEDGE),
    "dispute": _does(Action.DISPUTE),
    "decide a dispute": _or_read(_does(Action.DECIDE_DISPUTE)),
    "reopen": _does(Action.REOPEN),
    "row on the dashboard": _dashboard,
    "benchmark of the peers": _benchmark,
    "import": lambda who: "●" if may_administer(who) else "◐" if may_import(who) else "○",
    "final section by the API": lambda who: (
        "●" if reaches(section_scope(who), who, ANN, managers=ABOVE_ANN, state=SectionState.FINALISED) else "○"
    ),
    "write-back, status": _yes(lambda who: sees_write_back(who, ANN, managers=ABOVE_ANN)),
    "write-back, settled by hand": _yes(may_administer),
    "audit log": _audit,
    "audit log as a file": _yes(may_read_audit),
    "requests about a person": _requests,
    "roles of somebody": _yes(lambda who: may_change_roles_of(who, ANN)),
}


def rows() -> dict[str, dict[str, str]]:
    [columns, *lines] = USUAL.strip("\n").splitlines()
    names = columns.split()
    return {line[:33].strip(): dict(zip(names, line[33:].split(), strict=True)) for line in lines}


@pytest.mark.parametrize("row", rows())
def test_each_cell_of_the_matrix_is_as_written(row: str) -> None:
    written = {who: cell for who, cell in (rows()[row] | DEPARTURES.get(row, {})).items() if cell != "–"}

    assert {who: CELLS[row](WHO[who]) for who in written} == written


def test_the_matrix_is_whole_and_departures_depart() -> None:
    written = rows()

    assert written.keys() == CELLS.keys()
    assert all(list(cells) == list(WHO) for cells in written.values())
    assert all(written[row][who] != cell for row, cells in DEPARTURES.items() for who, cell in cells.items())


def test_decision_49_gives_the_reason_of_every_row_that_departs() -> None:
    text = DECISION.read_text("utf-8")
    reasons = {
        "somebody's section, provisional": "former or dotted manager",
        "its evidence": "former or dotted manager",
        "rate an item": "rating by HR",
        "assess oneself": "answering and disputing for an employee",
        "calibrate": "calibration by managers and executives",
        "acknowledge": "answering and disputing for an employee",
        "dispute": "answering and disputing for an employee",
        "decide a dispute": "a neutral matrix manager",
        "row on the dashboard": "rows of single employees",
        "benchmark of the peers": "benchmark for a delegate",
    }

    assert reasons.keys() == DEPARTURES.keys()
    assert [row for row, words in reasons.items() if words not in text] == []


def test_executives_and_hr_act_on_their_own_section_as_employees_alone() -> None:
    """Rule on top: roles open nothing for oneself; an executive assesses themselves as everybody does."""
    own = {action for action in Action if may_act(WHO["E"], action, ANN, managers=ABOVE_ANN)}

    for who in ("H", "V", "A", "2"):
        me = WHO[who].employee
        assert me is not None
        assert {action for action in Action if may_act(WHO[who], action, me, managers=(me, MAX))} == own
        assert not may_change_roles_of(WHO[who], me)
