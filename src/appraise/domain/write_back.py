"""The state machine of writing one revision of a section into one host: pure functions from a state to the next.

A host is believed only when it is read: CONFIRMED says that what was read back equals what was sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from appraise.domain.identifiers import SectionId
from appraise.domain.language import counted
from appraise.domain.sections import Refusal
from appraise.domain.webhooks import next_try

Values = Mapping[str, str | None]
"""A host's fields, by the host's own names, as text; None is an empty field."""
CHECKED_EVERY: Final = timedelta(days=1)
CHECKED_FOR: Final = timedelta(days=120)
"""After this a confirmed value is not looked at any more: the host has closed its cycle."""
LOCKED_OUT: Final = timedelta(hours=1)
"""Until a host that does not let us in is tried again; a new token may take days to come, so it costs no tries."""


class WriteBackState(StrEnum):
    """NOT_DUE before the section is final. SENT: the host took it, and could not be read yet.

    CONFIRMED, PARTIAL and DRIFTED are told by reading: all as sent, some of it, or another value than before.
    REJECTED: the host will not have it, or holds nothing of it. MANUAL: a person enters it, or let the host's own
    value stand.
    """

    NOT_DUE = "NOT_DUE"
    QUEUED = "QUEUED"
    SENT = "SENT"
    CONFIRMED = "CONFIRMED"
    PARTIAL = "PARTIAL"
    REJECTED = "REJECTED"
    DRIFTED = "DRIFTED"
    MANUAL = "MANUAL"


S = WriteBackState
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
MOVES: Final[dict[WriteBackState, frozenset[WriteBackState]]] = {
    S.NOT_DUE: frozenset({S.QUEUED}),
    S.QUEUED: frozenset({S.QUEUED, S.SENT, S.CONFIRMED, S.PARTIAL, S.REJECTED, S.DRIFTED, S.MANUAL}),
    S.SENT: frozenset({S.QUEUED, S.SENT, S.CONFIRMED, S.PARTIAL, S.REJECTED, S.DRIFTED, S.MANUAL}),
    S.CONFIRMED: frozenset({S.CONFIRMED, S.DRIFTED}),
    S.PARTIAL: frozenset({S.PARTIAL, S.CONFIRMED, S.DRIFTED, S.QUEUED, S.MANUAL}),
    S.REJECTED: frozenset({S.QUEUED, S.MANUAL}),
    S.DRIFTED: frozenset({S.DRIFTED, S.CONFIRMED, S.QUEUED, S.MANUAL}),
    S.MANUAL: frozenset({S.QUEUED}),
}
"""From a state to those that may follow it."""
LOOKED_AT: Final = frozenset({S.CONFIRMED, S.PARTIAL, S.DRIFTED})
"""What the host holds is looked at again and again."""
DUE: Final = LOOKED_AT | {S.QUEUED, S.SENT}
"""Something happens of itself when `next_try_at` comes."""


@dataclass(frozen=True, slots=True)
class WriteBack:
    """One line of the ledger. `place` says where in the host, `sent` what it is to hold, `found` what it held last.

    `earlier` is what we left there before: the revision before, or this one where the host kept something else than was
    sent. `tries` counts those that failed since it was queued.
    `overwrites`: a person decided that what `found` shows may be replaced, though somebody wrote it in the host.
    """

    section: SectionId
    revision: int
    host: str
    state: WriteBackState
    changed_at: datetime
    place: str | None = None
    sent: Values | None = None
    found: Values | None = None
    earlier: Values | None = None
    tries: int = 0
    next_try_at: datetime | None = None
    checked_at: datetime | None = None
    confirmed_at: datetime | None = None
    problem: str | None = None
    overwrites: bool = False

    @property
    def left(self) -> Values | None:
        """What we are known to have left in the host, which is nobody else's."""
        return self.sent if self.confirmed_at is not None or self.state is S.SENT else self.earlier

    @property
    def differences(self) -> tuple[tuple[str, str | None, str | None], ...]:
        """Field, what was sent, what was found; of those that differ."""
        if self.sent is None or self.found is None:
            return ()
        return tuple((name, value, self.found.get(name)) for name, value in self.sent.items() if self._differs(name))

    def _differs(self, name: str) -> bool:
        return not is_same((self.found or {}).get(name), (self.sent or {}).get(name))


def is_same(one: str | None, other: str | None) -> bool:
    """Whether two values say the same: a number may be written with more or fewer zeros at its end (4.5 and 4.50)."""
    if one is None or other is None or not (_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)):
        return one == other
    return Decimal(one) == Decimal(other)


def queued(section: SectionId, revision: int, host: str, *, earlier: Values | None, at: datetime) -> WriteBack:
    return WriteBack(section, revision, host, S.QUEUED, at, earlier=earlier, next_try_at=at)


def meant(line: WriteBack, place: str, values: Values) -> WriteBack:
    """What it is to hold, as the host has to be told; the state stays."""
    return replace(line, place=place, sent=dict(values))


def changed_by_somebody(line: WriteBack, found: Values) -> tuple[str, ...]:
    """Fields that hold neither nothing, nor what we wrote before, nor what we are about to write."""
    sent, earlier = line.sent or {}, line.earlier or {}
    return tuple(
        name
        for name, value in sent.items()
        if (held := found.get(name)) is not None and not (is_same(held, value) or is_same(held, earlier.get(name)))
    )


def is_decided(line: WriteBack, found: Values, changed: tuple[str, ...]) -> bool:
    """Whether a person said that what somebody changed may be replaced, and it is still what they saw then."""
    return line.overwrites and (
        line.found is None or all(is_same(found.get(name), line.found.get(name)) for name in changed)
    )


def holds_all(line: WriteBack, found: Values) -> bool:
    return line.sent is not None and all(is_same(found.get(name), value) for name, value in line.sent.items())


def taken(line: WriteBack, *, at: datetime) -> WriteBack:
    """The host said yes; what it holds is to be read."""
    return _to(line, S.SENT, at=at, next_try_at=at)


def read_back(line: WriteBack, found: Values, *, at: datetime, is_later: bool = False) -> WriteBack:
    """What the host holds after it said yes, or when it already held it.

    `is_later`: so long after it was sent that somebody may have written there meanwhile.
    """
    seen = replace(line, found=dict(found), checked_at=at)
    if holds_all(seen, found):
        return replace(
            _to(seen, S.CONFIRMED, at=at, next_try_at=at + CHECKED_EVERY), confirmed_at=line.confirmed_at or at
        )
    if not is_later:
        # Before it was sent nobody else's value stood there: what does now came of our writing, however cut short.
        ours = {name: held for name in seen.sent or {} if (held := found.get(name)) is not None}
        seen = replace(seen, earlier={**(line.earlier or {}), **ours})
    told = "; ".join(f"{name}: sent {value!r}, holds {held!r}" for name, value, held in seen.differences)
    kept = [name for name, value in (seen.sent or {}).items() if value is not None and is_same(found.get(name), value)]
    if kept:
        return _to(seen, S.PARTIAL, at=at, problem=f"only part of it arrived. {told}", next_try_at=at + CHECKED_EVERY)
    return _to(seen, S.REJECTED, at=at, problem=f"the host said yes and holds something else. {told}")


def checked(line: WriteBack, found: Values, *, at: datetime) -> WriteBack:
    """What a later look found. A value that somebody put back is confirmed again."""
    seen, again = replace(line, found=dict(found), checked_at=at, tries=0), _next_look(line, at)
    if holds_all(seen, found):
        return _to(seen, S.CONFIRMED, at=at, next_try_at=again)
    if line.state is S.PARTIAL and found == line.found:
        return replace(seen, next_try_at=again)
    told = "; ".join(f"{name}: sent {value!r}, holds {held!r}" for name, value, held in seen.differences)
    return _to(seen, S.DRIFTED, at=at, problem=f"somebody changed it in the host. {told}", next_try_at=again)


def not_overwritten(line: WriteBack, found: Values, fields: tuple[str, ...], *, at: datetime) -> WriteBack:
    """Before anything was sent the host already held what a person wrote."""
    told = "; ".join(f"{name} holds {found.get(name)!r}" for name in fields)
    problem = f"somebody wrote there, and nothing was overwritten. {told}"
    seen = replace(line, found=dict(found), checked_at=at)
    return _to(seen, S.DRIFTED, at=at, problem=problem, next_try_at=at + CHECKED_EVERY)


def put_off(line: WriteBack, problem: str, *, wait: timedelta, chance: float, at: datetime) -> WriteBack:
    """The host could not be asked, or did not answer whole; whether it wrote is found out by reading, next time.

    `wait` is what the host asked for. After the last try a line that was to be written is rejected; one that was only
    looked at is looked at another day.
    """
    tries = line.tries + 1
    again = next_try(tries, at=at, chance=chance)
    if again is None:
        if line.state in LOOKED_AT:
            return replace(line, tries=0, next_try_at=_next_look(line, at), problem=problem)
        return _to(
            _ours(line), S.REJECTED, at=at, problem=f"given up after {counted(tries, 'try', 'tries')}. {problem}"
        )
    return replace(line, tries=tries, next_try_at=max(again, at + wait), problem=problem)


def locked_out(line: WriteBack, problem: str, *, at: datetime) -> WriteBack:
    return replace(line, next_try_at=at + LOCKED_OUT, problem=problem)


def refused(line: WriteBack, problem: str, *, at: datetime) -> WriteBack:
    """The host will not have it, and would not another time. What was only looked at stays what it was."""
    if line.state in LOOKED_AT:
        return replace(line, problem=problem, next_try_at=_next_look(line, at), tries=0)
    return _to(_ours(line), S.REJECTED, at=at, problem=problem)


def lost(line: WriteBack, problem: str, *, at: datetime) -> WriteBack:
    """The place is not there, or not the only one. Where it was there before, somebody changed that."""
    if line.state in LOOKED_AT:
        seen = replace(line, found=dict.fromkeys(line.sent or {}), checked_at=at)
        return _to(seen, S.DRIFTED, at=at, problem=problem, next_try_at=_next_look(line, at))
    return refused(line, problem, at=at)


def again(line: WriteBack, *, overwrite: bool, at: datetime) -> WriteBack | Refusal:
    """A person has it sent once more. What somebody wrote in the host is replaced only where they say so."""
    if line.state is S.DRIFTED and not overwrite:
        return Refusal("HOST_CHANGED", "somebody changed it in the host; say that it may be overwritten, or keep it")
    if S.QUEUED not in MOVES[line.state] or line.state is S.SENT:
        return Refusal("NOT_NOW", f"it is {line.state.lower()}; there is nothing to send again")
    return _to(line, S.QUEUED, at=at, next_try_at=at, overwrites=overwrite)


def by_hand(line: WriteBack, note: str, *, at: datetime) -> WriteBack | Refusal:
    """A person enters it, or lets stand what the host holds; from now on the line is theirs."""
    if not note.strip():
        return Refusal("NOTE_MISSING", "say who entered it where, or why the host's own value stands", "note")
    if S.MANUAL not in MOVES[line.state]:
        return Refusal("NOT_NOW", f"it is {line.state.lower()}; there is nothing to do by hand")
    return _to(_ours(line), S.MANUAL, at=at, problem=note.strip())


def _ours(line: WriteBack) -> WriteBack:
    """What a host took is ours, though it was never read back."""
    return replace(line, earlier=line.left) if line.state is S.SENT else line


def _next_look(line: WriteBack, at: datetime) -> datetime | None:
    since = line.confirmed_at or line.changed_at
    return at + CHECKED_EVERY if at - since < CHECKED_FOR else None


def _to(  # what a new state may bring with it
    line: WriteBack,
    state: WriteBackState,
    *,
    at: datetime,
    problem: str | None = None,
    next_try_at: datetime | None = None,
    overwrites: bool = False,
) -> WriteBack:
    changed = at if state is not line.state else line.changed_at
    return replace(
        line,
        state=state,
        changed_at=changed,
        problem=problem,
        next_try_at=next_try_at,
        tries=0,
        overwrites=overwrites,
    )
