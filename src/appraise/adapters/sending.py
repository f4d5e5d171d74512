"""One try of one line of the ledger at one host: read, write only where that is needed and harmless, read again.

Or what a file that comes back from the host says of the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from appraise.adapters.sinks import FileAnswer, Host, HostBusy, HostLocked, HostRefused, PlaceLost
from appraise.domain.finished_sections import FinishedSection
from appraise.domain.write_back import (
    DUE,
    LOOKED_AT,
    WriteBack,
    WriteBackState,
    changed_by_somebody,
    checked,
    holds_all,
    is_decided,
    locked_out,
    lost,
    meant,
    not_overwritten,
    put_off,
    read_back,
    refused,
    taken,
)
from appraise.errors import InvalidInput


class Reach(StrEnum):
    """How the host was found. BUSY and LOCKED speak against trying other sections there now."""

    ANSWERED = "answered"
    BUSY = "busy"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Tried:
    line: WriteBack
    reach: Reach = Reach.ANSWERED


def attempt(line: WriteBack, section: FinishedSection, host: Host, *, at: datetime, chance: float) -> Tried:  # noqa: PLR0911  # one way out for each that a host can do
    """The line after the try. Never raises for what a host does. `chance`, from 0 to 1, spreads repetitions."""
    step = line
    try:
        entry = host.plan(section)
        if line.state in LOOKED_AT:
            return Tried(checked(line, host.read(entry), at=at))
        if line.state is WriteBackState.SENT:
            return Tried(read_back(line, host.read(entry), at=at, is_later=True))
        step = meant(line, entry.place, entry.fields)
        found = host.read(entry)
        if holds_all(step, found):
            return Tried(read_back(step, found, at=at))
        changed = changed_by_somebody(step, found)
        if changed and not is_decided(step, found, changed):
            return Tried(not_overwritten(step, found, changed, at=at))
        if entry.obstacle is not None:
            return Tried(refused(step, entry.obstacle, at=at))
        host.write(entry)
        step = taken(step, at=at)
        return Tried(read_back(step, host.read(entry), at=at))
    except HostBusy as busy:
        return Tried(put_off(step, str(busy), wait=busy.wait, chance=chance, at=at), Reach.BUSY)
    except HostLocked as locked:
        return Tried(locked_out(step, locked.found, at=at), Reach.LOCKED)
    except (HostRefused, InvalidInput) as refusal:  # InvalidInput: such as a scale of the host that cannot be one
        ended = lost if isinstance(refusal, PlaceLost) else refused
        return Tried(ended(step, refusal.found, at=at))
    except (LookupError, TypeError, ValueError, AttributeError) as error:  # a host whose answers have another form
        problem = f"the host's answer is not understood ({type(error).__name__}: {error})"
        return Tried(put_off(step, problem, wait=timedelta(0), chance=chance, at=at))


def answered(line: WriteBack, answers: Sequence[FileAnswer], *, at: datetime) -> WriteBack:
    """The line after all that the file says of it. What the host holds several times it does not confirm."""
    if line.state not in DUE:
        return line
    held = [answer.found for answer in answers if answer.problem is None]
    if not held:
        problems = dict.fromkeys(answer.problem for answer in answers if answer.problem is not None)
        return refused(line, "; ".join(problems), at=at)
    if len(held) > 1:
        return lost(line, f"the host holds it {len(held)} times: delete all but one there", at=at)
    if line.state in LOOKED_AT:
        return checked(line, held[0], at=at)
    return read_back(line, held[0], at=at, is_later=True) if line.state is WriteBackState.SENT else line
